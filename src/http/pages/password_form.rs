//! The form of `/account` that changes the password.

use actix_web::HttpResponse;

use super::action::{Lane, act};
use super::flash::Flash;
use super::form::Form;
use super::visitor::Visitor;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{CURRENT, Edit, edit};
use crate::domain::accounts::fields::NewPassword;

/// `POST /account/password`
pub(in crate::http) async fn change_password(visitor: Visitor, form: Form) -> HttpResponse {
    let (new, current) = (form.password("new_password"), form.password(CURRENT));
    let read = NewPassword::parse(new, visitor.bridge.config()).and_then(|new| {
        Ok(Edit { changes: Changes::default(), password: Some((new, current)), code: form.code()? })
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
