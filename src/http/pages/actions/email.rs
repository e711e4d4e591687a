//! The forms of `/account` that change the address and mail its link again.

use actix_web::HttpResponse;

use super::action::{Lane, run};
use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation::{self, LinkMail};
use crate::error::{Error, Result};
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::visitor::Visitor;
use crate::normalization::trim;

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    let edited = match run(&visitor, &form, Lane::Hash, parse_email(&form), edit).await {
        Ok(edited) => edited,
        Err(refusal) => return refuse(&visitor, &form, FormPage::Account, &refusal),
    };
    let refusal = match edited.link {
        LinkMail::None => return visitor.redirect(Flash::EmailChanged.url()),
        LinkMail::NotMailed(error) => Some(error),
        LinkMail::Sending(sending) => first_answer(sending).await.err(),
    };
    visitor.redirect(match refusal {
        None => Flash::EmailChangedAndLinkMailed.url(),
        Some(Error::TooManyRequests { .. }) => Flash::EmailChangedLinkLater.url(),
        Some(_) => Flash::EmailChangedLinkRefused.url(),
    })
}

fn parse_email(form: &Form) -> Result<Edit> {
    let email = Clearable::parse(trim(form.text("email")).into(), Email::parse)?;
    Ok(Edit {
        changes: Changes { email: Some(email), ..Changes::default() },
        password: None,
        check: PasswordCheck::RequiredWithoutFactor(form.current_password()),
        code: form.code("code")?,
    })
}

/// `POST /account/email/resend`
pub(in crate::http) async fn resend_confirmation(visitor: Visitor, form: Form) -> HttpResponse {
    match try_resend(&visitor, &form).await {
        Ok(()) => visitor.redirect(Flash::LinkMailed.url()),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}

async fn try_resend(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    let resend = |app: &_, principal: &_, (), now| email_confirmation::resend(app, principal, now);
    let sending = run(visitor, form, Lane::Write, Ok(()), resend).await?;
    Ok(first_answer(sending).await?)
}
