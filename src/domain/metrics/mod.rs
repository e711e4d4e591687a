//! What a running server counts, for `/metrics` (`src/domain/scrape.rs` writes it).
//!
//! These few types do all that is needed of a library for Prometheus. Those that there are write
//! another format (`prometheus-client`), or count where the threads of all cores write, which
//! session checks would notice (`prometheus`, `metrics`).

mod hot;
mod text;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) use hot::{Check, SessionChecks, Statuses};
pub(crate) use text::{Kind, Text};

/// What a running server counts, apart from hashes and mails, which are counted where they are
/// made. It stays the same when the configuration is read again.
pub(crate) struct Metrics {
    /// Login attempts.
    pub logins: Counters,
    /// Checks of sessions.
    pub checks: SessionChecks,
    /// Requests by the status of their answer.
    pub requests: Statuses,
    /// Work that waits for a hasher.
    pub waiting: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            logins: Counters::new(&[
                "succeeded",
                "challenged",
                "unknown_user",
                "wrong_password",
                "wrong_code",
                "malformed_code",
                "wrong_passkey",
                "stale_challenge",
                "disabled",
                "unconfirmed_address",
                "second_factor_missing",
                "too_many_attempts",
                "busy",
                "fault",
            ]),
            checks: SessionChecks::default(),
            requests: Statuses::default(),
            waiting: Gauge::default(),
        }
    }
}

/// Counters of one name: one for each value of its label, all of which are known beforehand.
pub(crate) struct Counters {
    values: &'static [&'static str],
    counts: Box<[AtomicU64]>,
}

impl Counters {
    pub(crate) fn new(values: &'static [&'static str]) -> Self {
        Self { values, counts: values.iter().map(|_| AtomicU64::new(0)).collect() }
    }

    /// Adds one to the counter of a value.
    pub(crate) fn add(&self, value: &str) {
        let at = self.values.iter().position(|known| *known == value);
        debug_assert!(at.is_some(), "{value} is a value of this label");
        if let Some(count) = at.and_then(|at| self.counts.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Each value with its count.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        self.values.iter().copied().zip(counts)
    }
}

/// A number that rises and falls.
#[derive(Clone, Default)]
pub(crate) struct Gauge(Arc<AtomicUsize>);

/// Counts in a [`Gauge`] until it is dropped.
pub(crate) struct Counted(Gauge);

impl Gauge {
    /// Adds one, until what this returns is dropped.
    pub(crate) fn count(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long something took, in buckets.
#[derive(Default)]
pub(crate) struct Histogram {
    /// How many took at most as long as the bound of the same place says, and longer than the bound
    /// before.
    buckets: [AtomicU64; Self::BOUNDS.len()],
    /// How many took longer than the last bound.
    longer: AtomicU64,
    /// All together, in nanoseconds.
    sum: AtomicU64,
}

impl Histogram {
    /// The upper bounds of the buckets, in milliseconds: around the hash of a server, which takes
    /// 10 to 500 ms.
    const BOUNDS: [u64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];

    pub(crate) fn observe(&self, took: Duration) {
        let at = Self::BOUNDS.iter().position(|bound| took <= Duration::from_millis(*bound));
        let bucket = at.and_then(|at| self.buckets.get(at)).unwrap_or(&self.longer);
        bucket.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.sum.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Each bound with how many took at most as long.
    pub(crate) fn cumulative(&self) -> impl Iterator<Item = (Duration, u64)> {
        let counts = self.buckets.iter().scan(0, |sum, bucket| {
            *sum += bucket.load(Ordering::Relaxed);
            Some(*sum)
        });
        Self::BOUNDS.into_iter().map(Duration::from_millis).zip(counts)
    }

    /// How many took longer than the last bound.
    pub(crate) fn longer(&self) -> u64 {
        self.longer.load(Ordering::Relaxed)
    }

    /// All together.
    pub(crate) fn sum(&self) -> Duration {
        Duration::from_nanos(self.sum.load(Ordering::Relaxed))
    }
}
