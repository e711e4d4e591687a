//! The forms of `/account` that change the address and mail its link again.

use actix_web::HttpResponse;

use super::action::{Lane, respond, run};
use super::refusal::FormPage;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation::{self, LinkMail};
use crate::domain::mail::Mailed;
use crate::error::{Error, Result};
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::normalization::trim;

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    let work = async |visitor: &Visitor, form: &Form| {
        let edited = run(visitor, Lane::Hash, parse_email(form), edit).await?;
        let mailed = match edited.link {
            // The page says that this server sends no mail.
            LinkMail::None | LinkMail::NotMailed(Error::ServiceDisabled) => {
                return Ok(End::at(Flash::EmailChanged.url()));
            }
            LinkMail::NotMailed(error) => Err(error),
            LinkMail::Sending(sending) => first_answer(sending).await,
        };
        let flash = match mailed {
            Ok(Mailed::OnItsWay) => Flash::EmailChangedAndLinkMailed,
            Ok(Mailed::Delayed) => Flash::EmailChangedLinkDelayed,
            Err(Error::TooManyRequests { .. }) => Flash::EmailChangedLinkLater,
            Err(_) => Flash::EmailChangedLinkRefused,
        };
        Ok(End::at(flash.url()))
    };
    respond(visitor, form, FormPage::Account, work).await
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
    let work = async |visitor: &Visitor, _: &Form| {
        let resend =
            |app: &_, principal: &_, (), now| email_confirmation::resend(app, principal, now);
        let sending = run(visitor, Lane::Write, Ok(()), resend).await?;
        let flash = match first_answer(sending).await? {
            Mailed::OnItsWay => Flash::LinkMailed,
            Mailed::Delayed => Flash::LinkDelayed,
        };
        Ok(End::at(flash.url()))
    };
    respond(visitor, form, FormPage::Account, work).await
}
