//! The log of requests.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};

use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::Failure;
use super::layer::Next;
use super::prefix;
use crate::time::Timestamp;

/// Counts and logs each request once it is answered, and why it failed. The line names the route
/// and not the path and query, in which a client may have written a secret.
pub(super) async fn layer<B: MessageBody>(
    request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Now(arrived) = Now::of(request.request());
    let response = next(request).await?;
    let request = response.request();
    // Failures of the API have become envelopes by now, and were logged when they did.
    if let Some(failure) = response.response().error().and_then(|error| error.as_error::<Failure>())
    {
        failure.log(request);
    }
    let status = response.status().as_u16();
    if let Ok(bridge) = Bridge::of(request) {
        bridge.app().metrics.requests.add(status);
    }
    tracing::debug!(
        method = request.method().as_str(),
        route = prefix::route(request),
        status,
        millis = Timestamp::now().since(arrived).as_millis(),
        "answered"
    );
    Ok(response)
}
