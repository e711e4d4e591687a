//! The forms of a login that waits though its password was right.

use actix_web::HttpResponse;

use super::action::run_once;
use super::login::with_session;
use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::accounts::fields::Email;
use crate::domain::accounts::unconfirmed;
use crate::domain::auth::set_up::{self, Chosen};
use crate::domain::email_confirmation::{LinkMail, resend_pending};
use crate::domain::mail::Mailed;
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, Result};
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::form_check::FormFault;
use crate::http::pages::login::with_return_to;
use crate::http::pages::pending::{by_mail_url, is_by_mail};
use crate::http::pages::recovery_codes::RECOVERY_CODES;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::normalization::trim;

/// `POST /login/confirmation`: mails the link again.
pub(in crate::http) async fn mail_confirmation_again(visitor: Visitor, form: Form) -> HttpResponse {
    if let Err(fault) = visitor.check_form(&form) {
        return refuse(&visitor, &form, FormPage::Unconfirmed, &fault.into());
    }
    let work = async |visitor: &Visitor, form: &Form| mail_again(visitor, form).await;
    run_once(visitor, form, FormPage::Unconfirmed, work).await
}

async fn mail_again(visitor: &Visitor, form: &Form) -> Result<End, Refusal> {
    let proof = visitor.pending.clone().ok_or(Error::InvalidChallenge)?;
    let device = visitor.device.clone();
    let now = visitor.now;
    let resend = move |app: &_| resend_pending(app, &proof, &device, now);
    let sending = visitor.bridge.run(resend).await?;
    let flash = match first_answer(sending).await? {
        Mailed::OnItsWay => Flash::PendingLinkMailed,
        Mailed::Delayed => Flash::PendingLinkDelayed,
    };
    Ok(End::at(with_return_to(flash.url(), form.text("return_to"))))
}

/// `POST /login/confirmation/email`: gives the account another address.
pub(in crate::http) async fn correct_pending_email(visitor: Visitor, form: Form) -> HttpResponse {
    if let Err(fault) = visitor.check_form(&form) {
        return refuse(&visitor, &form, FormPage::Unconfirmed, &fault.into());
    }
    run_once(visitor, form, FormPage::Unconfirmed, correct_email).await
}

async fn correct_email(visitor: &Visitor, form: &Form) -> Result<End, Refusal> {
    let proof = visitor.pending.clone().ok_or(Error::InvalidChallenge)?;
    let email = Email::parse(trim(form.text("email")).to_owned())?;
    let device = visitor.device.clone();
    let now = visitor.now;
    let correct = move |app: &_| unconfirmed::correct(app, &proof, email, &device, now);
    let mailed = match visitor.bridge.run(correct).await? {
        LinkMail::None => Ok(Mailed::OnItsWay),
        LinkMail::Sending(sending) => first_answer(sending).await,
        LinkMail::NotMailed(error) => Err(error),
    };
    let flash = match mailed {
        Ok(Mailed::OnItsWay) => Flash::PendingEmailChanged,
        Ok(Mailed::Delayed) => Flash::PendingEmailChangedLinkDelayed,
        Err(Error::TooManyRequests { .. }) => Flash::PendingEmailChangedLinkLater,
        Err(_) => Flash::PendingEmailChangedLinkRefused,
    };
    Ok(End::at(with_return_to(flash.url(), form.text("return_to"))))
}

/// `POST /login/set-up/mail`: mails a code that enables codes by mail.
pub(in crate::http) async fn mail_set_up_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_mail_code(&visitor, &form).await {
        Ok(()) => visitor.redirect(&by_mail_url(form.text("return_to"))),
        Err(refusal) => refuse_set_up(&visitor, &form, &refusal),
    }
}

async fn try_mail_code(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    visitor.check_form(form)?;
    let proof = visitor.pending.clone().ok_or(Error::InvalidChallenge)?;
    let device = visitor.device.clone();
    let now = visitor.now;
    let send = move |app: &_| set_up::send_code(app, &proof, &device, now);
    if let Some(sending) = visitor.bridge.run(send).await? {
        // The page says where it is delayed.
        let _ = first_answer(sending).await?;
    }
    Ok(())
}

/// `POST /login/set-up`: the first code enables the factor and opens the session, which shows the
/// recovery codes.
pub(in crate::http) async fn finish_set_up(visitor: Visitor, form: Form) -> HttpResponse {
    match try_finish(&visitor, &form).await {
        Ok(session) => {
            let url = with_return_to(RECOVERY_CODES, form.text("return_to"));
            with_session(&visitor, visitor.redirect(&url), &session)
        }
        Err(refusal) => refuse_set_up(&visitor, &form, &refusal),
    }
}

async fn try_finish(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>, Refusal> {
    visitor.check_form(form)?;
    let proof = visitor.pending.clone().ok_or(Error::InvalidChallenge)?;
    let now = visitor.now;
    let user = visitor.bridge.read(|app| set_up::user(app, &proof, now))?;
    // Another tab of the browser may have begun a login of another user.
    if form.text("identifier") != user.username {
        return Err(Refusal::OtherLogin);
    }
    let code = form.required_code("code")?;
    let chosen = if is_by_mail(visitor, form) { Chosen::Mail(code) } else { Chosen::App(code) };
    let client = Client { device: visitor.device.clone(), public_key: None };
    let finish = move |app: &_| set_up::finish(app, &proof, chosen, &client, now);
    Ok(visitor.bridge.run(finish).await?)
}

/// Refuses a form of the set-up. Where another tab has finished the login meanwhile, or an earlier
/// sending of this form, it leads to the recovery codes, or on from there.
fn refuse_set_up(visitor: &Visitor, form: &Form, refusal: &Refusal) -> HttpResponse {
    let is_over = visitor.pending.is_none() && visitor.principal.is_some();
    if is_over && !matches!(refusal, Refusal::Form(fault) if *fault != FormFault::Outdated) {
        return visitor.redirect(&with_return_to(RECOVERY_CODES, form.text("return_to")));
    }
    refuse(visitor, form, FormPage::SetUp, refusal)
}
