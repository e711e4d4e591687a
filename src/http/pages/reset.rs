//! `/reset`: the page for a forgotten password, and the one that a link leads to, where a new
//! password is set. Opening a link uses nothing up, since mail programs open links to check them.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::flash::Flash;
use super::form::Form;
use super::frame::{Frame, Message, fault_response};
use super::login::{return_to, with_return_to};
use super::notice::{NoticePage, with_help};
use super::visitor::Visitor;
use crate::domain::password_links::{self, request};
use crate::error::Error;
use crate::words::fill;

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    /// Where a visitor goes who remembers the password.
    login_url: String,
    identifier: &'a str,
    /// What to do where no mail comes.
    help: String,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage<'a> {
    frame: Frame<'a>,
    /// The secret of the link.
    link: &'a str,
    username: &'a str,
    password_hint: String,
    /// What the field for the password has beside its name.
    attributes: &'static str,
}

/// `GET /reset`
pub(in crate::http) async fn show_reset(visitor: Visitor) -> HttpResponse {
    reset_page(&visitor, &Form::default(), Flash::message_for(&visitor), 200)
}

/// The page for a forgotten password, with what was typed into it. Without mail, it says whom to
/// ask.
pub(super) fn reset_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let t = visitor.t;
    if !request::is_on(visitor.bridge.app()) {
        let text = with_help(visitor, t.reset_by_operator);
        return notice(visitor, form, &text, Way::LogIn, status);
    }
    let return_to = return_to(visitor, form);
    let page = ResetPage {
        return_to,
        login_url: with_return_to("/login", return_to),
        frame: visitor.frame_of(form, t.forgotten_password, message),
        identifier: form.text("identifier"),
        help: with_help(visitor, t.reset_help),
    };
    visitor.show(status, page.render())
}

/// `GET /reset/{secret}`, where a link leads
pub(in crate::http) async fn show_new_password(
    visitor: Visitor,
    secret: Path<String>,
) -> HttpResponse {
    new_password_page(&visitor, &Form::with("link", secret.into_inner()), Message::None, 200)
}

/// The page that sets a password; another page says that its link is not good.
pub(super) fn new_password_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let t = visitor.t;
    let link = form.text("link");
    let user = match visitor.bridge.read(|app| password_links::find(app, link, visitor.now)) {
        Ok(user) => user,
        Err(Error::NotFound { .. }) => return link_over_page(visitor, form),
        Err(fault) => return fault_response(fault),
    };
    let page = NewPasswordPage {
        // A refusal has the focus.
        attributes: if message.is_none() {
            "autofocus aria-describedby=\"password-hint\""
        } else {
            "aria-describedby=\"password-hint\""
        },
        frame: visitor.frame_of(form, t.set_password, message),
        link,
        username: &user.username,
        password_hint: fill(t.password_hint, visitor.bridge.config().password.min_length.get()),
    };
    visitor.show(status, page.render())
}

/// The page that says that a link is not good, and how to go on.
fn link_over_page(visitor: &Visitor, form: &Form) -> HttpResponse {
    let t = visitor.t;
    if request::is_on(visitor.bridge.app()) {
        return notice(visitor, form, t.password_link_over, Way::AskAgain, 404);
    }
    let text = with_help(visitor, t.password_link_over);
    notice(visitor, form, &text, Way::LogIn, 404)
}

/// Where the button of a page without a form leads.
#[derive(Clone, Copy)]
enum Way {
    LogIn,
    AskAgain,
}

fn notice(visitor: &Visitor, form: &Form, text: &str, way: Way, status: u16) -> HttpResponse {
    let t = visitor.t;
    let (url, label) = match way {
        Way::LogIn => ("/login", t.log_in),
        Way::AskAgain => ("/reset", t.mail_a_link),
    };
    let url = &with_return_to(url, return_to(visitor, form));
    let frame = visitor.frame_of(form, t.forgotten_password, Message::None);
    let page = NoticePage { frame, refresh: None, text, url, label };
    visitor.show(status, page.render())
}
