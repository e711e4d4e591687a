//! Extractors: what handlers need to know of a request, such as its caller and the device that it
//! comes from.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpRequest};

use super::bridge::Bridge;
use super::clock::Now;
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
pub(super) const BROWSER_SECRET_LENGTH: usize = 22;

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

/// The device of a login. A login that the page of another site sent is refused.
pub(super) struct LoginFrom(pub Device);

extract!(LoginFrom, |request| {
    origin::check_login(request, &Bridge::of(request)?.config().server)?;
    device(request).map(Self)
});

/// The device that a request comes from.
pub(super) fn device(request: &HttpRequest) -> Result<Device> {
    let text = |bytes| String::from_utf8_lossy(bytes).chars().take(USER_AGENT_LENGTH).collect();
    let config = Bridge::of(request)?.config();
    let browser = cookie::value(request, &cookie::browser_name(config));
    Ok(Device {
        ip: forwarded::client_ip(request, &config.server.trusted_proxies),
        user_agent: request.headers().get(USER_AGENT).map(|value| text(value.as_bytes())),
        language: language::preferred(request),
        browser: browser.filter(|secret| secret.len() == BROWSER_SECRET_LENGTH).map(Into::into),
    })
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
    let config = Bridge::of(request)?.config();
    let credential = credential(request, config).ok_or(Error::NotLogged)?;
    check_session(request, credential.token())
}

/// [`AuthenticatedChange`], for handlers that also serve callers without a session.
pub(super) fn authenticated_change(request: &HttpRequest) -> Result<Principal> {
    let config = Bridge::of(request)?.config();
    let credential = credential(request, config).ok_or(Error::NotLogged)?;
    let caller = check_session(request, credential.token())?;
    if let Credential::Cookie(_) = credential {
        origin::check_change(request, &config.server)?;
    }
    Ok(caller.at(device(request)?))
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

/// The session token of a request, and where it came from.
enum Credential<'request> {
    Header(&'request str),
    Cookie(&'request str),
}

impl<'request> Credential<'request> {
    fn token(&self) -> &'request str {
        match self {
            Self::Header(token) | Self::Cookie(token) => token,
        }
    }
}

/// The token of a request: the bearer token (RFC 6750, 2.1), else that of the cookie.
fn credential<'request>(
    request: &'request HttpRequest,
    config: &Config,
) -> Option<Credential<'request>> {
    authorization(request, "bearer")
        .map(Credential::Header)
        .or_else(|| cookie::value(request, cookie::name(config)).map(Credential::Cookie))
}

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
            let found = |request: &HttpRequest| {
                credential(request, &Config::default()).map(|found| found.token().to_owned())
            };
            let by_header = request("authorization", &format!("{scheme}{blanks}{token} "));
            prop_assert_eq!(found(&by_header), Some(token.clone()));
            let by_cookie = request("cookie", &format!("{other}; _uid={token};{other}"));
            prop_assert_eq!(found(&by_cookie), Some(token.clone()), "{}", other);
            if let Ok(noise) = HeaderValue::from_bytes(&noise) {
                let mixed = TestRequest::default()
                    .insert_header(("authorization", noise.clone()))
                    .append_header(("cookie", noise))
                    .append_header(("cookie", format!("_uid={token}")));
                prop_assert_eq!(found(&mixed.to_http_request()), Some(token));
            }
        }
    }
}
