//! The form of `/account` that changes the username.

use actix_web::HttpResponse;

use super::action::{Lane, respond, run};
use super::refusal::FormPage;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::Username;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::error::Result;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::normalization::{fold, trim};

/// `POST /account/username`: by the password, or by a code where a second factor is on.
pub(in crate::http) async fn change_username(visitor: Visitor, form: Form) -> HttpResponse {
    let work = async |visitor: &Visitor, form: &Form| {
        run(visitor, Lane::Hash, parse(form), edit).await?;
        Ok(End::at(Flash::UsernameChanged.url()))
    };
    respond(visitor, form, FormPage::Account, work).await
}

fn parse(form: &Form) -> Result<Edit> {
    let username = Username::parse(fold(trim(form.text("username"))))?;
    Ok(Edit {
        changes: Changes { username: Some(username), ..Changes::default() },
        password: None,
        check: PasswordCheck::RequiredWithoutFactor(form.current_password()),
        code: form.code("code")?,
    })
}
