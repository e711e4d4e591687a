//! The time of a request: the clock is read once for each.

use actix_web::{HttpMessage, HttpRequest};

use crate::time::Timestamp;

/// When a request arrived.
#[derive(Clone, Copy)]
pub(super) struct Now(pub Timestamp);

impl Now {
    /// Reads the clock and keeps the time with the request.
    pub(super) fn stamp(request: &impl HttpMessage) -> Self {
        let now = Self(Timestamp::now());
        request.extensions_mut().insert(now);
        now
    }

    /// The time that was kept with the request.
    pub(super) fn of(request: &HttpRequest) -> Self {
        // Every request is stamped before a handler sees it.
        request.extensions().get().copied().unwrap_or(Self(Timestamp::from_millis(0)))
    }
}
