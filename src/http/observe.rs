//! Around every request: its time, and a line in the log.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};

use super::clock::Now;
use super::connection::Turn;
use super::envelope::Failure;
use super::extract::bridge;
use super::forwarded;
use super::server::Next;
use crate::time::Timestamp;

/// Notes the time for the handlers and whose turn it is, and logs the request when it is answered:
/// by the route that it took, since what the caller wrote into path and query may be what nobody
/// should read.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Now(now) = Now::stamp(&request);
    if let Ok(bridge) = bridge(request.request()) {
        forwarded::warn_of_strangers(
            request.request(),
            &bridge.config().server.trusted_proxies,
            now,
        );
    }
    let _taken = request.conn_data().map(Turn::take);
    let response = next(request).await?;
    let asked = response.request();
    // Those of the API have become envelopes, and were logged as they did.
    if let Some(failure) = response.response().error().and_then(|error| error.as_error::<Failure>())
    {
        failure.log(asked);
    }
    tracing::debug!(
        method = ?asked.method().as_str(),
        route = asked.match_pattern(),
        status = response.status().as_u16(),
        millis = Timestamp::now().millis() - now.millis(),
        "answered"
    );
    Ok(response)
}
