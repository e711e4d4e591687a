//! The present, by which stored instants are judged. One that is later than it can be was stored
//! while the clock was ahead; what it means then is decided in [`super::clock`].

use std::time::Duration;

use crate::config::Config;
use crate::storage::Bound;
use crate::time::Timestamp;

/// By how much the clock may be set back without a word, besides the age of a request.
const CORRECTION: Duration = Duration::from_mins(1);

/// The present, as a request or a command knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present {
    pub now: Timestamp,
    /// By how much another process or request may be ahead. The time of a request is that at which
    /// it began to arrive.
    tolerance: Duration,
}

impl Present {
    pub(crate) fn new(config: &Config, now: Timestamp) -> Self {
        let slowest: Duration = config.limits.body_timeout.into();
        Self { now, tolerance: CORRECTION + slowest }
    }

    /// How late a thing can have happened.
    pub(crate) fn past(&self) -> Bound {
        self.end_of(Duration::ZERO)
    }

    /// How late a thing can end that lasts this long.
    pub(crate) fn end_of(&self, lifetime: Duration) -> Bound {
        let latest = self.now.after(lifetime);
        Bound { latest, tolerated: latest.after(self.tolerance) }
    }
}
