//! Attempts that are counted and still being checked.

use std::collections::HashMap;
#[cfg(test)]
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::domain::throttle::Limit;
use crate::storage::rate_limits::Key;

/// How many attempts this process is checking, by the key of each limit that counts them.
#[derive(Default)]
pub(crate) struct InFlight {
    counts: Mutex<HashMap<Key, u32>>,
    ended: Condvar,
    /// How often a thread began to wait.
    #[cfg(test)]
    pub(crate) waits: AtomicU32,
}

impl InFlight {
    /// Adds an attempt, until the guard is dropped.
    pub(super) fn enter(&self, limits: &[Limit]) -> InFlightGuard<'_> {
        let keys: Vec<Key> = limits.iter().map(|limit| limit.0.clone()).collect();
        let mut counts = self.lock();
        for key in &keys {
            *counts.entry(key.clone()).or_default() += 1;
        }
        InFlightGuard { keys, in_flight: self }
    }

    pub(super) fn contains(&self, limit: &Limit) -> bool {
        self.lock().contains_key(&limit.0)
    }

    /// Waits until an attempt that this limit counts begins or ends, where there still is one.
    pub(super) fn wait_for_one(&self, limit: &Limit) {
        let counts = self.lock();
        let Some(before) = counts.get(&limit.0).copied() else { return };
        #[cfg(test)]
        self.waits.fetch_add(1, Ordering::SeqCst);
        let same = |counts: &mut HashMap<Key, u32>| counts.get(&limit.0) == Some(&before);
        drop(self.ended.wait_while(counts, same).unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps an attempt in [`InFlight`].
pub(super) struct InFlightGuard<'app> {
    keys: Vec<Key>,
    in_flight: &'app InFlight,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let mut counts = self.in_flight.lock();
        for key in &self.keys {
            if let Some(count) = counts.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(key);
                }
            }
        }
        self.in_flight.ended.notify_all();
    }
}
