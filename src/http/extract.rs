//! What handlers ask a request for: when, from where, and by whom.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::Failure;
use super::{cookie, origin};
use crate::config::{Config, Network};
use crate::domain::identifier::{Identifier, Selector};
use crate::domain::relays;
use crate::domain::sessions::{Device, Principal, authenticate, is_to_be_noted, note};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::time::Timestamp;

/// User agents are kept up to this length, in characters.
const USER_AGENT_LENGTH: usize = 256;

const WARN_EVERY: Duration = Duration::from_mins(1);
/// The secret that a browser keeps: 16 bytes in base64.
pub(super) const BROWSER_SECRET_LENGTH: usize = 22;

/// Implements [`FromRequest`] for what needs no waiting.
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

/// From where a login comes. One that another site's page sent is refused.
pub(super) struct LoginFrom(pub Device);

extract!(LoginFrom, |request| {
    origin::check_login(request, &bridge(request)?.config().server)?;
    device(request).map(Self)
});

/// From where a request comes.
pub(super) fn device(request: &HttpRequest) -> Result<Device> {
    let text = |bytes| String::from_utf8_lossy(bytes).chars().take(USER_AGENT_LENGTH).collect();
    let languages = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let config = bridge(request)?.config();
    let browser = cookie::value(request, &cookie::browser_name(config));
    Ok(Device {
        ip: client_ip(request, &config.server.trusted_proxies),
        user_agent: request.headers().get(USER_AGENT).map(|value| text(value.as_bytes())),
        language: languages.and_then(Language::accepted),
        browser: browser.filter(|secret| secret.len() == BROWSER_SECRET_LENGTH).map(Into::into),
    })
}

/// Whoever asks to read.
pub(super) struct Authenticated(pub Principal);

extract!(Authenticated, |request| authenticated(request).map(|(principal, _)| Self(principal)));

/// Whoever asks to change something. By the cookie alone, the request must come from a page of ours.
pub(super) struct AuthenticatedChange(pub Principal);

extract!(AuthenticatedChange, |request| authenticated_change(request).map(Self));

/// The same, for handlers that serve others too.
pub(super) fn authenticated_change(request: &HttpRequest) -> Result<Principal> {
    let (principal, by) = authenticated(request)?;
    if by == Credential::Cookie {
        origin::check_change(request, &bridge(request)?.config().server)?;
    }
    Ok(principal)
}

pub(super) fn authenticated(request: &HttpRequest) -> Result<(Principal, Credential)> {
    let (bridge, Now(now)) = (bridge(request)?, Now::of(request));
    let (token, by) = credential(request, bridge.config()).ok_or(Error::NotLogged)?;
    let device = device(request)?;
    let principal = bridge.read(|app| authenticate(app, &token, device, now))?;
    if is_to_be_noted(&principal, now) {
        let session = principal.session;
        bridge.run_aside(move |app| note(app, session, now));
    }
    Ok((principal, by))
}

/// A relay, `Authorization: Badger <token>`.
pub(super) struct Relay;

extract!(Relay, |request| {
    let token = authorization(request, "badger").ok_or(Error::NotLogged)?;
    bridge(request)?.read(|app| relays::authenticate(app, token)).map(|()| Self)
});

/// Whom the path names.
pub(super) enum Selected {
    /// Whoever asks.
    Own(Box<Principal>),
    /// Somebody by id or name.
    User(Identifier),
}

extract!(Selected, |request| {
    let server = &bridge(request)?.config().server.address;
    let text = request.match_info().get("selector").unwrap_or("@me");
    match Selector::parse(text, server.as_str()).ok_or(Error::UserNotFound)? {
        Selector::Me => authenticated(request).map(|(principal, _)| Self::Own(Box::new(principal))),
        Selector::User(identifier) => Ok(Self::User(identifier)),
    }
});

#[derive(PartialEq, Eq)]
pub(super) enum Credential {
    Header,
    Cookie,
}

/// The token of a request: the bearer's (RFC 6750, 2.1), else the cookie's.
fn credential(request: &HttpRequest, config: &Config) -> Option<(String, Credential)> {
    authorization(request, "bearer")
        .map(|token| (token.into(), Credential::Header))
        .or_else(|| Some((cookie::value(request, cookie::name(config))?.into(), Credential::Cookie)))
}

/// What stands behind this scheme, in any case, in the `Authorization` header.
fn authorization<'request>(request: &'request HttpRequest, scheme: &str) -> Option<&'request str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (sent, token) = value.split_once(' ').unwrap_or((value, ""));
    sent.eq_ignore_ascii_case(scheme).then(|| token.trim())
}

pub(super) fn bridge(request: &HttpRequest) -> Result<&Data<Bridge>> {
    request.app_data().ok_or_else(|| Error::internal("serve the request", "no bridge is set up"))
}

/// The address of the client: the peer's, or, where that is a trusted proxy, the right-most address of
/// `X-Forwarded-For` that is none.
fn client_ip(request: &HttpRequest, trusted: &[Network]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip().to_canonical());
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|line| line.split(',')).collect();
    let is_trusted = |ip| trusted.iter().any(|network| network.contains(ip));
    if !hops.is_empty() && !is_trusted(peer) {
        warn_of(peer, Now::of(request).0);
    }
    walk_back(peer, &hops, is_trusted)
}

