//! Every path of the server: the only file with paths.

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::fn_guard;
use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Scope};

use super::dialect::Dialect;
use super::endpoint::Endpoint;
use super::envelope::{self, Failure};
use super::openapi::operation::Operation;
use super::{
    account, auth, code_by_mail, discovery, email, empty_lists, factors, framing, health, pages,
    passkeys, pictures, prefix, registration, relays, sessions, users,
};
use crate::error::Error;

/// Registers all routes.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(api())
        .service(
            Endpoint::at("/.well-known/nox")
                .get(discovery::nox, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(
            Endpoint::at("/.well-known/nodeinfo")
                .get(discovery::nodeinfo_links, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(
            Endpoint::at("/.well-known/webfinger")
                .get(discovery::webfinger, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(
            Endpoint::at("/.well-known/webauthn")
                .get(passkeys::related_origins, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(
            Endpoint::at("/.well-known/passkey-endpoints")
                .get(passkeys::endpoints, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(
            Endpoint::at("/nodeinfo/2.1")
                .get(discovery::nodeinfo, Operation::UNLISTED)
                .for_any_origin(),
        )
        .service(Endpoint::at("/static/logo").get(pages::logo, Operation::UNLISTED))
        .service(Endpoint::at("/static/{name}").get(pages::asset, Operation::UNLISTED))
        .service(Endpoint::at("/healthz").get(health::healthz, Operation::UNLISTED))
        .service(Endpoint::at("/readyz").get(health::readyz, Operation::UNLISTED))
        .configure(configure_pages)
        .default_service(web::to(answer_other_path));
}

/// Whether programs ask for a path, and not people: there, a refusal is an envelope or a line of
/// text, and everywhere else a page.
pub(super) fn is_for_programs(path: &str) -> bool {
    const PREFIXES: [&str; 3] = ["/.well-known/", "/nodeinfo/", "/static/"];
    Dialect::applies_to(path)
        || matches!(path, "/healthz" | "/readyz")
        || PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// The pages, with what their forms send.
fn configure_pages(config: &mut ServiceConfig) {
    for endpoint in page_endpoints() {
        // A browser may load the address of a form again, after it was refused.
        let endpoint = if endpoint.allow == ["POST"] {
            endpoint.get(pages::redirect_to_form, Operation::UNLISTED)
        } else {
            endpoint
        };
        config.service(endpoint);
    }
}

/// The pages and what their forms send, each path with its methods.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn page_endpoints() -> Vec<Endpoint> {
    const PAGE: Operation = Operation::UNLISTED;
    vec![
        Endpoint::at("/").get(pages::index, PAGE),
        Endpoint::at("/login").get(pages::show_login, PAGE).post(pages::submit_login, PAGE),
        Endpoint::at("/login/code")
            .get(pages::show_login_code, PAGE)
            .post(pages::submit_login_code, PAGE),
        Endpoint::at("/login/passkey").post(pages::submit_passkey, PAGE),
        Endpoint::at("/login/send").post(pages::send_login_code, PAGE),
        Endpoint::at("/login/confirmation")
            .get(pages::show_unconfirmed, PAGE)
            .post(pages::mail_confirmation_again, PAGE),
        Endpoint::at("/login/confirmation/email").post(pages::correct_pending_email, PAGE),
        Endpoint::at("/login/set-up")
            .get(pages::show_set_up, PAGE)
            .post(pages::finish_set_up, PAGE),
        Endpoint::at("/login/set-up/mail").post(pages::mail_set_up_code, PAGE),
        Endpoint::at("/register")
            .get(pages::show_register, PAGE)
            .post(pages::submit_register, PAGE),
        Endpoint::at("/register/{code}").get(pages::show_invitation, PAGE),
        Endpoint::at("/reset").get(pages::show_reset, PAGE).post(pages::request_link, PAGE),
        Endpoint::at("/reset/password").post(pages::set_password, PAGE),
        Endpoint::at("/reset/{secret}").get(pages::show_new_password, PAGE),
        Endpoint::at("/account").get(pages::show_account, PAGE),
        Endpoint::at("/logout").get(pages::show_log_out, PAGE),
        Endpoint::at("/account/logout").post(pages::log_out, PAGE),
        Endpoint::at("/account/profile").post(pages::change_profile, PAGE),
        Endpoint::at("/account/picture").post(pages::upload_picture, PAGE),
        Endpoint::at("/account/picture/remove").post(pages::remove_picture, PAGE),
        Endpoint::at("/account/username").post(pages::change_username, PAGE),
        Endpoint::at("/account/email").post(pages::change_email, PAGE),
        Endpoint::at("/account/email/resend").post(pages::resend_confirmation, PAGE),
        Endpoint::at("/account/password").post(pages::change_password, PAGE),
        Endpoint::at("/account/export").post(pages::export_account, PAGE),
        Endpoint::at("/account/delete").post(pages::delete_account, PAGE),
        Endpoint::at("/account/deleted").get(pages::show_deleted, PAGE),
        Endpoint::at("/account/activity").get(pages::show_activity, PAGE),
        Endpoint::at("/account/sessions/end").post(pages::end_session, PAGE),
        Endpoint::at("/account/sessions/end-others").post(pages::end_other_sessions, PAGE),
        Endpoint::at("/account/totp").get(pages::show_totp, PAGE),
        Endpoint::at("/account/totp/setup").post(pages::set_up_totp, PAGE),
        Endpoint::at("/account/totp/enable").post(pages::enable_totp, PAGE),
        Endpoint::at("/account/totp/disable").post(pages::disable_totp, PAGE),
        Endpoint::at("/account/mail-codes/send").post(pages::send_mail_code, PAGE),
        Endpoint::at("/account/mail-codes/enable").post(pages::enable_mail_codes, PAGE),
        Endpoint::at("/account/mail-codes/disable").post(pages::disable_mail_codes, PAGE),
        Endpoint::at("/account/passkeys/options").post(pages::passkey_options, PAGE),
        Endpoint::at("/account/passkeys/add").post(pages::add_passkey, PAGE),
        Endpoint::at("/account/passkeys/rename").post(pages::rename_passkey, PAGE),
        Endpoint::at("/account/passkeys/remove").post(pages::remove_passkey, PAGE),
        Endpoint::at("/account/passkeys/enable").post(pages::enable_passkey_factor, PAGE),
        Endpoint::at("/account/passkeys/disable").post(pages::disable_passkey_factor, PAGE),
        Endpoint::at("/account/passkeys/code").post(pages::give_passkey_code, PAGE),
        Endpoint::at("/account/recovery").post(pages::renew_recovery_codes, PAGE),
        Endpoint::at("/account/recovery-codes")
            .get(pages::show_recovery_codes, PAGE)
            .post(pages::keep_recovery_codes, PAGE),
        Endpoint::at("/email/confirmation")
            .get(pages::show_confirmation, PAGE)
            .post(pages::confirm_email, PAGE),
    ]
}

/// The API, once for all of its prefixes: each route takes memory in each worker.
fn api() -> impl HttpServiceFactory + 'static {
    let scope = web::scope("").guard(fn_guard(prefix::is_api)).wrap(from_fn(envelope::layer));
    api_endpoints()
        .into_iter()
        .fold(scope, Scope::service)
        .default_service(web::to(not_implemented))
}

/// The second factors, below one of their two prefixes.
fn second_factor_endpoints(prefix: &str) -> [Endpoint; 8] {
    let at = |path| Endpoint::at(format!("{prefix}{path}"));
    [
        at("/totp/setup").post(factors::setup, factors::SETUP),
        at("/totp/enable").post(factors::enable_totp, factors::ENABLE),
        at("/totp/disable").post(factors::disable_totp, factors::DISABLE),
        at("/totp/verify").post(factors::verify_totp, factors::VERIFY),
        at("/passkey/enable").post(passkeys::enable, passkeys::ENABLE),
        at("/passkey/disable").post(passkeys::disable, passkeys::DISABLE),
        at("/recovery/renew").post(factors::renew_recovery_codes, factors::RENEW),
        at("/{type}/send")
            .get_change(code_by_mail::send, code_by_mail::SEND.takes_nothing())
            .post(code_by_mail::send, code_by_mail::SEND),
    ]
}

/// The API: each path with its methods, their handlers, and what the OpenAPI document says of them.
pub(super) fn api_endpoints() -> Vec<Endpoint> {
    // Routes are tried in this order, so the most frequent come first.
    let mut endpoints = vec![
        Endpoint::at("/users/@me")
            .get(users::me, users::ME)
            .post(account::change, account::CHANGE)
            .patch(account::change, account::CHANGE)
            .delete(account::remove, account::DELETE),
        Endpoint::at("/relays/checkbearer").post(relays::checkbearer, relays::CHECKBEARER),
        Endpoint::at("/relay/checkbearer").post(relays::checkbearer, relays::CHECKBEARER),
        Endpoint::at("/relays/update").post(relays::update, relays::UPDATE),
    ];
    endpoints.extend(auth_endpoints());
    endpoints.extend(user_endpoints());
    endpoints.extend([
        Endpoint::at("/server").get(discovery::server, discovery::SERVER).for_any_origin(),
        Endpoint::at("/configs").get(discovery::configs, discovery::CONFIGS).for_any_origin(),
        Endpoint::at("/nodeinfo/2.1")
            .get(discovery::nodeinfo, discovery::NODEINFO)
            .for_any_origin(),
        Endpoint::at("/openapi.json").get(discovery::openapi, Operation::DOCUMENT),
    ]);
    endpoints
}

/// Logging in and out, second factors, and the address.
fn auth_endpoints() -> impl Iterator<Item = Endpoint> {
    let endpoints = [
        Endpoint::at("/auth/register").post(registration::register, registration::REGISTER),
        Endpoint::at("/auth/login").post(auth::login, auth::LOGIN),
        Endpoint::at("/auth/logout")
            .get_change(auth::logout, auth::LOGOUT)
            .post(auth::logout, auth::LOGOUT),
        Endpoint::at("/email/confirmation").get_change(email::confirm, email::CONFIRM),
        Endpoint::at("/email/resend").post(email::resend, email::RESEND),
        // Below `/auth` this is about codes by mail, below `/auth/methods` about the address.
        Endpoint::at("/auth/email/enable").post(factors::enable_email, factors::ENABLE_EMAIL),
        Endpoint::at("/auth/email/disable").post(factors::disable_email, factors::DISABLE),
        Endpoint::at("/auth/methods/email/setup").post(email::setup, email::SETUP),
        Endpoint::at("/auth/methods/email/enable").post(email::enable, email::ENABLE),
        Endpoint::at("/auth/methods/email/disable").post(email::disable, email::DISABLE),
        Endpoint::at("/auth/methods/email/send")
            .get_change(email::send, email::SEND.takes_nothing())
            .post(email::send, email::SEND),
    ];
    endpoints
        .into_iter()
        .chain(second_factor_endpoints("/auth"))
        .chain(second_factor_endpoints("/auth/methods"))
        // Behind `/auth/passkey/enable`, which is no id.
        .chain(passkey_endpoints())
}

/// Passkeys, of which the list has both spellings that fronts use.
fn passkey_endpoints() -> [Endpoint; 8] {
    [
        Endpoint::at("/auth/passkey/login/options")
            .post(passkeys::login_options, passkeys::LOGIN_OPTIONS),
        Endpoint::at("/auth/passkey/login/verify").post(passkeys::login, passkeys::LOGIN),
        Endpoint::at("/auth/passkey/register/options")
            .post(passkeys::registration_options, passkeys::REGISTRATION_OPTIONS),
        Endpoint::at("/auth/passkey/register/verify").post(passkeys::register, passkeys::REGISTER),
        Endpoint::at("/auth/passkey").get(passkeys::list, passkeys::LIST),
        Endpoint::at("/auth/passkeys").get(passkeys::list, passkeys::LIST),
        Endpoint::at("/auth/passkey/{id}")
            .patch(passkeys::rename, passkeys::RENAME)
            .delete(passkeys::remove, passkeys::REMOVE),
        Endpoint::at("/auth/passkeys/{id}")
            .patch(passkeys::rename, passkeys::RENAME)
            .delete(passkeys::remove, passkeys::REMOVE),
    ]
}

/// Users, their sessions and their pictures.
fn user_endpoints() -> impl IntoIterator<Item = Endpoint> {
    [
        Endpoint::at("/users").get(users::search, users::SEARCH),
        Endpoint::at("/users/@me/sessions")
            .get(sessions::list, sessions::LIST)
            .delete(sessions::revoke_others, sessions::REVOKE_OTHERS),
        Endpoint::at("/users/@me/session").get(sessions::current, sessions::CURRENT),
        Endpoint::at("/users/@me/sessions/{id}")
            .get(sessions::one, sessions::ONE)
            .delete(sessions::revoke, sessions::REVOKE),
        Endpoint::at("/users/@me/thumbnail")
            .get(pictures::thumbnail, pictures::OWN)
            .post(pictures::set_thumbnail, pictures::SET),
        Endpoint::at("/users/@me/banner")
            .get(pictures::banner, pictures::OWN)
            .post(pictures::set_banner, pictures::SET),
        Endpoint::at("/users/@me/friends").get(empty_lists::friends, empty_lists::FRIENDS),
        Endpoint::at("/users/{selector}").get(users::one, users::ONE).for_any_origin(),
        Endpoint::at("/users/{selector}/thumbnail")
            .get(pictures::thumbnail, pictures::ONE)
            .for_any_origin(),
        Endpoint::at("/users/{selector}/banner")
            .get(pictures::banner, pictures::ONE)
            .for_any_origin(),
        Endpoint::at("/users/{selector}/followers")
            .get(empty_lists::of_user, empty_lists::FOLLOWERS),
        Endpoint::at("/users/{selector}/following")
            .get(empty_lists::of_user, empty_lists::FOLLOWING),
        Endpoint::at("/users/{selector}/public").get(empty_lists::of_user, empty_lists::PUBLIC),
        Endpoint::at("/relations/@me/followers")
            .get(empty_lists::relations, empty_lists::RELATIONS),
        Endpoint::at("/relations/@me/following")
            .get(empty_lists::relations, empty_lists::RELATIONS),
    ]
}

async fn not_implemented() -> Result<&'static str, Failure> {
    Err(Error::NotImplemented.into())
}

/// The answer to a path that there is nothing at.
async fn answer_other_path(request: HttpRequest) -> Result<HttpResponse, Failure> {
    if framing::is_about_server(request.head()) {
        let allow = (ALLOW, "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
        return Ok(HttpResponse::NoContent().insert_header(allow).finish());
    }
    pages::not_found(&request)
}
