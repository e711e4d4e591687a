//! `/login`: the page that asks for the password, and the one that asks for a code.

use actix_web::HttpResponse;
use askama::Template;

use super::flash::Flash;
use super::form::Form;
use super::frame::{Frame, Message, fault_response, with_cookies};
use super::notice::{NoticePage, with_help};
use super::passkeys::Ceremony;
use super::return_to::{ReturnTarget, unknown_front};
use super::visitor::Visitor;
use crate::domain::App;
use crate::domain::accounts::registration::is_registration_open;
use crate::domain::factors::{challenged, email};
use crate::domain::passkeys::has_usable;
use crate::error::Error;
use crate::http::first_answer::wait_for;
use crate::words::{Texts, fill};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    identifier: &'a str,
    /// What the operator says of the instance, and of maintenance.
    description: &'a str,
    maintenance: Option<&'a str>,
    /// Names an origin that the login does not lead to.
    note: Option<String>,
    /// The attributes of the password where the username is known: it is typed next.
    password_extra: &'static str,
    /// What logs in by a passkey.
    passkey: Option<Ceremony>,
    /// Where a visitor may create an account.
    register_url: Option<String>,
    reset_url: String,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    login_url: String,
    username: &'a str,
    label: &'static str,
    autofocus: &'static str,
    can_send: bool,
    /// What uses a passkey in the place of a code, where the user has one.
    passkey: Option<Ceremony>,
    /// The challenge of the login, with which the browser is told of the user's passkeys.
    challenge: &'a str,
    /// Where the script leads once that has expired.
    over_url: String,
    /// Whom to ask without a phone and codes.
    help: String,
}

/// `GET /login`
pub(in crate::http) async fn show_login(visitor: Visitor) -> HttpResponse {
    if visitor.principal.is_some() {
        return redirect_after_login(&visitor);
    }
    // After a new password is set, the page knows whose it is.
    let is_reset = Flash::carried_by(&visitor) == Some(Flash::PasswordReset);
    let name = if is_reset { visitor.query("name") } else { "" };
    let form = Form::with("identifier", name.into());
    login_page(&visitor, &form, Flash::message_for(&visitor), 200)
}

/// The login page with a flash message, filled in with a username.
pub(super) fn login_url_for(flash: Flash, username: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("{}&{}", flash.url(), query.append_pair("name", username).finish())
}

/// The login page, which says that the session has ended, and leads back to `/account`.
pub(super) fn log_in_again(visitor: &Visitor) -> HttpResponse {
    visitor.redirect(&format!("{}&return_to=/account", Flash::SessionExpired.url()))
}

/// The page that asks for the password, with what was typed into it.
pub(super) fn login_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let return_to = return_to(visitor, form);
    // An operator who tries the server at another address of it comes back to that address.
    let front = unknown_front(visitor.bridge.config(), return_to)
        .filter(|front| visitor.requested_origin.as_ref() != Some(front));
    let instance = &visitor.bridge.config().instance;
    let identifier = form.text("identifier");
    let password_extra = match (identifier.is_empty(), message.is_none()) {
        (true, _) => "",
        (false, true) => "autofocus",
        (false, false) => "autofocus aria-describedby=\"message\"",
    };
    let mut frame = visitor.frame_of(form, visitor.t.log_in, message);
    frame.is_focus_at_field = !identifier.is_empty();
    let page = LoginPage {
        frame,
        return_to,
        identifier,
        password_extra,
        passkey: Ceremony::of(visitor),
        description: &instance.description,
        maintenance: instance.maintenance.as_deref(),
        note: front.map(|front| fill(visitor.t.unknown_front, front)),
        reset_url: with_return_to("/reset", return_to),
        register_url: is_registration_open(visitor.bridge.config())
            .then(|| with_return_to("/register", return_to)),
    };
    visitor.show(status, page.render())
}

/// Where the login is to lead: what the form carries, or the link to the page.
pub(super) fn return_to<'a>(visitor: &'a Visitor, form: &'a Form) -> &'a str {
    form.get("return_to").unwrap_or_else(|| visitor.query("return_to"))
}

