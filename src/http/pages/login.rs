//! `/login`: the password, and the second factor where it is due.

use actix_web::HttpResponse;
use askama::Template;

use super::flash::Flash;
use super::form::Form;
use super::frame::{Frame, Message, with_cookie, with_retry_after};
use super::message::MessagePage;
use super::refusal::{explain, status};
use super::return_to::{self, ReturnTarget};
use super::texts::fill;
use super::visitor::Visitor;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::{self, LoginAttempt};
use crate::domain::factors::challenged;
use crate::domain::factors::email::{self, Asker};
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, Result};
use crate::http::cookie;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    identifier: &'a str,
    /// What is said of a page that the login will not lead on to.
    note: Option<String>,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    username: &'a str,
    label: &'static str,
    autofocus: &'static str,
    can_send: bool,
}

/// `GET /login`
pub(in crate::http) async fn show_login(visitor: Visitor) -> HttpResponse {
    let return_to = visitor.query("return_to");
    if visitor.principal.is_some() {
        return redirect_after_login(&visitor, return_to);
    }
    let message =
        Flash::carried_by(&visitor).map_or(Message::None, |flash| flash.message(visitor.t));
    login_page(&visitor, ("", return_to), message, 200)
}

fn login_page(
    visitor: &Visitor,
    (identifier, return_to): (&str, &str),
    message: Message,
    status: u16,
) -> HttpResponse {
    let front = return_to::unknown_front(visitor.bridge.config(), return_to);
    // Whoever tries the server out at another address comes back to that one.
    let front = front.filter(|front| visitor.requested_origin.as_ref() != Some(front));
    let note = front.map(|front| fill(visitor.t.unknown_front, front));
    let page =
        LoginPage { frame: visitor.frame(visitor.t.log_in, message), return_to, identifier, note };
    visitor.show(status, page.render())
}

/// Redirects a user who is logged in to where the login was to lead. To another origin, a page with
/// a link leads: `form-action` in the content security policy stops a form's redirect to it.
fn redirect_after_login(visitor: &Visitor, return_to: &str) -> HttpResponse {
    match return_to::parse(visitor.bridge.config(), return_to) {
        None => visitor.redirect("/account"),
        Some(ReturnTarget::Local(path)) => visitor.redirect(&path),
        Some(ReturnTarget::External(url)) => {
            let t = visitor.t;
            let page = MessagePage {
                frame: visitor.frame(t.logged_in, Message::None),
                refresh: Some(&url),
                text: t.continue_to,
                url: &url,
                label: &url,
            };
            visitor.show(200, page.render())
        }
    }
}

/// `POST /login`
pub(in crate::http) async fn submit_login(visitor: Visitor, form: Form) -> HttpResponse {
    let (typed, return_to) = (form.text("identifier"), form.text("return_to"));
    if !visitor.has_valid_csrf_token(&form) {
        return login_page(
            &visitor,
            (typed, return_to),
            Message::Error(visitor.t.form_expired.into()),
            403,
        );
    }
    match try_password(&visitor, &form).await {
        Ok(session) => complete_login(&visitor, &session, return_to),
        Err(Error::VerificationRequired { challenge }) => {
            let cookie = visitor.challenge_cookie(challenge.token);
            with_cookie(visitor.redirect(&with_return_to("/login/code", return_to)), &cookie)
        }
        Err(error) => {
            let message = explain(visitor.t, &error, visitor.now);
            let page = login_page(&visitor, (typed, return_to), message, status(&error));
            with_retry_after(page, &error)
        }
    }
}

