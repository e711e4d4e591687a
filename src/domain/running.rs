//! The instance of a running server.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::domain::App;

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
}
