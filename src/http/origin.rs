//! The origin check: which page sent a request. It guards against pages of other sites that act in
//! a user's name (CSRF).

use actix_web::HttpRequest;
use actix_web::http::header::{AsHeaderName, ORIGIN, REFERER};

use super::clock::Now;
use super::forwarded;
use super::log_limit::OnceAMinute;
use crate::config::{Origin, Server};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Checks a change that only the session cookie proves: `Origin`, or else `Referer`, must name a
/// page of this server or of a configured origin.
///
/// # Errors
/// [`Error::UnAuthorized`] otherwise.
pub(super) fn check_change(request: &HttpRequest, server: &Server) -> Result<()> {
    let sender = header(request, ORIGIN)
        .map(Origin::parse)
        .or_else(|| header(request, REFERER).map(of_page));
    match sender.flatten() {
        Some(origin) if is_trusted(request, server, &origin) => Ok(()),
        _ => Err(refused(request, server, "do this from another site")),
    }
}

/// Checks a login: neither `Origin` nor `Sec-Fetch-Site` may name a page of another site. Programs
/// that are not browsers send neither.
///
/// # Errors
/// [`Error::UnAuthorized`] otherwise.
pub(super) fn check_login(request: &HttpRequest, server: &Server) -> Result<()> {
    let is_own = match header(request, ORIGIN) {
        Some(text) => {
            Origin::parse(text).is_some_and(|origin| is_trusted(request, server, &origin))
        }
        None => header(request, "sec-fetch-site") != Some("cross-site"),
    };
    if is_own { Ok(()) } else { Err(refused(request, server, "log in from another site")) }
}

/// From where a form was sent, as its headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormOrigin {
    /// A page of this server, as far as the headers tell.
    Own,
    /// A page of this server that was opened by http, where the public URL is https.
    OverHttp,
    /// A page at another address than this server's.
    Other,
}

/// From where a form was sent. The pages of this server send no referrer, so that browsers send an
/// `Origin` of `null` with their forms (Fetch, "append a request Origin header"). Such a form is
/// told from others by its token.
pub(super) fn of_form(request: &HttpRequest, server: &Server) -> FormOrigin {
    let is_own = match header(request, ORIGIN) {
        None | Some("null") => header(request, "sec-fetch-site") != Some("cross-site"),
        Some(text) => {
            Origin::parse(text).is_some_and(|sender| is_trusted(request, server, &sender))
        }
    };
    let over_https = || {
        let host = header(request, ORIGIN)?.strip_prefix("http://")?;
        Origin::parse(&format!("https://{host}"))
    };
    if is_own {
        FormOrigin::Own
    } else if over_https().is_some_and(|sender| is_trusted(request, server, &sender)) {
        FormOrigin::OverHttp
    } else {
        FormOrigin::Other
    }
}

/// Whether a browser came by http: the proxy says so, or without a proxy that tells, the browser
/// does. It sends `Sec-Fetch-Site` only to potentially trustworthy URLs (Fetch Metadata, 2).
pub(super) fn came_over_http(request: &HttpRequest, server: &Server) -> bool {
    match forwarded::scheme(request, server) {
        Some(scheme) => !scheme.eq_ignore_ascii_case("https"),
        None => header(request, "sec-fetch-site").is_none(),
    }
}

/// The error of a check, which is also logged.
fn refused(request: &HttpRequest, server: &Server, action: &'static str) -> Error {
    warn(request, server);
    Error::UnAuthorized { action }
}

/// Logs that a page was refused. Most often that is not an attack, but an origin that the operator
/// has not configured, so the line names the keys.
pub(super) fn warn(request: &HttpRequest, server: &Server) {
    warn_of(sender(request).as_ref(), server, Now::of(request).0);
}

/// The origin that a request names, where it is one.
pub(super) fn sender(request: &HttpRequest) -> Option<Origin> {
    header(request, ORIGIN).and_then(Origin::parse)
}

