//! The form of `/account` that changes the password.

use actix_web::HttpResponse;

use super::action::{Lane, act};
use super::flash::Flash;
use super::form::Form;
use super::visitor::Visitor;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, PasswordChange, edit};
use crate::domain::accounts::fields::NewPassword;
use crate::domain::accounts::password_check::PasswordCheck;

/// `POST /account/password`
pub(in crate::http) async fn change_password(visitor: Visitor, form: Form) -> HttpResponse {
    let new = form.password("new_password");
    let current = form.current_password();
    let read = NewPassword::parse(new, visitor.bridge.config()).and_then(|new| {
        Ok(Edit {
            changes: Changes::default(),
            password: Some(PasswordChange { new, current }),
            check: PasswordCheck::NotRequired,
            code: form.code()?,
        })
    });
    act(
        visitor,
        form,
        (Lane::Hashing, Flash::PasswordChanged),
        read,
        |app, principal, change, now| edit(app, principal, change, now).map(drop),
    )
    .await
}
