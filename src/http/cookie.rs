//! The session cookie (RFC 6265).

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{COOKIE, HeaderValue};

use crate::config::Config;
use crate::domain::sessions::OpenedSession;

/// The name of the session cookie. With the prefix `__Host-`, browsers take it only from this very
/// host, over https (RFC 6265bis, 4.1.3.2).
pub(super) fn name(config: &Config) -> &'static str {
    if config.is_https() && config.cookie.domain.is_none() { "__Host-_uid" } else { "_uid" }
}

/// The full name of a cookie of the pages, which is bound to this very host in the same way.
pub(super) fn page_name(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Host-{name}") } else { name.into() }
}

/// The name of the cookie that keeps a browser's secret, by which it is recognized.
pub(super) fn browser_name(config: &Config) -> String {
    page_name(config, "nox_browser")
}

/// The value of a cookie. The framework's parser is not used: it fails for all cookies where one is
/// malformed, and other programs on the same host may have set that one.
pub(super) fn value<'request>(request: &'request HttpRequest, name: &str) -> Option<&'request str> {
    let headers = request.headers().get_all(COOKIE).map(HeaderValue::as_bytes);
    headers.flat_map(|header| header.split(|byte| *byte == b';')).find_map(|pair| {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        // Quotes around it are allowed (RFC 6265, 4.1.1).
        let bare = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        std::str::from_utf8(bare.unwrap_or(value)).ok()
    })
}

/// The cookie that carries a session's token, for as long as the session lasts.
pub(super) fn for_session(config: &Config, session: &OpenedSession) -> Cookie<'static> {
    let mut cookie = bare(config, session.token.clone());
    cookie.set_expires(session.expires_at.date());
    cookie
}

/// The cookie that removes the session cookie.
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
