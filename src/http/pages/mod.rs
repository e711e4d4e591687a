//! The pages. Each is whole without a script; `static/nox.js` only makes them smoother.

mod account;
mod actions;
mod activity;
mod asset;
mod assets;
mod confirmation;
mod deleted;
mod errors;
mod flash;
mod form;
mod form_check;
mod frame;
mod head_page;
mod languages;
mod links;
mod log_out;
mod login;
mod login_cookies;
mod logo;
mod moment;
mod notice;
mod passkeys;
mod pending;
mod place;
mod recovery_codes;
mod register;
mod reset;
pub(super) mod return_to;
mod sendings;
mod session_row;
mod tags;
mod theme;
mod totp;
mod visitor;

use actix_web::{HttpRequest, HttpResponse};

pub(super) use account::show_account;
pub(super) use actions::confirmation::confirm_email;
pub(super) use actions::deletion::delete_account;
pub(super) use actions::email::{change_email, resend_confirmation};
pub(super) use actions::export::export_account;
pub(super) use actions::factors::{
    disable_mail_codes, disable_totp, enable_mail_codes, enable_totp, keep_recovery_codes,
    renew_recovery_codes, send_mail_code, set_up_totp,
};
pub(super) use actions::login::{send_login_code, submit_login, submit_login_code};
pub(super) use actions::passkeys::{
    add_passkey, disable_passkey_factor, enable_passkey_factor, give_passkey_code, passkey_options,
    remove_passkey, rename_passkey, submit_passkey,
};
pub(super) use actions::password::change_password;
pub(super) use actions::pending::{
    correct_pending_email, finish_set_up, mail_confirmation_again, mail_set_up_code,
};
pub(super) use actions::profile::{change_profile, remove_picture, upload_picture};
pub(super) use actions::register::submit_register;
pub(super) use actions::reset::{request_link, set_password};
pub(super) use actions::sessions::{end_other_sessions, end_session, log_out};
pub(super) use actions::username::change_username;
pub(super) use activity::show_activity;
pub(super) use assets::{asset, logo};
pub(super) use confirmation::show_confirmation;
pub(super) use deleted::show_deleted;
pub(super) use errors::layer;
pub(super) use head_page::head_page;
pub(super) use log_out::show_log_out;
pub(super) use login::{show_login, show_login_code};
pub(super) use pending::{show_set_up, show_unconfirmed};
pub(super) use recovery_codes::show_recovery_codes;
pub(super) use register::{show_invitation, show_register};
pub(super) use reset::{show_new_password, show_reset};
pub(super) use sendings::Sendings;
pub use theme::Theme;
pub(super) use totp::show_totp;

use super::envelope::Failure;
use askama::Template;
use frame::Message;
use visitor::Visitor;

/// The status of a form that came too slowly (RFC 9110, 15.5.9).
const REQUEST_TIMEOUT: u16 = 408;

/// `GET /`
pub(super) async fn index(visitor: Visitor) -> HttpResponse {
    let to = if visitor.principal.is_some() { "/account" } else { "/login" };
    visitor.redirect(to)
}

/// `GET` of an address that forms are sent to: redirects to the page that the form is on.
pub(super) async fn redirect_to_form(visitor: Visitor) -> HttpResponse {
    visitor.redirect(form_page(visitor.path()))
}

/// The page that a form is on, by the address that it is sent to.
fn form_page(path: &str) -> &'static str {
    match path {
        "/login" => "/login",
        "/register" => "/register",
        "/login/set-up/mail" => "/login/set-up?by=mail",
        _ if path.starts_with("/reset") => "/reset",
        _ if path.starts_with("/login/confirmation") => "/login/confirmation",
        _ if path.starts_with("/login/set-up") => "/login/set-up",
        "/login/passkey" => "/login",
        _ if path.starts_with("/login/") => "/login/code",
        _ if path.starts_with("/account") => "/account",
        _ => "/",
    }
}

/// The page for a path that there is nothing at.
pub(super) fn not_found(request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let visitor = Visitor::of(request)?;
    let t = visitor.t;
    let page = notice::NoticePage {
        frame: visitor.frame(t.not_found, Message::None),
        refresh: None,
        text: t.not_found_text,
        url: "/",
        label: t.to_start,
    };
    Ok(visitor.show(404, page.render()))
}
