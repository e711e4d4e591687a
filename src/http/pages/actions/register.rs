//! The form of `/register`.

use actix_web::HttpResponse;

use super::login::enter;
use super::refusal::{FormPage, Refusal, refuse};
use crate::config::Config;
use crate::domain::accounts::fields::{Email, Username};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::registration::NewAccount;
use crate::domain::auth::{self, Registration, Repeat};
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::error::Result;
use crate::http::pages::form::Form;
use crate::http::pages::visitor::Visitor;
use crate::normalization::{fold, trim};

/// `POST /register`
pub(in crate::http) async fn submit_register(visitor: Visitor, form: Form) -> HttpResponse {
    match try_register(&visitor, &form).await {
        Ok(session) => enter(&visitor, &form, &session),
        Err(refusal) => refuse(&visitor, &form, FormPage::Register, &refusal),
    }
}

async fn try_register(visitor: &Visitor, form: &Form) -> Result<OpenedSession, Refusal> {
    visitor.check_form(form)?;
    let registration = parse(form, visitor.bridge.config())?;
    let client = Client { device: visitor.device.clone(), public_key: None };
    let now = visitor.now;
    let register = move |app: &_| auth::register(app, registration, &client, now);
    Ok(visitor.bridge.hash(register).await?.session)
}

fn parse(form: &Form, config: &Config) -> Result<Registration> {
    let typed = |name| Some(trim(form.text(name))).filter(|text| !text.is_empty());
    let account = NewAccount {
        username: Username::parse(fold(trim(form.text("username"))))?,
        password: NewPassword::parse(form.password("new_password"), config)?,
        email: typed("email").map(|text| Email::parse(text.to_owned())).transpose()?,
        display: None,
        is_admin: false,
    };
    let invite = typed("invite").map(ToOwned::to_owned);
    Ok(Registration { account, invite, repeat: Repeat::Registration })
}
