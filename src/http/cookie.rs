//! The session cookie (RFC 6265).

use actix_web::cookie::{Cookie, SameSite};

use crate::config::Config;
use crate::domain::sessions::OpenedSession;

/// Its name. With the prefix `__Host-`, browsers take it only from this very host, by https (RFC 6265bis, 4.1.3.2).
pub(super) fn name(config: &Config) -> &'static str {
    if config.is_https() && config.cookie.domain.is_none() { "__Host-_uid" } else { "_uid" }
}

/// The name of a cookie of the pages, which is bound to this very host in the same way.
pub(super) fn page_name(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Host-{name}") } else { name.into() }
}

/// The name of the cookie that keeps a browser's secret.
pub(super) fn browser_name(config: &Config) -> String {
    page_name(config, "nox_browser")
}

/// The cookie that carries a session's token, for as long as the session lasts.
pub(super) fn of(config: &Config, session: &OpenedSession) -> Cookie<'static> {
    let mut cookie = bare(config, session.token.clone());
    cookie.set_expires(session.expires_at.date());
    cookie
}

/// The cookie that removes it.
pub(super) fn removal(config: &Config) -> Cookie<'static> {
    let mut cookie = bare(config, String::new());
    cookie.make_removal();
    cookie
}

fn bare(config: &Config, value: String) -> Cookie<'static> {
    let mut cookie = Cookie::build(name(config), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.is_https())
        .finish();
    if let Some(domain) = &config.cookie.domain {
        cookie.set_domain(domain.to_string());
    }
    cookie
}
