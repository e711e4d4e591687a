//! How many connections there may be at once.
//!
//! Each takes a file descriptor, and the server needs some for itself. Where all slots are taken,
//! further clients wait in the backlog of the listener, where they take no descriptor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::log_limit::OnceAMinute;
use crate::time::Timestamp;

/// All slots for connections. They are only counted here, so that the log can say that none is
/// left: the framework keeps the limit.
pub(super) struct Slots {
    total: usize,
    taken: AtomicUsize,
    warning: OnceAMinute,
}

impl Slots {
    pub(super) fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total, taken: AtomicUsize::new(0), warning: OnceAMinute::new() })
    }

    /// Counts a connection until its slot is dropped.
    pub(super) fn take(self: &Arc<Self>) -> Slot {
        if self.taken.fetch_add(1, Ordering::Relaxed) + 1 == self.total {
            self.warn(Timestamp::now());
        }
        Slot(Arc::clone(self))
    }

    /// Logs that no slot is left, and what the operator can do about it.
    fn warn(&self, now: Timestamp) {
        if self.warning.is_due(now) {
            tracing::warn!(
                connections = self.total,
                "there is no place for another connection, new ones wait: raise the limit of open \
                 files (LimitNOFILE in systemd, ulimit -n in a shell)"
            );
        }
    }
}

/// The slot of one connection.
pub(super) struct Slot(Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}