/// Says once a minute that an address was not believed: most often it is a proxy that nobody has named.
fn warn_of(peer: IpAddr, now: Timestamp) {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let last = LAST.load(Ordering::Relaxed);
    let is_time = last <= now.before(WARN_EVERY).millis();
    if is_time && LAST.compare_exchange(last, now.millis(), Ordering::Relaxed, Ordering::Relaxed).is_ok() {
        tracing::warn!(%peer, "ignored X-Forwarded-For: if this is your proxy, add its address to server.trusted_proxies");
    }
}

/// The right-most address that nobody trusts, as far as there are addresses.
pub(super) fn walk_back(peer: IpAddr, hops: &[&str], is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut ip = peer;
    for hop in hops.iter().rev() {
        if !is_trusted(ip) {
            break;
        }
        match parse_hop(hop.trim()) {
            Some(before) => ip = before,
            None => break,
        }
    }
    ip
}

/// An address as proxies write it: bare, with a port, or bracketed.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port).or_else(bracketed).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn only_trusted_proxies_are_believed_and_only_from_the_right() {
        let trusted = |ip: IpAddr| ip.is_loopback() || ip == IpAddr::from([10, 0, 0, 1]);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (peer, hops, expected) in [
            ("192.0.2.9", &["1.1.1.1"][..], "192.0.2.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["192.0.2.1"], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", " 192.0.2.1 "], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", "192.0.2.1", "10.0.0.1"], "192.0.2.1"),
            ("127.0.0.1", &["192.0.2.1:4711"], "192.0.2.1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", "unknown"], "127.0.0.1"),
            ("127.0.0.1", &["6.6.6.6", "", "10.0.0.1"], "10.0.0.1"),
        ] {
            assert_eq!(walk_back(ip(peer), hops, trusted), ip(expected), "{peer} {hops:?}");
        }
    }

    /// What stands between two commas, and the address that it means.
    fn hop() -> impl Strategy<Value = (String, Option<IpAddr>)> {
        let ip = prop_oneof![Just([127, 0, 0, 1].into()), Just([10, 0, 0, 1].into()), any::<IpAddr>()];
        let address = (ip, any::<u16>(), 0..4).prop_map(|(ip, port, form)| {
            let text = match (form, ip) {
                (0, _) => format!(" {ip}\t"),
                (1, IpAddr::V4(v4)) => v4.to_ipv6_mapped().to_string(),
                (2, _) => format!("[{ip}]"),
                _ => SocketAddr::new(ip, port).to_string(),
            };
            (text, Some(ip.to_canonical()))
        });
        let none =
            "|unknown|_[a-z]*|for=10.0.0.1|10.0.0|10.0.0.1:|\\[::1|256.0.0.1|\\PC*x".prop_map(|text| (text, None));
        prop_oneof![3 => address, 1 => none]
    }

    proptest! {
        #[test]
        fn the_client_is_the_first_from_the_right_whom_nobody_trusts(peer: IpAddr, near: bool, hops in vec(hop(), 0..6)) {
            let trusted = |ip: IpAddr| ip.is_loopback() || ip == IpAddr::from([10, 0, 0, 1]);
            let peer = if near { [10, 0, 0, 1].into() } else { peer };
            let texts: Vec<&str> = hops.iter().map(|(text, _)| text.as_str()).collect();
            let known: Vec<IpAddr> =
                std::iter::once(peer).chain(hops.iter().rev().map_while(|(_, address)| *address)).collect();
            let client = known.iter().find(|ip| !trusted(**ip)).or(known.last());
            prop_assert_eq!(Some(&walk_back(peer, &texts, trusted)), client);
        }
    }

    proptest! {
        #[test]
        fn a_token_is_found_whatever_else_is_sent(
            scheme in "(?i-u:bearer)", blanks in " {1,3}", token in "[A-Za-z0-9._-]{1,80}", other in "[ -:<-~]*|%ff|=", noise in vec(1_u8.., 0..40)
        ) {
            let request = |name: &str, value: &str| TestRequest::default().insert_header((name, value)).to_http_request();
            let found = |request: &HttpRequest| credential(request, &Config::default()).map(|(token, _)| token);
            let by_header = request("authorization", &format!("{scheme}{blanks}{token} "));
            prop_assert_eq!(found(&by_header), Some(token.clone()));
            let by_cookie = request("cookie", &format!("{other}; _uid={token};{other}"));
            prop_assert_eq!(found(&by_cookie), Some(token.clone()), "{}", other);
            if let Ok(noise) = HeaderValue::from_bytes(&noise) {
                let mixed = TestRequest::default().insert_header(("authorization", noise.clone())).append_header(("cookie", noise));
                let mixed = mixed.append_header(("cookie", format!("_uid={token}"))).to_http_request();
                prop_assert_eq!(found(&mixed), Some(token));
            }
        }
    }
}
