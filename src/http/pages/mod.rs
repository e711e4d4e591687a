//! The pages. Each is whole without a script; `static/nox.js` only makes them smoother.

mod account;
mod assets;
mod changes;
mod confirmation;
mod deletion;
mod form;
mod frame;
mod links;
mod login;
mod look;
mod message;
pub(super) mod return_to;
mod second_factor;
mod texts;
mod visitor;

use actix_web::HttpResponse;

pub(super) use account::account;
pub(super) use assets::{asset, has_tag};
pub(super) use changes::{
    change_email, change_password, change_profile, end_other_sessions, end_session, log_out,
    resend_link, upload_picture,
};
pub(super) use confirmation::{ask as ask_confirmation, confirm};
pub(super) use deletion::delete_account;
pub(super) use login::{ask_code, ask_password, log_in, send_code, take_code};
pub use look::Look;
pub(super) use second_factor::{
    disable_mail_codes, disable_totp, enable_mail_codes, enable_totp, renew_codes, send_mail_code,
    set_up_totp, show_totp,
};

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
