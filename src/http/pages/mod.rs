//! The pages. Each is whole without a script; `static/nox.js` only makes them smoother.

mod account;
mod action;
mod asset;
mod assets;
mod confirmation;
mod deletion_form;
mod email_form;
mod form;
mod frame;
mod links;
mod login;
mod message;
mod password_form;
mod profile_form;
mod refusal;
pub(super) mod return_to;
mod second_factor;
mod session_forms;
mod texts;
mod theme;
mod visitor;

use actix_web::HttpResponse;

pub(super) use account::account;
pub(super) use assets::{asset, has_tag};
pub(super) use confirmation::{ask as ask_confirmation, confirm};
pub(super) use deletion_form::delete_account;
pub(super) use email_form::{change_email, resend_link};
pub(super) use login::{ask_code, ask_password, log_in, send_code, take_code};
pub(super) use password_form::change_password;
pub(super) use profile_form::{change_profile, upload_picture};
pub(super) use second_factor::{
    disable_mail_codes, disable_totp, enable_mail_codes, enable_totp, renew_codes, send_mail_code,
    set_up_totp, show_totp,
};
pub(super) use session_forms::{end_other_sessions, end_session, log_out};
pub use theme::Theme;

use askama::Template;
use frame::Message;
use visitor::Visitor;

/// `GET /`
pub(super) async fn index(visitor: Visitor) -> HttpResponse {
    let to = if visitor.principal.is_some() { "/account" } else { "/login" };
    visitor.redirect(to)
}

/// `GET` of what a form is sent to: the way back to the page that it stands on.
pub(super) async fn lead_back(visitor: Visitor) -> HttpResponse {
    let to = if visitor.path().starts_with("/login") { "/login/code" } else { "/account" };
    visitor.redirect(to)
}

/// Everything else.
pub(super) async fn nothing_here(visitor: Visitor) -> HttpResponse {
    let t = visitor.t;
    let page = message::MessagePage {
        frame: visitor.frame(t.nothing_here, Message::None),
        refresh: None,
        text: t.nothing_here_text,
        url: "/",
        label: t.to_the_start,
    };
    visitor.show(404, page.render())
}
