//! `nox doctor`: finds what is wrong with an instance, or soon will be, without changing anything.

mod addresses;
mod backups;
mod factors;
mod key;
mod mail;
mod passkeys;
mod places;
mod setup;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::statvfs;
use serde::Serialize;

use crate::config::Config;
use crate::domain::backup::{self, BackupError};
use crate::domain::{App, OpenError, address, clock};
use crate::error::{Result, causes};
use crate::files::{self, Need, parent};
use crate::storage::observations::{self, Kind, Observation};
use crate::storage::{self, Connection, schema_version};
use crate::time::Timestamp;

/// Less free space than this causes a warning, in bytes.
const MIN_FREE: u64 = 64 * 1024 * 1024;
/// Less than this, and the disk counts as full.
const FULL: u64 = 1024 * 1024;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Nothing is wrong.
    Ok,
    /// The server works, but the operator should act.
    Warning,
    /// The server does not work.
    Fault,
}

/// The result of one check.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// What was checked, in a word or two.
    pub about: &'static str,
    /// How serious it is.
    pub state: State,
    /// What was found, and what to do about it.
    pub text: String,
}

impl Finding {
    fn ok(about: &'static str, text: impl Into<String>) -> Self {
        Self { about, state: State::Ok, text: text.into() }
    }

    fn warning(about: &'static str, text: impl Into<String>) -> Self {
        Self { about, state: State::Warning, text: text.into() }
    }

    fn fault(about: &'static str, text: impl Into<String>) -> Self {
        Self { about, state: State::Fault, text: text.into() }
    }

    /// What should be known about the configuration.
    pub(crate) fn of_configuration(text: String) -> Self {
        Self::warning("configuration", text)
    }
}

/// Runs every check, one of which reads the whole database.
#[must_use]
pub(crate) fn examine(config: &Config, now: Timestamp) -> Vec<Finding> {
    // The first ones open files of the database, which must not happen while a connection of this
    // process is open: the locks of SQLite would be lost.
    let mut findings = vec![files_in_use(config)];
    findings.extend(places::examine(config));
    findings.extend([key::examine(config), database(config)]);
    let connection = storage::backup::open(&config.storage.database).ok();
    if let Some(connection) = &connection {
        findings.push(clock(connection, config, now));
        findings.extend(mail::examine_stored(config, connection, now));
        findings.extend(addresses::examine(connection));
        findings.extend(former_address(connection, config, now));
        findings.extend(setup::examine_stored(config, connection, now));
        findings.extend(factors::examine(config, connection, now));
    }
    findings.extend([permissions(config), disk(config)]);
    findings.push(backups::examine(config, connection.as_ref(), now));
    findings.extend(key::in_backups(config, connection.as_ref(), now));
    findings.extend(file_system(config));
    findings.extend(passkeys::examine(config, connection.as_ref()));
    findings.extend(setup::examine_settings(config, &findings));
    findings.extend(mail::examine_settings(config));
    findings
}

/// Logs what an operator should know when the server starts, besides what the clock shows
/// ([`clock::settle`]).
pub(crate) fn warn_at_start(app: &App) {
    let found = [permissions(&app.config), folder(&app.config)];
    let found = found.into_iter().chain(file_system(&app.config));
    let found = found.chain(mail::examine_settings(&app.config));
    for Finding { text, .. } in found.filter(|found| found.state > State::Ok) {
        tracing::warn!("{text}");
    }
}

/// What is examined, and with which configuration.
fn files_in_use(config: &Config) -> Finding {
    Finding::ok("files", config.files_in_use())
}

/// What the server has noticed of one kind, unless that is over.
fn observed(connection: &Connection, kind: Kind, now: Timestamp) -> Result<Option<Observation>> {
    if schema_version(connection)? < observations::SINCE_VERSION {
        return Ok(None);
    }
    observations::find_active(connection, kind, now)
}

fn database(config: &Config) -> Finding {
    let path = config.storage.database.display();
    if matches!(files::exists(&config.storage.database), Ok(false)) {
        return Finding::warning(
            "database",
            format!("there is no {path} yet: the first start creates it"),
        );
    }
    match backup::examine(config, &config.storage.database) {
        Ok(report) if report.key_fits == Some(false) => key::foreign(config, &report),
        Ok(report) => {
            Finding::ok("database", format!("{path} is intact: {} user(s)", report.users))
        }
        // The fault is another finding; the database itself may be whole.
        Err(error) if error.is_right() => {
            Finding::warning("database", format!("{path} was not examined: see access"))
        }
        Err(BackupError::Foreign(path)) => {
            Finding::fault("database", OpenError::Foreign { path }.to_string())
        }
        Err(BackupError::Newer { path, found, known }) => {
            Finding::fault("database", OpenError::Newer { path, found, known }.to_string())
        }
        Err(error @ BackupError::Damaged { .. }) => {
            Finding::fault("database", format!("{error}; restore a backup with nox backup restore"))
        }
        Err(BackupError::Query(error)) => Finding::fault("database", causes(&error)),
        Err(error) => Finding::fault("database", error.to_string()),
    }
}

