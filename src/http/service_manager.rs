//! What systemd's service manager is told (`sd_notify(3)`): that the server is ready, that it
//! stops, and, again and again, that all its workers still run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::rt;
use parking_lot::Mutex;
use sd_notify::NotifyState;
use tokio::time::sleep;

/// Tells the service manager a state. Does nothing where the server runs under none.
pub(super) fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot tell the service manager");
    }
}

/// Tells the service manager that the server runs, as long as every worker does. A manager that
/// hears nothing for its timeout (`WatchdogSec=`) restarts the server.
#[derive(Clone)]
pub(super) struct Watchdog {
    /// The manager's timeout; none where it does not wait for a sign.
    timeout: Option<Duration>,
    /// For each worker, whether its thread has run since the last sign.
    workers: Arc<Mutex<Vec<Weak<AtomicBool>>>>,
}

impl Watchdog {
    /// The watchdog with the timeout that the service manager has set for this process.
    pub(super) fn from_environment() -> Self {
        Self { timeout: sd_notify::watchdog_enabled(), workers: Arc::default() }
    }

    /// Watches the worker on whose thread this is called, until its runtime ends.
    pub(super) fn watch_this_worker(&self) {
        let Some(timeout) = self.timeout else { return };
        let runs = Arc::new(AtomicBool::new(true));
        self.workers.lock().push(Arc::downgrade(&runs));
        rt::spawn(async move {
            loop {
                runs.store(true, Ordering::Relaxed);
                sleep(timeout / 8).await;
            }
        });
    }

    /// Sends the signs, each a quarter of the timeout after the last.
    pub(super) async fn run(self) {
        let Some(timeout) = self.timeout else { return };
        loop {
            if self.all_ran() {
                notify(NotifyState::Watchdog);
            }
            sleep(timeout / 4).await;
        }
    }

    /// Whether every worker has run since this was last called. A worker that has ended counts no
    /// more: another one takes its place.
    fn all_ran(&self) -> bool {
        let mut all = true;
        self.workers.lock().retain(|worker| {
            let Some(runs) = worker.upgrade() else { return false };
            all &= runs.swap(false, Ordering::Relaxed);
            true
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(80);

    #[test]
    fn worker_that_hangs_gives_no_sign_and_one_that_ended_counts_no_more() {
        let watchdog = Watchdog { timeout: Some(TIMEOUT), workers: Arc::default() };
        let waited = |duration| async move { sleep(duration).await };
        rt::System::new().block_on(async {
            watchdog.watch_this_worker();
            waited(TIMEOUT).await;
            assert!(watchdog.all_ran());
            // Nothing else runs on this thread meanwhile.
            thread::sleep(TIMEOUT);
            assert!(!watchdog.all_ran());
            waited(TIMEOUT).await;
            assert!(watchdog.all_ran());
        });
        assert!(watchdog.all_ran());
        assert!(watchdog.workers.lock().is_empty());
    }
}