/// Redirects a user who is logged in to where the login was to lead. To another origin, a page with
/// a link leads: `form-action` in the content security policy stops a form's redirect to it.
pub(super) fn redirect_after_login(visitor: &Visitor) -> HttpResponse {
    match ReturnTarget::parse(visitor.bridge.config(), visitor.query("return_to")) {
        None => visitor.redirect("/account"),
        Some(ReturnTarget::Local(path)) => visitor.redirect(&path),
        Some(ReturnTarget::External(url)) => {
            let t = visitor.t;
            let page = NoticePage {
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

/// The page of this server that a login leads to. To another origin, `/login` leads.
pub(super) fn after_login(visitor: &Visitor, form: &Form) -> String {
    let return_to = form.text("return_to");
    match ReturnTarget::parse(visitor.bridge.config(), return_to) {
        Some(ReturnTarget::External(_)) => with_return_to("/login", return_to),
        Some(ReturnTarget::Local(path)) => path,
        None => "/account".into(),
    }
}

/// `GET /login/code`
pub(in crate::http) async fn show_login_code(visitor: Visitor) -> HttpResponse {
    if visitor.principal.is_some() {
        return redirect_after_login(&visitor);
    }
    if let Some(challenge) = &visitor.challenge
        && let Ok(user) = visitor.bridge.read(|app| challenged(app, challenge, visitor.now))
    {
        wait_for(email::under_way(visitor.bridge.app(), &user)).await;
    }
    code_page(&visitor, &Form::default(), Message::None, 200)
}

/// The page that asks for a code. Without a valid challenge, it redirects to the login.
pub(super) fn code_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let return_to = return_to(visitor, form);
    let Some(challenge) = &visitor.challenge else {
        return visitor.redirect(&with_return_to("/login", return_to));
    };
    let find = |app: &App| {
        let user = challenged(app, challenge, visitor.now)?;
        Ok((has_usable(app, user.id)?, user))
    };
    let (has_passkey, user) = match visitor.bridge.read(find) {
        Ok(found) => found,
        Err(Error::InvalidChallenge) => return restart_login(visitor, form, Flash::LoginExpired),
        Err(fault) => return fault_response(fault),
    };
    let t = visitor.t;
    let can_send = user.has_email_factor && visitor.bridge.read(email::check_service).is_ok();
    // A code was mailed by the login, where mail is the only factor, or on request.
    let is_mailed = can_send
        && visitor.bridge.read(|app| email::is_mailed(app, &user, visitor.now)).unwrap_or(false);
    let message = match message {
        Message::None if is_mailed && email::is_delayed(visitor.bridge.app(), &user) => {
            Message::Error(t.code_delayed.into())
        }
        Message::None if is_mailed => Message::Success(t.code_mailed),
        // Nothing else tells a user who waits for a mail that none comes.
        Message::None if user.has_email_factor && !user.has_totp => Message::Error(if can_send {
            t.no_code_mailed.into()
        } else {
            with_help(visitor, t.mail_off)
        }),
        message => message,
    };
    let page = CodePage {
        label: code_label(t, user.has_totp, user.has_email_factor),
        // A refusal has the focus.
        autofocus: match message {
            Message::None | Message::Success(_) => "autofocus",
            _ => "",
        },
        frame: visitor.frame_of(form, t.one_more_step, message),
        return_to,
        login_url: with_return_to("/login", return_to),
        username: &user.username,
        passkey: Ceremony::of(visitor).filter(|_| has_passkey),
        challenge,
        over_url: with_return_to(Flash::LoginExpired.url(), return_to),
        can_send,
        help: with_help(visitor, t.no_factor_at_hand),
    };
    visitor.show(status, page.render())
}

/// What the code is called, by the factors that are on.
const fn code_label(t: &Texts, has_totp: bool, has_email: bool) -> &'static str {
    match (has_totp, has_email) {
        (true, true) => t.code_from_either,
        (true, false) => t.code_from_app,
        (false, true) => t.code_from_mail,
        (false, false) => t.code_beside_passkey,
    }
}

/// Redirects to the login, which says why it starts again, and removes what is left of the one
/// before.
pub(super) fn restart_login(visitor: &Visitor, form: &Form, because: Flash) -> HttpResponse {
    let url = with_return_to(because.url(), return_to(visitor, form));
    with_cookies(visitor.redirect(&url), &visitor.finished_login_cookies())
}

/// Adds `return_to` to the URL of a page of the login.
pub(super) fn with_return_to(url: &str, return_to: &str) -> String {
    if return_to.is_empty() {
        return url.into();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", return_to)
        .finish();
    format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' })
}
