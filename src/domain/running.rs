//! The instance of a running server.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::config::Reloaded;
use crate::domain::App;
use crate::domain::audit::Differences;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::error::Result;
use crate::time::Timestamp;

/// The instance of a running server with the configuration that was read last. Threads that work
/// beside the requests ask it for the instance each time they have work.
pub struct Running {
    app: Mutex<Arc<App>>,
    /// Set by the first thread that makes backups.
    pub(super) makes_backups: OnceLock<()>,
}

impl Running {
    /// A server that starts with this instance.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app: Mutex::new(Arc::new(app)), makes_backups: OnceLock::new() }
    }

    /// The instance as it is now.
    #[must_use]
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app.lock())
    }

    /// Lets work that begins from now on use this instance.
    pub(crate) fn replace(&self, app: Arc<App>) {
        app.mailer.take_over();
        *self.app.lock() = app;
    }

    /// Records which keys of the configuration have other values since it was read again. The
    /// values may be secret, so only the names are told.
    ///
    /// # Errors
    /// A fault of the database.
    pub(crate) fn record(&self, reloaded: &Reloaded, now: Timestamp) -> Result<()> {
        let named = |keys: &Vec<String>| (!keys.is_empty()).then(|| keys.clone());
        let changes = Differences::added("applied", named(&reloaded.applied)).with(
            "at_start",
            None::<Vec<String>>,
            named(&reloaded.at_start),
        );
        if changes.is_empty() {
            return Ok(());
        }
        self.app().change(By::Server, now, |tx| tx.happened_here(Event::ConfigReloaded, changes))
    }
}
