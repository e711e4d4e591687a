//! Around every request: the one reading of the clock, and a line in the log.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::time::Timestamp;

/// When a request arrived.
#[derive(Clone, Copy)]
pub(super) struct Now(pub Timestamp);

impl Now {
    pub(super) fn of(request: &HttpRequest) -> Self {
        // The layer below put it there.
        request.extensions().get().copied().unwrap_or(Self(Timestamp::from_millis(0)))
    }
}

/// Notes the time for the handlers, and logs the request when it is answered. The query is left out: it is the caller's
/// business, and may hold what nobody should read.
pub(super) async fn layer<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let now = Timestamp::now();
    request.extensions_mut().insert(Now(now));
    let response = next.call(request).await?;
    let asked = response.request();
    tracing::debug!(
        method = ?asked.method().as_str(),
        path = ?asked.path(),
        status = response.status().as_u16(),
        millis = Timestamp::now().millis() - now.millis(),
        "answered"
    );
    Ok(response)
}
