//! The forms of `/account` that change the address and mail its link again.

use actix_web::HttpResponse;

use super::action::{Lane, act};
use super::flash::Flash;
use super::form::Form;
use super::visitor::Visitor;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation as email;

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    let check = PasswordCheck::RequiredWithoutFactor(form.current_password());
    let email = Clearable::parse(form.text("email").trim().into(), Email::parse);
    let read = email.and_then(|email| Ok((email, form.code()?)));
    act(
        visitor,
        form,
        (Lane::Hashing, Flash::EmailChanged),
        read,
        move |app, principal, (email, code), now| {
            let changes = Changes { email: Some(email), ..Changes::default() };
            edit(app, principal, Edit { changes, password: None, check, code }, now).map(drop)
        },
    )
    .await
}

/// `POST /account/email/resend`
pub(in crate::http) async fn resend_confirmation(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, Flash::LinkMailed), Ok(()), |app, principal, (), now| {
        email::resend(app, principal, now)
    })
    .await
}
