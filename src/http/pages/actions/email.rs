//! The forms of `/account` that change the address and mail its link again.

use actix_web::HttpResponse;

use super::action::{Action, Lane};
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation;
use crate::error::Result;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::visitor::Visitor;

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Hash, done: Flash::EmailChanged };
    let input = parse_email(&form);
    action.run(visitor, form, input, edit).await
}

fn parse_email(form: &Form) -> Result<Edit> {
    let email = Clearable::parse(form.text("email").trim().into(), Email::parse)?;
    Ok(Edit {
        changes: Changes { email: Some(email), ..Changes::default() },
        password: None,
        check: PasswordCheck::RequiredWithoutFactor(form.current_password()),
        code: form.code("code")?,
    })
}

/// `POST /account/email/resend`
pub(in crate::http) async fn resend_confirmation(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::LinkMailed };
    let resend = |app: &_, principal: &_, (), now| email_confirmation::resend(app, principal, now);
    action.run(visitor, form, Ok(()), resend).await
}
