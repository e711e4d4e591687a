//! Extractors: what handlers need to know of a request, such as its caller and the device that it
//! comes from.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpRequest};

use super::bridge::Bridge;
use super::clock::Now;
use super::cookie::SessionCookies;
use super::dialect::Dialect;
use super::envelope::Failure;
use super::{cookie, forwarded, language, origin};
use crate::config::Config;
use crate::domain::accounts::identifier::{Identifier, Selector};
use crate::domain::principal::{Caller, Device, Principal};
use crate::domain::relays;
use crate::domain::sessions;
use crate::error::{Error, Result};

/// User agents are kept up to this length, in characters.
const USER_AGENT_LENGTH: usize = 256;

/// The secret that a browser keeps: 16 bytes in base64.
const BROWSER_SECRET_LENGTH: usize = 22;

/// Implements [`FromRequest`] by a function that does not wait.
macro_rules! extract {
    ($type:ty, $from:expr) => {
        impl FromRequest for $type {
            type Error = Failure;
            type Future = Ready<Result<Self, Failure>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let from: fn(&HttpRequest) -> Result<Self> = $from;
                ready(from(request).map_err(Failure::from))
            }
        }
    };
}

extract!(Now, |request| Ok(Now::of(request)));
extract!(Dialect, |request| Ok(Dialect::of(request)));

/// The device of a login, and the cookies that its session gets. A login that the page of another
/// site sent is refused.
pub(super) struct LoginFrom {
    pub device: Device,
    pub cookies: SessionCookies,
}

extract!(LoginFrom, |request| {
    origin::check_login(request, &Bridge::of(request)?.config().server)?;
    Ok(Self { device: device(request)?, cookies: session_cookies(request)? })
});

/// The device that a request comes from.
pub(super) fn device(request: &HttpRequest) -> Result<Device> {
    let text = |bytes| String::from_utf8_lossy(bytes).chars().take(USER_AGENT_LENGTH).collect();
    let config = Bridge::of(request)?.config();
    Ok(Device {
        ip: forwarded::client_ip(request, &config.server.trusted_proxies),
        is_forwarded: forwarded::names_client(request),
        user_agent: request.headers().get(USER_AGENT).map(|value| text(value.as_bytes())),
        language: language::preferred(request),
        browser: browsers(request, config).next().map(Into::into),
    })
}

/// The secrets of this browser that a request carries: more than one only where another host of the
/// domain has set one, too.
pub(super) fn browsers<'request>(
    request: &'request HttpRequest,
    config: &Config,
) -> impl Iterator<Item = &'request str> {
    let found: Vec<_> = cookie::values(request, &cookie::browser_name(config)).collect();
    found.into_iter().filter(|secret| {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        secret.len() == BROWSER_SECRET_LENGTH && secret.bytes().all(is_base64)
    })
}

extract!(SessionCookies, session_cookies);

/// How the answer to a request sets or removes the session cookie.
pub(super) fn session_cookies(request: &HttpRequest) -> Result<SessionCookies> {
    let app = Bridge::of(request)?.app();
    Ok(SessionCookies::of(request, &app.config, |token| !sessions::is_our_token(app, token)))
}

/// The authenticated caller of a read-only endpoint.
pub(super) struct Authenticated(pub Caller);

extract!(Authenticated, |request| caller(request).map(Self));

/// The authenticated caller of a state-changing endpoint. If only the session cookie proves it, the
/// origin check (CSRF) applies.
pub(super) struct AuthenticatedChange(pub Principal);

extract!(AuthenticatedChange, |request| authenticated_change(request).map(Self));

/// [`Authenticated`], for handlers that also serve callers without a session.
pub(super) fn caller(request: &HttpRequest) -> Result<Caller> {
    authenticate(request).map(|authenticated| authenticated.caller)
}

/// [`AuthenticatedChange`], for handlers that also serve callers without a session.
pub(super) fn authenticated_change(request: &HttpRequest) -> Result<Principal> {
    let config = Bridge::of(request)?.config();
    let Proven { caller, is_by_cookie } = authenticate(request)?;
    if is_by_cookie {
        origin::check_change(request, &config.server)?;
    }
    Ok(caller.at(device(request)?))
}

