//! What `/metrics` says: what the server has counted, and what the database and the disk hold.
//! Nothing in it names a user or an address.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use crate::domain::metrics::{Kind, Text};
use crate::domain::{App, Running, backup};
use crate::error::Result;
use crate::files::{self, parent};
use crate::storage::totals::{self, Totals};
use crate::time::Timestamp;

/// How long the numbers of the database are shown before they are read again. To count half a
/// million sessions takes some tens of milliseconds.
const STORED_FOR: Duration = Duration::from_secs(10);

/// What is read for the scrapes of a running server.
pub(crate) struct Scrape {
    running: Weak<Running>,
    stored: Mutex<Option<Stored>>,
}

/// The numbers of the database.
#[derive(Clone, Copy)]
struct Stored {
    read_at: Timestamp,
    totals: Totals,
    bytes: u64,
}

impl Scrape {
    pub(crate) fn new(running: &Arc<Running>) -> Self {
        Self { running: Arc::downgrade(running), stored: Mutex::new(None) }
    }

    /// Every metric, in the text format of Prometheus. Numbers that cannot be read are missing, and
    /// the log says why. `None` once the server has stopped.
    pub(crate) fn text(&self, is_ready: bool, now: Timestamp) -> Option<String> {
        let app = self.running.upgrade()?.app();
        let mut text = Text::default();
        counted(&app, &mut text);
        text.metric("nox_ready", Kind::Gauge, "Whether /readyz answers 200.")
            .value(u8::from(is_ready));
        match self.stored(&app, now) {
            Ok(stored) => stored.write(&mut text),
            Err(error) => tracing::warn!(%error, "the metrics of the database are missing"),
        }
        of_files(&app, &mut text, now);
        let mut info = text.metric("nox_build_info", Kind::Gauge, "The version of Nox, always 1.");
        info.labelled("version", env!("CARGO_PKG_VERSION"), 1);
        Some(text.into_string())
    }

    fn stored(&self, app: &App, now: Timestamp) -> Result<Stored> {
        let mut stored = self.stored.lock();
        if let Some(known) = stored.filter(|known| known.read_at.is_recent(STORED_FOR, now)) {
            return Ok(known);
        }
        let totals = app.db.read(|connection| totals::count(connection, now))?;
        Ok(*stored.insert(Stored { read_at: now, totals, bytes: app.db.size()? }))
    }
}

impl Stored {
    fn write(self, text: &mut Text) {
        text.metric("nox_users", Kind::Gauge, "Accounts.").value(self.totals.users);
        text.metric("nox_sessions", Kind::Gauge, "Open sessions.").value(self.totals.sessions);
        text.metric("nox_database_bytes", Kind::Gauge, "The size of the database.")
            .value(self.bytes);
    }
}

/// What the server has counted since it started.
fn counted(app: &App, text: &mut Text) {
    let metrics = &app.metrics;
    text.metric("nox_logins_total", Kind::Counter, "Login attempts, by their outcome.")
        .counters("outcome", &metrics.logins);
    let help = "Checks of sessions, by their result.";
    let mut checks = text.metric("nox_session_checks_total", Kind::Counter, help);
    for (result, count) in metrics.checks.all() {
        checks.labelled("result", result, count);
    }
    let help = "Logins and other work that wait for a hasher.";
    text.metric("nox_login_queue", Kind::Gauge, help).value(metrics.waiting.get());
    text.metric("nox_hash_seconds", Kind::Histogram, "How long computing a hash took.")
        .histogram(app.hasher.seconds());
    let help = "Answered requests, by the status of the answer.";
    let mut requests = text.metric("nox_http_requests_total", Kind::Counter, help);
    for (status, count) in metrics.requests.all() {
        requests.labelled("status", status, count);
    }
    text.metric("nox_mail_total", Kind::Counter, "Mails, by what became of them.")
        .counters("outcome", app.mailer.counts());
}

/// What the disk holds.
fn of_files(app: &App, text: &mut Text, now: Timestamp) {
    let folder = &app.config.backup.folder;
    // Where backups are due and there is none, any limit of an age is exceeded.
    let none = || app.config.backup.every.map(|_| f64::INFINITY);
    match backup::newest(folder, now) {
        Ok(newest) => {
            let age = newest.map(|at| now.since(at).as_secs_f64()).or_else(none);
            if let Some(age) = age {
                let age = if age.is_finite() { age.to_string() } else { "+Inf".into() };
                text.metric("nox_backup_age_seconds", Kind::Gauge, "The age of the newest backup.")
                    .value(age);
            }
        }
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "the age of the backups is unknown");
        }
    }
    match files::free_bytes(parent(&app.config.storage.database)) {
        Ok(free) => {
            let help = "What is free on the disk of the database.";
            text.metric("nox_disk_free_bytes", Kind::Gauge, help).value(free);
        }
        Err(error) => tracing::warn!(%error, "how much of the disk is free is unknown"),
    }
}
