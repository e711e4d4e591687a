//! Rejects requests whose host or framing another parser could read differently.
//!
//! A proxy and this server read the same bytes. Where they disagree about where a request ends, or
//! which host it is for, a client can hide a second request in the first, which the proxy never
//! checks (request smuggling, RFC 9112, 11.2). actix-http is lenient in a few places where other
//! parsers are not, so that the requests in question are refused here, and the connection is closed
//! behind every request after which the two could be out of step.

use std::cell::Cell;
use std::future::ready;
use std::io;

use actix_web::body::{BoxBody, EitherBody, MessageBody, SizedStream};
use actix_web::dev::{Extensions, RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::header::{EXPECT, HOST, HeaderName, TRANSFER_ENCODING, UPGRADE};
use actix_web::http::uri::Authority;
use actix_web::http::{ConnectionType, Method};
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::stream;
use tokio::task::yield_now;

use super::envelope;
use super::layer::Next;

/// Set once a connection must close: later requests on it get no response.
#[derive(Default)]
struct ClosingConnection(Cell<bool>);

/// Prepares a new connection for [`layer`].
pub(super) fn connected(data: &mut Extensions) {
    data.insert(ClosingConnection::default());
}

/// Refuses a request that is ambiguous, and closes the connection behind one that another parser
/// could end elsewhere.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_ambiguous = is_ambiguous(&request);
    let must_close = is_ambiguous || is_last(&request);
    if let Some(ClosingConnection(closing)) = request.conn_data()
        && closing.replace(closing.get() || must_close)
    {
        return Ok(abort(request).await.map_into_right_body());
    }
    let mut response = if is_ambiguous {
        envelope::refuse(request).map_into_right_body()
    } else {
        next(request).await?.map_into_left_body()
    };
    if must_close {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Whether a request does not name exactly one host, or asks for something that this server does
/// not support and whose body may therefore end elsewhere.
fn is_ambiguous(request: &ServiceRequest) -> bool {
    // After this upgrade, the framework's parser takes everything for a body, whatever its length.
    let is_websocket = |protocol: &str| protocol.eq_ignore_ascii_case("websocket");
    let is_supported = |expectation: &str| expectation.eq_ignore_ascii_case("100-continue");
    !names_one_host(request)
        || !all(request, &UPGRADE, |protocol| !is_websocket(protocol))
        || !all(request, &EXPECT, is_supported)
}

/// Whether the host is valid, and the target a path, or a URL at that host (RFC 9112, 3.2).
fn names_one_host(request: &ServiceRequest) -> bool {
    let uri = request.uri();
    let host = request.headers().get(HOST);
    let host = host.map(|value| value.to_str().ok().and_then(authority));
    match (uri.scheme_str(), uri.authority()) {
        _ if host == Some(None) => false,
        (None, None) => uri.path().starts_with('/') || is_about_server(request.head()),
        (Some("http" | "https"), Some(target)) => host.flatten().is_none_or(|host| host == *target),
        _ => false,
    }
}

/// Whether a request asks what the server as a whole can do, and names no path (RFC 9112, 3.2.4).
pub(super) fn is_about_server(request: &RequestHead) -> bool {
    request.method == Method::OPTIONS && request.uri.path() == "*"
}

/// Reads the value of a `Host` header: no user before the host, and a valid port behind it.
fn authority(text: &str) -> Option<Authority> {
    let authority = text.parse::<Authority>().ok()?;
    let port = text.strip_prefix(authority.host())?;
    (matches!(port, "" | ":") || authority.port_u16().is_some()).then_some(authority)
}

/// Whether all values of a header pass a check; also where there is none.
fn all(request: &ServiceRequest, name: &HeaderName, holds: impl Fn(&str) -> bool) -> bool {
    request.headers().get_all(name).all(|value| value.to_str().is_ok_and(|text| holds(text.trim())))
}

/// Whether the connection closes after a request: because its sender wants that, because a tunnel
/// would begin, or because the body is chunked. The trailers of chunks end elsewhere for parsers
/// that take a bare line feed for the end of a line.
fn is_last(request: &ServiceRequest) -> bool {
    request.head().connection_type() == ConnectionType::Close
        || request.method() == Method::CONNECT
        || request.headers().contains_key(TRANSFER_ENCODING)
}

/// Ends a connection on which a request came after the last one (RFC 9112, 9.6). The framework has
/// read the request already and would answer it. It stops only where an answer breaks off in the
/// middle, so that this one does.
async fn abort(request: ServiceRequest) -> ServiceResponse {
    // Lets the answer before this one leave first.
    yield_now().await;
    let end = stream::once(ready(Err::<Bytes, io::Error>(io::ErrorKind::ConnectionAborted.into())));
    request.into_response(HttpResponse::BadRequest().body(BoxBody::new(SizedStream::new(1, end))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn target_or_host_that_is_not_one_valid_host_is_found() {
        let names = |target: &str, host: &str| {
            names_one_host(
                &TestRequest::with_uri(target).insert_header((HOST, host)).to_srv_request(),
            )
        };
        for (target, host) in [
            ("/", "nox.example"),
            ("//x/?y", "NOX.example:53032"),
            ("/", "nox_backend"),
            ("/", "127.0.0.1:"),
            ("/", "[::1]:53032"),
            ("http://nox.example/", "Nox.example"),
        ] {
            assert!(names(target, host), "{target} {host}");
        }
        for (target, host) in [
            ("/", ""),
            ("/", "a b"),
            ("/", "a, b"),
            ("/", "a/b"),
            ("/", "u@a"),
            ("/", "a:b"),
            ("/", "a:65536"),
            ("/", "\u{e9}"),
            ("/", "[::1"),
            ("*", "a"),
            ("a:443", "a:443"),
            ("http://b/", "a"),
            ("http://u@a/", "a"),
            ("http://a:80/", "a"),
            ("ftp://a/", "a"),
        ] {
            assert!(!names(target, host), "{target} {host}");
        }
        let asks = TestRequest::with_uri("*").method(Method::OPTIONS).insert_header((HOST, "a"));
        assert!(names_one_host(&asks.to_srv_request()));
    }
}
