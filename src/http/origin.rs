//! The origin check: which page sent a request. It guards against pages of other sites that act in
//! a user's name (CSRF).

use actix_web::HttpRequest;
use actix_web::http::header::{AsHeaderName, ORIGIN, REFERER};

use super::clock::Now;
use super::forwarded;
use super::log_limit::OnceAMinute;
use crate::config::{Origin, Server};
use crate::error::{Error, Result};

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

/// Whether the headers of a form say that another site's page sent it. The pages of this server
/// send no referrer, so that browsers send an `Origin` of `null` with their forms (Fetch, "append a
/// request Origin header"). Such a form is told from others by its token.
pub(super) fn is_foreign_form(request: &HttpRequest, server: &Server) -> bool {
    match header(request, ORIGIN) {
        None | Some("null") => header(request, "sec-fetch-site") == Some("cross-site"),
        Some(text) => {
            !Origin::parse(text).is_some_and(|origin| is_trusted(request, server, &origin))
        }
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
    static WARNING: OnceAMinute = OnceAMinute::new();
    if !WARNING.is_due(Now::of(request).0) {
        return;
    }
    // The header is logged as it was parsed, since an attacker may write anything into it.
    let origin = header(request, ORIGIN).and_then(Origin::parse).map(String::from);
    tracing::warn!(
        origin,
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
