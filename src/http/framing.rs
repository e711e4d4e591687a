//! To whom a request is sent and where it ends: what the parser lets pass though other programs may
//! read it differently is refused, so that nobody smuggles a request past a proxy.

use std::cell::Cell;
use std::future::ready;
use std::io;

use actix_web::body::{BoxBody, EitherBody, MessageBody, SizedStream};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::header::{EXPECT, HOST, HeaderName, TRANSFER_ENCODING, UPGRADE};
use actix_web::http::uri::Authority;
use actix_web::http::{ConnectionType, Method};
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::stream;
use tokio::task::yield_now;

use super::envelope;
use super::layer::Next;

/// Whether nothing that still comes on a connection is answered.
#[derive(Default)]
struct IsOver(Cell<bool>);

/// Gives a connection what [`layer`] notes of it.
pub(super) fn connected(data: &mut Extensions) {
    data.insert(IsOver::default());
}

/// Refuses what is not clear, and ends the connection after what may be read differently.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let (is_clear, is_last) = (is_clear(&request), is_last(&request));
    if let Some(IsOver(is_over)) = request.conn_data()
        && is_over.replace(is_over.get() || is_last || !is_clear)
    {
        return Ok(cut_off(request).await.map_into_right_body());
    }
    let mut response = if is_clear {
        next(request).await?.map_into_left_body()
    } else {
        envelope::refuse(request).map_into_right_body()
    };
    if is_last || !is_clear {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Whether a request names one host, and asks for nothing that nobody here does.
fn is_clear(request: &ServiceRequest) -> bool {
    // The parser takes all that follows such an upgrade for a body, whatever length was given.
    names_one_host(request)
        && all(request, &UPGRADE, |protocol| !protocol.eq_ignore_ascii_case("websocket"))
        && all(request, &EXPECT, |expectation| expectation.eq_ignore_ascii_case("100-continue"))
}

/// Whether the host is valid, and the target a path, or a URL at that host (RFC 9112, 3.2).
fn names_one_host(request: &ServiceRequest) -> bool {
    let (host, uri) = (request.headers().get(HOST), request.uri());
    let host = host.map(|value| value.to_str().ok().and_then(authority));
    match (uri.scheme_str(), uri.authority()) {
        _ if host == Some(None) => false,
        (None, None) => uri.path().starts_with('/'),
        (Some("http" | "https"), Some(target)) => host.flatten().is_none_or(|host| host == *target),
        _ => false,
    }
}

fn authority(text: &str) -> Option<Authority> {
    let authority = text.parse::<Authority>().ok()?;
    // No user before the host, and a port behind it that there is.
    let port = text.strip_prefix(authority.host())?;
    (matches!(port, "" | ":") || authority.port_u16().is_some()).then_some(authority)
}

fn all(request: &ServiceRequest, name: &HeaderName, holds: impl Fn(&str) -> bool) -> bool {
    request.headers().get_all(name).all(|value| value.to_str().is_ok_and(|text| holds(text.trim())))
}

/// Whether a connection ends with this request: as its sender wants, as a tunnel would begin, or
/// since the trailers of its chunks may end elsewhere for programs that take a bare line feed for
/// the end of a line.
fn is_last(request: &ServiceRequest) -> bool {
    request.head().connection_type() == ConnectionType::Close
        || request.method() == Method::CONNECT
        || request.headers().contains_key(TRANSFER_ENCODING)
}

/// Ends a connection that should have ended (RFC 9112, 9.6). What was sent along already is with
/// the framework, which answers it, unless an answer breaks off.
async fn cut_off(request: ServiceRequest) -> ServiceResponse {
    // The answer before this one leaves first.
    yield_now().await;
    let end = stream::once(ready(Err::<Bytes, io::Error>(io::ErrorKind::ConnectionAborted.into())));
    request.into_response(HttpResponse::BadRequest().body(BoxBody::new(SizedStream::new(1, end))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_request_names_one_host() {
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
    }
}
