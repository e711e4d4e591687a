//! The form of `/account` that changes the password.

use actix_web::HttpResponse;

use super::action::{Action, Lane};
use crate::config::Config;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, PasswordChange, edit};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::error::Result;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::visitor::Visitor;

/// `POST /account/password`
pub(in crate::http) async fn change_password(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Hash, done: Flash::PasswordChanged };
    let input = parse_password(&form, visitor.bridge.config());
    action.run(visitor, form, input, edit).await
}

fn parse_password(form: &Form, config: &Config) -> Result<Edit> {
    let new = NewPassword::parse(form.password("new_password"), config)?;
    Ok(Edit {
        changes: Changes::default(),
        password: Some(PasswordChange { new, current: form.current_password() }),
        check: PasswordCheck::NotRequired,
        code: form.code("code")?,
    })
}
