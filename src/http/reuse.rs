//! What the framework keeps of answered requests.
//!
//! It keeps up to 256 of them on each worker, to use their memory again, with the table of their
//! headers (7 KiB) and the read buffer where these lie (8 KiB). After many requests at once, such
//! as a hundred logins that wait for their hashes, that would be most of the server's memory.

use std::rc::Rc;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;

/// Up to so many requests at once on a worker are kept as they are, which makes the next ones
/// quicker. Debug builds keep none, so that every test sees that a request can be emptied.
const KEPT: usize = if cfg!(debug_assertions) { 0 } else { 16 };

/// Counts the requests in progress on one worker.
#[derive(Clone, Default)]
pub(super) struct InProgress(Rc<()>);

impl InProgress {
    /// Empties an answered request if there are many at once. Each of these holds a clone of this
    /// counter, and the worker one more. No layer and no handler may still hold the request.
    pub(super) fn empty<B>(&self, response: ServiceResponse<B>) -> ServiceResponse<B> {
        if Rc::strong_count(&self.0) <= 1 + KEPT {
            return response;
        }
        let (request, response) = response.into_parts();
        let mut request = ServiceRequest::from_request(request);
        let head = request.head_mut();
        head.uri = Uri::default();
        *head.headers_mut() = HeaderMap::new();
        ServiceResponse::new(request.into_parts().0, response)
    }
}
