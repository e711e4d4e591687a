//! The time of a request: the clock is read once for each.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

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

    /// The time that was kept.
    pub(super) fn of(request: &HttpRequest) -> Self {
        // Every request is stamped before a handler sees it.
        request.extensions().get().copied().unwrap_or(Self(Timestamp::from_millis(0)))
    }
}

/// Lets the log say something once a minute at most, however often it happens.
pub(super) struct OnceAMinute(AtomicI64);

impl OnceAMinute {
    const MINUTE: Duration = Duration::from_mins(1);

    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(0))
    }

    /// Whether it is time; of several who ask at once, one is told so.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        last <= now.before(Self::MINUTE).millis()
            && self
                .0
                .compare_exchange(last, now.millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
