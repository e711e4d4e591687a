//! A limit for lines of the log that any client could cause as often as it likes.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::time::Timestamp;

/// Lets one kind of line into the log at most once a minute.
pub(super) struct OnceAMinute(AtomicI64);

impl OnceAMinute {
    const MINUTE: Duration = Duration::from_mins(1);

    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(0))
    }

    /// Whether the line may be logged now. Of several threads that ask at once, only one may.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        !Timestamp::from_millis(last).is_recent(Self::MINUTE, now)
            && self
                .0
                .compare_exchange(last, now.millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
