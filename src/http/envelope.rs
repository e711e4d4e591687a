//! The envelope around every answer below `/api`: [`Reply`] is what handlers return, [`Failure`]
//! what they fail with.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, ContentType, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder, ResponseError};
use serde::Serialize;

use super::clock::Now;
use super::dialect::{Code, Dialect};
use super::prefix;
use super::verification::VerificationData;
use crate::error::{Challenge, Error, causes};

/// The capacity for a body, in bytes. Most answers fit, so that the buffer need not grow.
const BODY_CAPACITY: usize = 1024;

#[derive(Serialize)]
struct Success<'request, T> {
    data: T,
    request: &'request str,
    time: i64,
}

#[derive(Serialize)]
struct Refusal<'request> {
    error: Detail,
    data: Option<VerificationData<'request>>,
    request: &'request str,
    time: i64,
}

#[derive(Serialize)]
struct Detail {
    message: String,
    code: Code,
    status: u16,
}

/// The answer of a handler that succeeded.
pub(super) struct Reply<T> {
    data: T,
    cookies: Vec<Cookie<'static>>,
}

impl<T> Reply<T> {
    pub(super) const fn new(data: T) -> Self {
        Self { data, cookies: Vec::new() }
    }

    pub(super) fn with_cookies(self, cookies: Vec<Cookie<'static>>) -> Self {
        Self { cookies, ..self }
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        for cookie in self.cookies {
            response.cookie(cookie);
        }
        let envelope = Success {
            data: self.data,
            request: path_and_query(request),
            time: Now::of(request).0.millis(),
        };
        write(response, &envelope)
    }
}

/// The answer of a handler or an extractor that failed.
#[derive(Debug)]
pub(super) struct Failure(Error);

impl Failure {
    /// The response with its status and headers, without a body.
    fn start(&self, status: u16) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        );
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Error::MethodNotAllowed { allow, .. } = &self.0 {
            response.insert_header((ALLOW, allow.as_str()));
        }
        response
    }

    /// The data of the answer, where a second factor is due.
    fn challenge(&self) -> Option<&Challenge> {
        match &self.0 {
            Error::VerificationRequired { challenge } => Some(challenge),
            _ => None,
        }
    }

    /// The response with the failure in the envelope.
    fn envelop(&self, request: &HttpRequest) -> HttpResponse {
        let dialect = Dialect::of(request);
        let (code, status) = dialect.code(&self.0);
        let refusal = Refusal {
            error: Detail { message: dialect.message(&self.0), code, status },
            data: self.challenge().map(|challenge| VerificationData::of(challenge, dialect)),
            request: path_and_query(request),
            time: Now::of(request).0.millis(),
        };
        write(self.start(status), &refusal)
    }

    pub(super) const fn error(&self) -> &Error {
        &self.0
    }

    /// Logs the causes, which the client does not get.
    pub(super) fn log(&self, request: &HttpRequest) {
        log_fault(&self.0, prefix::route(request).as_deref());
    }
}

/// Logs an error that is the server's fault, with its causes.
pub(super) fn log_fault(fault: &Error, route: Option<&str>) {
    let causes = causes(fault);
    match fault {
        Error::InternalError { .. } => tracing::error!(route, causes, "{fault}"),
        Error::ServerNotReady { .. } => tracing::warn!(route, causes, "{fault}"),
        _ => (),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.error_response().status()
    }

    /// The answer outside the API, a line of text. Below `/api`, [`layer`] replaces it by the
    /// envelope.
    fn error_response(&self) -> HttpResponse {
        self.start(self.0.facts().status)
            .content_type("text/plain; charset=utf-8")
            .body(format!("{}\n", self.0))
    }
}

/// Puts all failures into the envelope, also those of the framework, and forbids caching of answers
/// that do not say otherwise.
pub(super) async fn layer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    next.call(request).await.map(in_envelope)
}

/// The answer to a request that is refused before it gets to a handler.
pub(super) fn refuse(request: ServiceRequest) -> ServiceResponse<BoxBody> {
    let is_api = Dialect::applies_to(request.path());
    let refused = request.error_response(Failure::from(Error::InvalidRequest));
    if is_api { in_envelope(refused) } else { refused }
}

fn in_envelope<B: MessageBody + 'static>(response: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    let enveloped = response.response().error().map(|error| {
        error.as_error::<Failure>().map_or_else(
            // The framework's own failures, such as a path that cannot be decoded.
            || Failure::from(Error::InvalidRequest).envelop(response.request()),
            |failure| {
                failure.log(response.request());
                failure.envelop(response.request())
            },
        )
    });
    let mut response = match enveloped {
        Some(enveloped) => response.into_response(enveloped),
        None => response.map_into_boxed_body(),
    };
    let headers = response.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn write(mut response: HttpResponseBuilder, envelope: &impl Serialize) -> HttpResponse {
    let mut body = Vec::with_capacity(BODY_CAPACITY);
    match serde_json::to_writer(&mut body, envelope) {
        Ok(()) => response.insert_header(ContentType::json()).body(body),
        Err(error) => write_failure(error),
    }
}

fn write_failure(error: serde_json::Error) -> HttpResponse {
    HttpResponse::from_error(Failure::from(Error::internal("write the answer", error)))
}

fn path_and_query(request: &HttpRequest) -> &str {
    request.uri().path_and_query().map_or("", PathAndQuery::as_str)
}
