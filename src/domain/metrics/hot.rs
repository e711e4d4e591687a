//! Counters of what happens at every request. Each thread has its own, on cache lines of its own,
//! so that no core waits for another one; they are added up when they are read.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use thread_local::ThreadLocal;

/// The result of a session check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The session is open.
    Valid,
    /// The token is invalid, or its session has ended.
    Invalid,
    /// The database cannot be read.
    Fault,
}

impl Check {
    const ALL: [Self; 3] = [Self::Valid, Self::Invalid, Self::Fault];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Fault => "fault",
        }
    }
}

/// The counters of one thread. Two cache lines are fetched at a time.
#[repr(align(128))]
struct Own<const N: usize>([AtomicU64; N]);

impl<const N: usize> Default for Own<N> {
    fn default() -> Self {
        Self(array::from_fn(|_| AtomicU64::new(0)))
    }
}

/// Adds one to a counter of this thread, which no other thread writes: no locked instruction is
/// needed.
fn add<const N: usize>(counters: &ThreadLocal<Box<Own<N>>>, at: usize) {
    if let Some(count) = counters.get_or_default().0.get(at) {
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// A counter of all threads together.
fn sum<const N: usize>(counters: &ThreadLocal<Box<Own<N>>>, at: usize) -> u64 {
    let own = counters.iter().filter_map(|own| own.0.get(at));
    own.map(|count| count.load(Ordering::Relaxed)).sum()
}

/// Session checks by their result.
#[derive(Default)]
pub(crate) struct SessionChecks(ThreadLocal<Box<Own<{ Check::ALL.len() }>>>);

impl SessionChecks {
    pub(crate) fn add(&self, check: Check) {
        add(&self.0, check as usize);
    }

    /// Each result with its count.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Check::ALL.into_iter().map(|check| (check.as_str(), sum(&self.0, check as usize)))
    }
}

/// Requests by the status of their answer.
#[derive(Default)]
pub(crate) struct Statuses(ThreadLocal<Box<Own<{ Self::COUNT }>>>);

impl Statuses {
    const FIRST: u16 = 100;
    /// From 100 to 599.
    const COUNT: usize = 500;
    /// These are shown from the start, so that the first one counts as an increase.
    const USUAL: [u16; 8] = [200, 303, 400, 401, 404, 429, 500, 503];

    pub(crate) fn add(&self, status: u16) {
        add(&self.0, usize::from(status.wrapping_sub(Self::FIRST)));
    }

    /// Each status that was answered, or is usual, with its count.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u16, u64)> {
        let every = (Self::FIRST..).take(Self::COUNT).enumerate();
        let counted = every.map(|(at, status)| (status, sum(&self.0, at)));
        counted.filter(|(status, count)| *count > 0 || Self::USUAL.contains(status))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn counts_of_all_threads_are_added_up_also_of_those_that_have_ended() {
        let (checks, statuses) = (SessionChecks::default(), Statuses::default());
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        for _ in 0..1000 {
                            checks.add(Check::Valid);
                        }
                        checks.add(Check::Fault);
                        statuses.add(418);
                    });
                }
            });
        }
        statuses.add(99);
        statuses.add(600);
        assert!(checks.all().eq([("valid", 12_000), ("invalid", 0), ("fault", 12)]));
        assert!(statuses.all().filter(|(_, count)| *count > 0).eq([(418, 12)]));
    }
}
