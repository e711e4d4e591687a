//! The pages. Each is whole without a script; `static/nox.js` only makes them smoother.

mod account;
mod action;
mod asset;
mod assets;
mod confirmation;
mod deletion_form;
mod email_form;
mod flash;
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

pub(super) use account::show_account;
pub(super) use assets::asset;
pub(super) use confirmation::{confirm_email, show_confirmation};
pub(super) use deletion_form::delete_account;
pub(super) use email_form::{change_email, resend_confirmation};
pub(super) use login::{
    send_login_code, show_login, show_login_code, submit_login, submit_login_code,
};
pub(super) use password_form::change_password;
pub(super) use profile_form::{change_profile, upload_picture};
pub(super) use second_factor::{
    disable_mail_codes, disable_totp, enable_mail_codes, enable_totp, renew_recovery_codes,
    send_mail_code, set_up_totp, show_totp,
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

/// `GET` of an address that forms are sent to: redirects to the page that the form is on.
pub(super) async fn redirect_to_form(visitor: Visitor) -> HttpResponse {
    let to = if visitor.path().starts_with("/login") { "/login/code" } else { "/account" };
    visitor.redirect(to)
}

/// The page for a path that there is nothing at.
pub(super) async fn not_found(visitor: Visitor) -> HttpResponse {
    let t = visitor.t;
    let page = message::MessagePage {
        frame: visitor.frame(t.not_found, Message::None),
        refresh: None,
        text: t.not_found_text,
        url: "/",
        label: t.to_start,
    };
    visitor.show(404, page.render())
}
