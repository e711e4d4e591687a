//! Pages of other origins (Fetch standard, CORS protocol): those that are configured may call with credentials and read
//! the answers; to all others nothing is said that would let them.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::{Error, HttpResponse};

use super::envelope::Failure;
use super::extract::bridge;
use super::server::Next;
use crate::config::Origin;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE");
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Retry-After, X-File-Hash");
const HOUR: HeaderValue = HeaderValue::from_static("3600");

/// Answers the preflights of configured origins, and marks all other answers to them as readable.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let allowed = &bridge(request.request()).map_err(Failure::from)?.config().server.allowed_origins;
    let (any, sender) = (!allowed.is_empty(), sender(&request).filter(|origin| allowed.contains(origin)));
    let Some(origin) = sender.and_then(|origin| HeaderValue::try_from(origin.to_string()).ok()) else {
        let mut response = next(request).await?;
        if any {
            response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
        }
        return Ok(response.map_into_left_body());
    };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let mut answer = HttpResponse::NoContent().finish();
        allow(answer.headers_mut(), request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS));
        request.into_response(answer).map_into_right_body()
    } else {
        let mut response = next(request).await?;
        response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        response.map_into_left_body()
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(VARY, HeaderValue::from_static("Origin"));
    Ok(response)
}

fn sender(request: &ServiceRequest) -> Option<Origin> {
    Origin::parse(request.headers().get(ORIGIN)?.to_str().ok()?)
}

/// What a preflight asks for: every method of the API, and whichever headers it names.
fn allow(headers: &mut HeaderMap, asked: Option<&HeaderValue>) {
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HOUR);
    if let Some(asked) = asked {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
}