/// Compares the clock with the database.
fn clock(connection: &Connection, config: &Config, now: Timestamp) -> Finding {
    let found = clock::find_ahead(connection, config, now)
        .and_then(|ahead| Ok((ahead, clock::distrusted_until(connection, now)?)));
    match found {
        Ok((ahead, _)) if ahead.is_back() => Finding::warning("clock", ahead.describe(now)),
        Ok((_, Some(until))) => Finding::ok(
            "clock",
            format!(
                "the clock says {now}, which is far ahead of when the server ran last: nothing is \
                 deleted for its age before {until}"
            ),
        ),
        Ok((ahead, None)) if ahead.lines() > 0 => Finding::ok(
            "clock",
            format!(
                "the clock says {now}; it was ahead when {} line(s) of the audit log were written",
                ahead.lines()
            ),
        ),
        Ok((_, None)) => Finding::ok(
            "clock",
            format!("the clock says {now}, and nothing in the database is later"),
        ),
        Err(error) => Finding::fault("clock", causes(&error)),
    }
}

fn permissions(config: &Config) -> Finding {
    let path = &config.storage.database;
    match fs::metadata(path) {
        Ok(meta) if meta.mode() & 0o077 != 0 => {
            let text = format!(
                "users other than its owner can access the database {0}: run chmod 600 {0}",
                path.display()
            );
            Finding::warning("permissions", text)
        }
        _ => Finding::ok("permissions", "only its owner can access the database"),
    }
}

/// Whether files can be created beside the database, without the attempt that [`places`] makes.
fn folder(config: &Config) -> Finding {
    match files::check_access(parent(&config.storage.database), Need::Folder) {
        Ok(()) => Finding::ok("access", "files can be created beside the database"),
        Err(error) => Finding::warning("access", error.to_string()),
    }
}

/// SQLite relies on locks and on shared memory that some file systems only pretend to have.
fn file_system(config: &Config) -> Option<Finding> {
    let path = &config.storage.database;
    let kind = files::remote_kind(path).or_else(|_| files::remote_kind(parent(path)));
    let text = format!(
        "the database {} is on {}, where SQLite's locks are not reliable and the database can be \
         damaged: move it to a disk of this machine",
        path.display(),
        kind.ok()??
    );
    Some(Finding::warning("file system", text))
}

/// An upgrade or a backup needs as much free space as the database itself.
fn disk(config: &Config) -> Finding {
    // The first start creates a folder that is missing.
    let wanted = parent(&config.storage.database);
    let above = wanted.ancestors().find(|folder| folder.is_dir());
    let folder = above.unwrap_or(Path::new("."));
    let size = fs::metadata(&config.storage.database).map_or(0, |meta| meta.len());
    match statvfs(folder) {
        Ok(disk) if disk.f_files > 0 && disk.f_favail == 0 => Finding::fault(
            "disk",
            format!("no file can be created in {}: its disk has no inode left", folder.display()),
        ),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let text = format!("{} MiB are free in {}", free / 1024 / 1024, folder.display());
            if free < FULL {
                let text = format!("{text}: no login and no change can be stored; free some space");
                Finding::fault("disk", text)
            } else if free < MIN_FREE.max(2 * size) {
                Finding::warning(
                    "disk",
                    format!(
                        "only {text}: an upgrade or a backup may not fit; \
                     free some space"
                    ),
                )
            } else {
                Finding::ok("disk", text)
            }
        }
        Err(error) => Finding::fault("disk", format!("cannot check {}: {error}", folder.display())),
    }
}

/// Sessions that were opened under another Nox address.
fn former_address(connection: &Connection, config: &Config, now: Timestamp) -> Option<Finding> {
    let address = config.server.address.as_str();
    let refused = address::Addresses::find(connection)
        .and_then(|known| known.find_refused(connection, address, now));
    match refused {
        Ok(refused) => {
            let text = address::describe(&refused?, address);
            Some(Finding::warning("Nox address", text))
        }
        Err(error) => Some(Finding::fault("Nox address", causes(&error))),
    }
}