async fn try_password(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>> {
    let server = visitor.bridge.config().server.address.as_str();
    let attempt = LoginAttempt {
        identifier: Identifier::parse(form.text("identifier"), server)
            .ok_or(Error::UserNotFound)?,
        password: form.password("password"),
        code: None,
        client: Client { device: visitor.device.clone(), public_key: None },
    };
    let now = visitor.now;
    visitor.bridge.hash(move |app| auth::login(app, &attempt, now)).await
}

fn complete_login(visitor: &Visitor, session: &OpenedSession, return_to: &str) -> HttpResponse {
    let answer = match return_to::parse(visitor.bridge.config(), return_to) {
        Some(ReturnTarget::External(_)) => visitor.redirect(&with_return_to("/login", return_to)),
        Some(ReturnTarget::Local(path)) => visitor.redirect(&path),
        None => visitor.redirect("/account"),
    };
    let answer = with_cookie(answer, &cookie::of(visitor.bridge.config(), session));
    with_cookie(answer, &visitor.challenge_cookie(String::new()))
}

/// `GET /login/code`
pub(in crate::http) async fn show_login_code(visitor: Visitor) -> HttpResponse {
    let return_to = visitor.query("return_to").to_owned();
    if visitor.principal.is_some() {
        return redirect_after_login(&visitor, &return_to);
    }
    code_page(&visitor, &return_to, Message::None, 200)
}

/// The page that asks for a code; without a challenge that holds, the way back to the start.
fn code_page(visitor: &Visitor, return_to: &str, message: Message, status: u16) -> HttpResponse {
    let Some(challenge) = &visitor.challenge else {
        return visitor.redirect(&with_return_to("/login", return_to));
    };
    let user = visitor.bridge.read(|app| challenged(app, challenge, visitor.now));
    let Ok(user) = user else { return restart_login(visitor) };
    let t = visitor.t;
    let label = match (user.has_totp, user.has_email_factor) {
        (true, true) => t.code_from_either,
        (_, false) => t.code_from_app,
        (false, true) => t.code_from_mail,
    };
    let autofocus = if matches!(message, Message::Error(_) | Message::RateLimited { .. }) {
        ""
    } else {
        "autofocus"
    };
    let can_send = user.has_email_factor && visitor.bridge.read(email::check_service).is_ok();
    // By the login itself, where mail is the only factor, or on request.
    let is_mailed = can_send
        && visitor.bridge.read(|app| email::is_mailed(app, &user, visitor.now)).unwrap_or(false);
    let message =
        if message.is_none() && is_mailed { Message::Success(t.code_mailed) } else { message };
    let frame = visitor.frame(t.one_more_step, message);
    let page = CodePage { frame, return_to, username: &user.username, label, autofocus, can_send };
    visitor.show(status, page.render())
}

fn restart_login(visitor: &Visitor) -> HttpResponse {
    with_cookie(
        visitor.redirect(Flash::LoginExpired.url()),
        &visitor.challenge_cookie(String::new()),
    )
}

/// `POST /login/code`
pub(in crate::http) async fn submit_login_code(visitor: Visitor, form: Form) -> HttpResponse {
    let return_to = form.text("return_to");
    if !visitor.has_valid_csrf_token(&form) {
        return code_page(&visitor, return_to, Message::Error(visitor.t.form_expired.into()), 403);
    }
    match try_code(&visitor, &form).await {
        Ok(session) => complete_login(&visitor, &session, return_to),
        Err(Error::InvalidChallenge) => restart_login(&visitor),
        Err(error) => {
            let message = explain(visitor.t, &error, visitor.now);
            with_retry_after(code_page(&visitor, return_to, message, status(&error)), &error)
        }
    }
}

async fn try_code(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>> {
    let challenge = visitor.challenge.clone().ok_or(Error::InvalidChallenge)?;
    let now = visitor.now;
    let user = visitor.bridge.read(|app| challenged(app, &challenge, now))?;
    // Another tab of the browser may be logging somebody else in.
    if form.text("identifier") != user.username {
        return Err(Error::InvalidChallenge);
    }
    let code = form.code()?.ok_or(Error::InvalidCode { field: "code" })?;
    let client = Client { device: visitor.device.clone(), public_key: None };
    visitor.bridge.run(move |app| auth::finish(app, &challenge, &code, &client, now)).await
}

/// `POST /login/send`
pub(in crate::http) async fn send_login_code(visitor: Visitor, form: Form) -> HttpResponse {
    let return_to = form.text("return_to");
    let Some(text) = visitor.challenge.clone().filter(|_| visitor.has_valid_csrf_token(&form))
    else {
        return code_page(&visitor, return_to, Message::Error(visitor.t.form_expired.into()), 403);
    };
    let asker = Asker::Challenge { text, device: visitor.device.clone() };
    let now = visitor.now;
    match visitor.bridge.run(move |app| email::send(app, asker, now)).await {
        Ok(()) => visitor.redirect(&with_return_to("/login/code", return_to)),
        Err(Error::InvalidChallenge) => restart_login(&visitor),
        Err(error) => {
            let message = explain(visitor.t, &error, now);
            with_retry_after(code_page(&visitor, return_to, message, status(&error)), &error)
        }
    }
}

fn with_return_to(path: &str, return_to: &str) -> String {
    if return_to.is_empty() {
        return path.into();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", return_to)
        .finish();
    format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' })
}
