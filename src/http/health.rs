//! Health checks for monitors.

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Data;

use super::bridge::Bridge;
use super::ready::Ready;

/// `GET /healthz`: the process is alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database can be read and takes a write. A refusal says what fails.
pub(super) async fn readyz(bridge: Data<Bridge>, ready: Data<Ready>) -> HttpResponse {
    let (mut response, text) = match ready.check(bridge.shared_app()).await {
        Ok(()) => (HttpResponse::Ok(), "ok"),
        Err(reason) => (HttpResponse::ServiceUnavailable(), reason.as_str()),
    };
    response.content_type(ContentType::plaintext()).body(format!("{text}\n"))
}