/// A caller, and what proved their session.
struct Proven {
    caller: Caller,
    is_by_cookie: bool,
}

/// Finds the session of a request: by the bearer token (RFC 6750, 2.1), else by the first cookie
/// whose token opens one.
fn authenticate(request: &HttpRequest) -> Result<Proven> {
    if let Some(token) = authorization(request, "bearer") {
        return Ok(Proven { caller: check_session(request, token)?, is_by_cookie: false });
    }
    for token in cookie::tokens(request, Bridge::of(request)?.config()) {
        match check_session(request, token) {
            Err(Error::NotLogged) => (),
            checked => return Ok(Proven { caller: checked?, is_by_cookie: true }),
        }
    }
    Err(Error::NotLogged)
}

/// Checks a token, and stores the session's use where that is due. No answer waits for the latter.
fn check_session(request: &HttpRequest, token: &str) -> Result<Caller> {
    let bridge = Bridge::of(request)?;
    let Now(now) = Now::of(request);
    let caller = bridge.read(|app| sessions::authenticate(app, token, now))?;
    if caller.needs_touch {
        let session = caller.session;
        bridge.run_in_background(move |app| sessions::touch(app, session, now));
    }
    Ok(caller)
}

/// The name of a relay, `Authorization: Badger <token>`.
pub(super) struct Relay(pub String);

extract!(Relay, |request| {
    let token = authorization(request, "badger").ok_or(Error::NotLogged)?;
    Bridge::of(request)?.read(|app| relays::authenticate(app, token)).map(Self)
});

/// The user that a path names.
pub(super) enum Selected {
    /// The caller, by `@me`.
    Own(Caller),
    /// Any user, by id or name.
    User(Identifier),
}

extract!(Selected, |request| {
    let server = &Bridge::of(request)?.config().server.address;
    let text = request.match_info().get("selector").unwrap_or("@me");
    match Selector::parse(text, server.as_str()).ok_or(Error::UserNotFound)? {
        Selector::Me => caller(request).map(Self::Own),
        Selector::User(identifier) => Ok(Self::User(identifier)),
    }
});

/// The token of an `Authorization` header with this scheme, which may be in any case.
fn authorization<'request>(request: &'request HttpRequest, scheme: &str) -> Option<&'request str> {
    let value = str::from_utf8(request.headers().get(AUTHORIZATION)?.as_bytes()).ok()?;
    let (sent, token) = value.split_once(' ').unwrap_or((value, ""));
    sent.eq_ignore_ascii_case(scheme).then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn token_is_found_beside_any_other_values(
            scheme in "(?i-u:bearer)",
            blanks in " {1,3}",
            token in "[A-Za-z0-9._-]{1,80}",
            other in "[ -:<-~]*|%ff|=",
            noise in vec(1_u8.., 0..40)
        ) {
            let request = |name: &str, value: &str| {
                TestRequest::default().insert_header((name, value)).to_http_request()
            };
            let by_bearer = |request: &HttpRequest| {
                authorization(request, "bearer").map(ToOwned::to_owned)
            };
            let config = Config::default();
            let in_cookies = |request: &HttpRequest| {
                cookie::tokens(request, &config).any(|found| found == token)
            };
            let by_header = request("authorization", &format!("{scheme}{blanks}{token} "));
            prop_assert_eq!(by_bearer(&by_header), Some(token.clone()));
            let by_cookie = request("cookie", &format!("{other}; _uid={token};{other}"));
            prop_assert!(in_cookies(&by_cookie), "{}", other);
            if let Ok(noise) = HeaderValue::from_bytes(&noise) {
                let mixed = TestRequest::default()
                    .append_header(("cookie", noise))
                    .append_header(("cookie", format!("_uid={token}")));
                prop_assert!(in_cookies(&mixed.to_http_request()));
            }
        }
    }
}
