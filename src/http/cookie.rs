//! The cookies of the API and of the pages (RFC 6265).
//!
//! Of several cookies of one name, the first that is good counts: a browser sends those of longer
//! paths and older ones first, and an earlier setting or another host of the domain may have left
//! one. What is good depends on the cookie, so callers try the [`values`] in turn.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{COOKIE, HeaderValue};

use crate::config::Config;
use crate::domain::sessions::OpenedSession;

/// The contract's name of the session cookie.
const PLAIN: &str = "_uid";
/// The same with the prefix by which browsers take it only from this very host, over https (RFC
/// 6265bis, 4.1.3.2).
const BOUND: &str = "__Host-_uid";
/// The session cookie of the pages, see [`page_session`].
const PAGE_SESSION: &str = "nox_session";
/// How many values of one name are tried: browsers keep no more cookies for one site.
const MAX_VALUES: usize = 180;

/// The name of the session cookie.
fn name(config: &Config) -> &'static str {
    if config.is_https() && config.cookie.domain.is_none() { BOUND } else { PLAIN }
}

/// The full name of a cookie of the pages, which is bound to this very host. A browser has the same
/// cookies for all ports of a host, so the port of the public URL keeps two instances apart.
pub(super) fn page_name(config: &Config, name: &str) -> String {
    let prefix = if config.is_https() { "__Host-" } else { "" };
    match config.server.public_url.explicit_port() {
        Some(port) => format!("{prefix}{name}_{port}"),
        None => format!("{prefix}{name}"),
    }
}

/// The name of the cookie in which the pages keep the session, too, where another instance on the
/// same host may replace the one with the contract's name.
fn page_session(config: &Config) -> Option<String> {
    config.server.public_url.explicit_port().map(|_| page_name(config, PAGE_SESSION))
}

/// The name of the cookie that keeps a browser's secret, by which it is recognized.
pub(super) fn browser_name(config: &Config) -> String {
    page_name(config, "nox_browser")
}

/// The values of the cookies of a name, as the browser sent them. The framework's parser is not
/// used: it fails for all cookies where one is malformed, and other programs on the same host may
/// have set that one.
pub(super) fn values<'request>(
    request: &'request HttpRequest,
    name: &str,
) -> impl Iterator<Item = &'request str> {
    let headers = request.headers().get_all(COOKIE).map(HeaderValue::as_bytes);
    let values = headers.flat_map(|header| header.split(|byte| *byte == b';')).filter_map(|pair| {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        // Quotes around it are allowed (RFC 6265, 4.1.1).
        let bare = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        std::str::from_utf8(bare.unwrap_or(value)).ok()
    });
    values.take(MAX_VALUES)
}

/// The tokens that a request carries in session cookies, those with the contract's name first.
pub(super) fn tokens<'request>(
    request: &'request HttpRequest,
    config: &Config,
) -> impl Iterator<Item = &'request str> {
    let own = move || page_session(config).map(|name| values(request, &name).collect::<Vec<_>>());
    let own = std::iter::once_with(own).flatten().flatten();
    values(request, name(config)).chain(own)
}

/// Where a login came by, which decides the cookies that keep its session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginBy {
    Api,
    Pages,
}

/// Sets and removes the session cookie, and with it every form that an earlier setting gave it:
/// another name, or another domain. A browser keeps each of these beside the others.
#[derive(Clone)]
pub(super) struct SessionCookies {
    /// The domains whose cookies of the contract's name may be ours.
    domains: Vec<String>,
}

/// What a browser tells cookies apart by; the path is `/` for all.
#[derive(PartialEq, Eq)]
struct Form {
    name: String,
    domain: Option<String>,
}

impl SessionCookies {
    /// For the answer to a request. Where it carries a token that is `not_ours`, another instance
    /// may use the cookie of a whole domain; then only the configured domain is ours.
    pub(super) fn of(
        request: &HttpRequest,
        config: &Config,
        not_ours: impl Fn(&str) -> bool,
    ) -> Self {
        let configured = config.cookie.domain.as_ref().map(ToString::to_string);
        let host = config.server.public_url.host();
        let is_ours = !values(request, PLAIN).any(not_ours);
        let above = parents(&host).filter(|domain| is_ours && Some(domain) != configured.as_ref());
        let domains = configured.iter().cloned().chain(above).collect();
        Self { domains }
    }

    /// The cookies that keep a session for as long as it lasts, and those that remove its other
    /// forms.
    pub(super) fn set(
        &self,
        config: &Config,
        session: &OpenedSession,
        by: LoginBy,
    ) -> Vec<Cookie<'static>> {
        let domain = config.cookie.domain.as_ref().map(ToString::to_string);
        let own = page_session(config).filter(|_| by == LoginBy::Pages);
        let own = own.map(|name| Form { name, domain: None });
        let kept: Vec<Form> =
            std::iter::once(Form { name: name(config).into(), domain }).chain(own).collect();
        let set = kept.iter().map(|form| {
            let mut cookie = form.cookie(config, session.token.clone());
            cookie.set_expires(session.expires_at.date());
            // A browser prefers this one, which no difference between two clocks can spoil.
            cookie.set_max_age(max_age(session));
            cookie
        });
        let obsolete = self.forms(config).filter(|form| !kept.contains(form));
        set.chain(obsolete.map(|form| form.removal(config))).collect()
    }

    /// The cookies that remove the session cookie in every form.
    pub(super) fn remove(&self, config: &Config) -> Vec<Cookie<'static>> {
        self.forms(config).map(|form| form.removal(config)).collect()
    }

    fn forms(&self, config: &Config) -> impl Iterator<Item = Form> {
        let plain = |domain| Form { name: PLAIN.into(), domain };
        let bound = config.is_https().then(|| Form { name: BOUND.into(), domain: None });
        let own = page_session(config).map(|name| Form { name, domain: None });
        let shared = self.domains.iter().cloned().map(move |domain| plain(Some(domain)));
        bound.into_iter().chain([plain(None)]).chain(own).chain(shared)
    }
}

impl Form {
    fn cookie(&self, config: &Config, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name.clone(), value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(config.is_https())
            .finish();
        if let Some(domain) = &self.domain {
            cookie.set_domain(domain.clone());
        }
        cookie
    }

    fn removal(&self, config: &Config) -> Cookie<'static> {
        let mut cookie = self.cookie(config, String::new());
        cookie.make_removal();
        cookie
    }
}

/// How long a browser keeps a session, from now on.
fn max_age(session: &OpenedSession) -> Duration {
    let lifetime = session.expires_at.since(session.created_at);
    Duration::try_from(lifetime).unwrap_or(Duration::MAX)
}

/// A host and the domains above it, of which it may set cookies. An address and a name without a
/// dot have none.
fn parents(host: &str) -> impl Iterator<Item = String> {
    let is_address = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    let start = (!is_address).then_some(host);
    std::iter::successors(start, |domain| domain.split_once('.').map(|(_, parent)| parent))
        .filter(|domain| domain.contains('.'))
        .map(Into::into)
}
