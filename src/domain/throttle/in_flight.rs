//! Attempts that were counted and are being checked.

use std::collections::HashMap;
#[cfg(test)]
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::domain::throttle::Budget;

/// How many attempts of this process are being checked, by subject.
#[derive(Default)]
pub(crate) struct InFlight {
    counts: Mutex<HashMap<String, u32>>,
    ended: Condvar,
    /// How often somebody began to wait.
    #[cfg(test)]
    pub(crate) waits: AtomicU32,
}

impl InFlight {
    pub(crate) fn enter(&self, budgets: &[Budget]) -> Ticket<'_> {
        let subjects: Vec<String> = budgets.iter().map(|budget| budget.subject.clone()).collect();
        let mut counts = self.lock();
        for subject in &subjects {
            *counts.entry(subject.clone()).or_default() += 1;
        }
        Ticket { subjects, in_flight: self }
    }

    pub(crate) fn contains(&self, subject: &str) -> bool {
        self.lock().contains_key(subject)
    }

    /// Waits until an attempt with this subject ends, where there still is one.
    pub(crate) fn wait_for_one(&self, subject: &str) {
        let counts = self.lock();
        let Some(before) = counts.get(subject).copied() else { return };
        #[cfg(test)]
        self.waits.fetch_add(1, Ordering::SeqCst);
        let same = |counts: &mut HashMap<String, u32>| counts.get(subject) == Some(&before);
        drop(self.ended.wait_while(counts, same).unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt's place among those in flight.
pub(crate) struct Ticket<'app> {
    subjects: Vec<String>,
    in_flight: &'app InFlight,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut counts = self.in_flight.lock();
        for subject in &self.subjects {
            if let Some(count) = counts.get_mut(subject) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(subject);
                }
            }
        }
        self.in_flight.ended.notify_all();
    }
}
