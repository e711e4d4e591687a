//! What every layer of the server is written against.

use actix_web::Error;
use actix_web::dev::{ServiceRequest, ServiceResponse};

/// What handles a request that went through a layer: the next layer, or the handlers.
pub(super) trait Next<B>:
    AsyncFnOnce(ServiceRequest) -> Result<ServiceResponse<B>, Error>
{
}

impl<B, F: AsyncFnOnce(ServiceRequest) -> Result<ServiceResponse<B>, Error>> Next<B> for F {}
