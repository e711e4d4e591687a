//! The forms of `/login`: the password, and the code of the second factor.

use actix_web::HttpResponse;

use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::{self, LoginAttempt, refuse_malformed_code};
use crate::domain::factors::challenged;
use crate::domain::factors::email::{self, Asker};
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::error::Error;
use crate::http::cookie;
use crate::http::first_answer::first_answer;
use crate::http::pages::form::Form;
use crate::http::pages::frame::with_cookie;
use crate::http::pages::login::with_return_to;
use crate::http::pages::return_to::ReturnTarget;
use crate::http::pages::visitor::Visitor;

/// `POST /login`
pub(in crate::http) async fn submit_login(visitor: Visitor, form: Form) -> HttpResponse {
    match try_password(&visitor, &form).await {
        Ok(session) => complete_login(&visitor, &form, &session),
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
    let server = visitor.bridge.config().server.address.as_str();
    let attempt = LoginAttempt {
        identifier: Identifier::parse(form.text("identifier"), server)
            .ok_or(Error::UserNotFound)?,
        password: form.password("password"),
        code: None,
        client: Client { device: visitor.device.clone(), public_key: None },
    };
    let now = visitor.now;
    Ok(visitor.bridge.hash(move |app| auth::login(app, &attempt, now)).await?)
}

/// Sets the session cookie and redirects to where the login was to lead.
fn complete_login(visitor: &Visitor, form: &Form, session: &OpenedSession) -> HttpResponse {
    let return_to = form.text("return_to");
    let response = match ReturnTarget::parse(visitor.bridge.config(), return_to) {
        Some(ReturnTarget::External(_)) => visitor.redirect(&with_return_to("/login", return_to)),
        Some(ReturnTarget::Local(path)) => visitor.redirect(&path),
        None => visitor.redirect("/account"),
    };
    let response = with_cookie(response, &cookie::for_session(visitor.bridge.config(), session));
    with_cookie(response, &visitor.challenge_cookie(String::new()))
}

/// `POST /login/code`
pub(in crate::http) async fn submit_login_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_code(&visitor, &form).await {
        Ok(session) => complete_login(&visitor, &form, &session),
        Err(refusal) => refuse(&visitor, &form, FormPage::LoginCode, &refusal),
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
        Err(refusal) => refuse(&visitor, &form, FormPage::LoginCode, &refusal),
    }
}

async fn try_send(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    visitor.check_form(form)?;
    let text = visitor.challenge.clone().ok_or(Error::InvalidChallenge)?;
    let asker = Asker::Challenge { text, device: visitor.device.clone() };
    let now = visitor.now;
    match visitor.bridge.run(move |app| email::send(app, asker, now)).await? {
        Some(sending) => Ok(first_answer(sending).await?),
        None => Ok(()),
    }
}