/// [`warn`], where the request is gone. An origin is logged as it was parsed, since an attacker may
/// write anything into the header.
pub(super) fn warn_of(sender: Option<&Origin>, server: &Server, now: Timestamp) {
    static WARNING: OnceAMinute = OnceAMinute::new();
    if !WARNING.is_due(now) {
        return;
    }
    tracing::warn!(
        origin = sender.map(Origin::as_str),
        public_url = server.public_url.as_str(),
        "refused a page that is not of server.public_url, server.allowed_origins or \
         server.numeric_origins"
    );
}

/// Whether an origin is the public URL, a configured origin, or the host that the request itself
/// was sent to. The last is for an operator who tries the server out at another address; it is
/// safe, since no page can make a browser send a wrong host.
fn is_trusted(request: &HttpRequest, server: &Server, origin: &Origin) -> bool {
    *origin == server.public_url
        || server.allows(origin)
        || forwarded::target(request, server).as_ref() == Some(origin)
}

/// The origin of the page at a URL.
fn of_page(url: &str) -> Option<Origin> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Origin::parse(&format!("{scheme}://{host}"))
}

fn header(request: &HttpRequest, name: impl AsHeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HOST;
    use actix_web::test::TestRequest;

    fn server() -> Server {
        let origin = |text| Origin::parse(text).unwrap();
        Server {
            public_url: origin("https://nox.example"),
            allowed_origins: vec![origin("https://front.example")],
            ..Server::default()
        }
    }

    fn request(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let mut request = TestRequest::default().insert_header((HOST, "127.0.0.1:53032"));
        for header in headers {
            request = request.append_header(*header);
        }
        request.to_http_request()
    }

    #[test]
    fn change_by_cookie_from_no_trusted_page_is_refused() {
        let passes = |headers: &[_]| check_change(&request(headers), &server()).is_ok();
        assert!(passes(&[("origin", "https://nox.example")]));
        assert!(passes(&[("origin", "https://front.example")]));
        assert!(passes(&[("origin", "https://127.0.0.1:53032")]));
        assert!(passes(&[("referer", "https://nox.example/account?x=1")]));
        assert!(!passes(&[]));
        assert!(!passes(&[("origin", "null"), ("referer", "https://nox.example/")]));
        assert!(!passes(&[
            ("origin", "https://evil.example"),
            ("referer", "https://nox.example/")
        ]));
        assert!(!passes(&[("origin", "http://nox.example")]));
        assert!(!passes(&[("origin", "http://127.0.0.1:53032")]));
        assert!(!passes(&[("referer", "https://evil.example/https://nox.example/")]));
        assert!(!passes(&[("referer", "https://nox.example@evil.example/")]));
        assert!(!passes(&[("referer", "nonsense")]));
    }

    #[test]
    fn form_is_told_apart_by_where_its_page_was_opened() {
        let of = |headers: &[_]| of_form(&request(headers), &server());
        for headers in [
            &[][..],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("origin", "https://nox.example")],
            &[("origin", "https://127.0.0.1:53032")],
        ] {
            assert_eq!(of(headers), FormOrigin::Own, "{headers:?}");
        }
        for origin in ["http://nox.example", "http://127.0.0.1:53032"] {
            assert_eq!(of(&[("origin", origin)]), FormOrigin::OverHttp, "{origin}");
        }
        for headers in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "http://evil.example")],
            &[("origin", "https://127.0.0.1:8080")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "nonsense")],
        ] {
            assert_eq!(of(headers), FormOrigin::Other, "{headers:?}");
        }
        let over_http = |headers: &[_]| came_over_http(&request(headers), &server());
        assert!(over_http(&[]) && !over_http(&[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn login_is_refused_only_where_another_site_sent_it() {
        let passes = |headers: &[_]| check_login(&request(headers), &server()).is_ok();
        assert!(passes(&[]));
        assert!(passes(&[("origin", "https://nox.example"), ("sec-fetch-site", "same-origin")]));
        assert!(passes(&[("origin", "https://front.example"), ("sec-fetch-site", "cross-site")]));
        assert!(passes(&[("sec-fetch-site", "none")]));
        assert!(!passes(&[("origin", "https://evil.example")]));
        assert!(!passes(&[("origin", "null")]));
        assert!(!passes(&[("sec-fetch-site", "cross-site")]));
    }
}
