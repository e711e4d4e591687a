//! CORS (Fetch standard): which pages of other origins may read answers.
//!
//! The pages of configured origins may send credentials and read all answers. All other pages may
//! read public answers, without credentials: any program can request those anyway.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
    VARY,
};
use actix_web::{Error, HttpRequest, HttpResponse};

use super::bridge::Bridge;
use super::dialect::Dialect;
use super::envelope::Failure;
use super::layer::Next;
use super::origin;
use crate::config::Origin;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE");
const READS: HeaderValue = HeaderValue::from_static("GET, HEAD");
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Retry-After, X-File-Hash");
const HOUR: HeaderValue = HeaderValue::from_static("3600");

/// Marks an endpoint whose answers the pages of every origin may read.
pub(super) struct AnyOrigin;

/// Answers preflight requests, and adds the CORS headers to all other answers.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let bridge = Bridge::of(request.request()).map_err(Failure::from)?.clone();
    let server = &bridge.config().server;
    let varies = server.allows_any_origin();
    let sender = sender(&request).filter(|origin| server.allows(origin));
    let sender = sender.and_then(|origin| HeaderValue::try_from(origin.to_string()).ok());
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let is_preflight = is_preflight(request.head());
    let mut response = if is_preflight && sender.is_some() {
        let mut answer = HttpResponse::NoContent().finish();
        allow(answer.headers_mut(), METHODS, asked);
        request.into_response(answer).map_into_right_body()
    } else {
        let response = next(request).await?;
        let is_public = is_public(response.request());
        if is_preflight && is_public {
            let mut answer = HttpResponse::NoContent().finish();
            allow(answer.headers_mut(), READS, asked);
            answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
            response.into_response(answer).map_into_right_body()
        } else {
            if is_preflight && Dialect::applies_to(response.request().path()) {
                // The browser does not tell its page why, so the log does.
                origin::warn(response.request(), server);
            }
            let mut response = response.map_into_left_body();
            if is_public || sender.is_some() {
                response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
                response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
            response
        }
    };
    let headers = response.headers_mut();
    if let Some(origin) = sender {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    if varies {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    Ok(response)
}

const ANY: HeaderValue = HeaderValue::from_static("*");

/// Whether a request is the question of a browser what a page of another origin may do.
pub(super) fn is_preflight(request: &RequestHead) -> bool {
    request.method == Method::OPTIONS && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Whether the answer is public, and not one that only the caller may see.
fn is_public(request: &HttpRequest) -> bool {
    let is_own =
        || request.match_info().get("selector").is_some_and(|selector| selector.starts_with("@me"));
    request.app_data::<AnyOrigin>().is_some() && !is_own()
}

/// The origin of the page that sent a request.
fn sender(request: &ServiceRequest) -> Option<Origin> {
    Origin::parse(request.headers().get(ORIGIN)?.to_str().ok()?)
}

/// Allows what a preflight request asks for: these methods, and the headers that it names.
fn allow(headers: &mut HeaderMap, methods: HeaderValue, asked: Option<HeaderValue>) {
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HOUR);
    if let Some(asked) = asked {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
}
