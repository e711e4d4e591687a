//! `/register`: the page on which a visitor creates an account.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::form::Form;
use super::frame::{Frame, Message, fault_response};
use super::login::{return_to, with_return_to};
use super::notice::{NoticePage, with_help};
use super::visitor::Visitor;
use crate::config::Registration;
use crate::domain::invitations;
use crate::error::Error;
use crate::words::fill;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    /// Where a visitor with an account goes.
    login_url: String,
    /// The code of the invitation; empty for a visitor without one.
    invite: &'a str,
    username: &'a str,
    email: &'a str,
    /// The only address that the account may have.
    bound_email: Option<String>,
    password_hint: String,
    /// Whether an address must be given.
    needs_email: bool,
}

/// `GET /register`
pub(in crate::http) async fn show_register(visitor: Visitor) -> HttpResponse {
    register_page(&visitor, &Form::default(), Message::None, 200)
}

/// `GET /register/{code}`, where the link of an invitation leads
pub(in crate::http) async fn show_invitation(visitor: Visitor, code: Path<String>) -> HttpResponse {
    register_page(&visitor, &Form::with("invite", code.into_inner()), Message::None, 200)
}

/// The page with the form, with what was typed into it; another page says why there is none.
pub(super) fn register_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let t = visitor.t;
    let config = visitor.bridge.config();
    let invite = form.text("invite");
    let bound_email = match (config.users.registration, invite) {
        (Registration::Closed, "") => return no_form(visitor, form, t.registration_closed, 403),
        (Registration::Closed, _) => return no_form(visitor, form, t.registration_closed, 404),
        (Registration::Invite, "") => return no_form(visitor, form, t.invitation_needed, 403),
        (Registration::Open, "") => None,
        _ => match visitor.bridge.read(|app| invitations::find(app, invite, visitor.now)) {
            Ok(invitation) => invitation.email,
            Err(Error::InvalidInvitation { .. }) => {
                return no_form(visitor, form, t.invitation_over, 404);
            }
            Err(fault) => return fault_response(fault),
        },
    };
    if visitor.principal.is_some() {
        return visitor.redirect("/account");
    }
    let return_to = return_to(visitor, form);
    let page = RegisterPage {
        frame: visitor.frame_of(form, t.create_account, message),
        return_to,
        login_url: with_return_to("/login", return_to),
        invite,
        username: form.text("username"),
        email: form.text("email"),
        bound_email,
        needs_email: config.users.require_email,
        password_hint: fill(t.password_hint, config.password.min_length.get()),
    };
    visitor.show(status, page.render())
}

/// The page that says why no account can be created.
fn no_form(visitor: &Visitor, form: &Form, text: &str, status: u16) -> HttpResponse {
    let t = visitor.t;
    let text = with_help(visitor, text);
    let page = NoticePage {
        frame: visitor.frame_of(form, t.create_account, Message::None),
        refresh: None,
        text: &text,
        url: &with_return_to("/login", return_to(visitor, form)),
        label: t.log_in,
    };
    visitor.show(status, page.render())
}
