//! The forms of `/login`: the password, and the code of the second factor.

use actix_web::HttpResponse;

use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::{self, LoginAttempt, Repeat, refuse_malformed_code};
use crate::domain::factors::challenged;
use crate::domain::factors::email::{self, Asker};
use crate::domain::password::Password;
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::error::Error;
use crate::http::cookie::LoginBy;
use crate::http::first_answer::first_answer;
use crate::http::pages::form::Form;
use crate::http::pages::form_check::FormFault;
use crate::http::pages::frame::{with_cookie, with_cookies};
use crate::http::pages::login::{after_login, with_return_to};
use crate::http::pages::visitor::Visitor;

/// `POST /login`
pub(in crate::http) async fn submit_login(visitor: Visitor, form: Form) -> HttpResponse {
    match try_password(&visitor, &form).await {
        Ok(session) => enter(&visitor, &form, &session),
        Err(Refusal::Error(Error::VerificationRequired { challenge })) => {
            let cookie = visitor.challenge_cookie(challenge.token);
            let url = with_return_to("/login/code", form.text("return_to"));
            with_cookie(visitor.redirect(&url), &cookie)
        }
        Err(refusal) => refuse(&visitor, &form, FormPage::Login, &refusal),
    }
}

async fn try_password(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>, Refusal> {
    visitor.check_form(form)?;
    try_login(visitor, form.text("identifier"), form.password("password")).await
}

/// Logs in by a password that was typed.
pub(super) async fn try_login(
    visitor: &Visitor,
    identifier: &str,
    password: Password,
) -> Result<Box<OpenedSession>, Refusal> {
    let server = visitor.bridge.config().server.address.as_str();
    let attempt = LoginAttempt {
        identifier: Identifier::parse(identifier, server).ok_or(Error::UserNotFound)?,
        password,
        code: None,
        client: Client { device: visitor.device.clone(), public_key: None },
        repeat: Repeat::Form,
        held: visitor.pending.clone(),
    };
    let now = visitor.now;
    Ok(visitor.bridge.log_in(move |app| auth::login(app, &attempt, now)).await?)
}

/// Sets the session cookie and redirects to where the login was to lead.
pub(super) fn enter(visitor: &Visitor, form: &Form, session: &OpenedSession) -> HttpResponse {
    let url = after_login(visitor, form);
    with_session(visitor, visitor.redirect(&url), session)
}

/// Adds the session cookie to a response, and removes what is left of the login.
pub(super) fn with_session(
    visitor: &Visitor,
    response: HttpResponse,
    session: &OpenedSession,
) -> HttpResponse {
    let cookies = visitor.session_cookies.set(visitor.bridge.config(), session, LoginBy::Pages);
    let response = with_cookies(response, &cookies);
    with_cookies(response, &visitor.finished_login_cookies())
}

/// `POST /login/code`
pub(in crate::http) async fn submit_login_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_code(&visitor, &form).await {
        Ok(session) => enter(&visitor, &form, &session),
        Err(refusal) => refuse_code_step(&visitor, &form, FormPage::LoginCode, &refusal),
    }
}

async fn try_code(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>, Refusal> {
    visitor.check_form(form)?;
    let challenge = visitor.challenge.clone().ok_or(Error::InvalidChallenge)?;
    let now = visitor.now;
    let user = visitor.bridge.read(|app| challenged(app, &challenge, now))?;
    // Another tab of the browser may have begun a login of another user.
    if form.text("identifier") != user.username {
        return Err(Refusal::OtherLogin);
    }
    let code = match form.required_code("code") {
        Err(refusal) => {
            let identifier = Identifier::Id(user.id);
            let ip = visitor.device.ip;
            visitor.bridge.read(|app| refuse_malformed_code(app, &identifier, ip, refusal))?
        }
        Ok(code) => code,
    };
    let client = Client { device: visitor.device.clone(), public_key: None };
    Ok(visitor.bridge.run(move |app| auth::finish(app, &challenge, &code, &client, now)).await?)
}

/// `POST /login/send`
pub(in crate::http) async fn send_login_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_send(&visitor, &form).await {
        Ok(()) => visitor.redirect(&with_return_to("/login/code", form.text("return_to"))),
        Err(refusal) => refuse_code_step(&visitor, &form, FormPage::LoginCode, &refusal),
    }
}

async fn try_send(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    visitor.check_form(form)?;
    let text = visitor.challenge.clone().ok_or(Error::InvalidChallenge)?;
    let asker = Asker::Challenge { text, device: visitor.device.clone() };
    let now = visitor.now;
    if let Some(sending) = visitor.bridge.run(move |app| email::send(app, asker, now)).await? {
        // The page of the code says where it is delayed.
        let _ = first_answer(sending).await?;
    }
    Ok(())
}

/// Refuses a form of the code's page. Where another tab has finished the login meanwhile, or an
/// earlier sending of this form, it leads to where the login led.
pub(super) fn refuse_code_step(
    visitor: &Visitor,
    form: &Form,
    page: FormPage,
    refusal: &Refusal,
) -> HttpResponse {
    let is_over = visitor.challenge.is_none() && visitor.principal.is_some();
    if is_over && !matches!(refusal, Refusal::Form(fault) if *fault != FormFault::Outdated) {
        return visitor.redirect(&after_login(visitor, form));
    }
    refuse(visitor, form, page, refusal)
}
