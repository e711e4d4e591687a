//! Puts a backup in the place of the database.

use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{BackupError, KEY_FILE, Report, key_within, verify};
use crate::config::Config;
use crate::crypto::{KEY_LENGTH, Key, KeyError};
use crate::domain::audit::{Differences, Record};
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::warn_of_owner;
use crate::error::Error;
use crate::files;
use crate::storage::backup::{self, Replacement};
use crate::storage::{
    Connection, OpenError, invitations, keys as rows, password_links, schema_version, sent_codes,
    sessions,
};
use crate::time::Timestamp;

/// A backup that was restored.
#[derive(Debug)]
pub(crate) struct Restored {
    /// The contents of the backup.
    pub report: Report,
    /// How many invitations ended.
    pub ended_invitations: usize,
    /// The former files, under their new names.
    pub kept: Vec<PathBuf>,
}

/// Whether the key file is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithoutKey {
    /// It is, though the database may not open with it.
    Yes,
    /// It is replaced by the one in the backup, if there is one. The database must open afterwards.
    No,
}

/// Replaces the database with a backup, and the key file with the one in the backup, if there is
/// one. The former files are kept under other names. Every session and every invitation ends, since
/// some in the backup have been revoked or used after it was made.
///
/// # Errors
/// The file is not a backup or is damaged, the database could not be opened afterwards, another
/// process is using it, or a file cannot be moved.
pub(crate) fn restore(
    config: &Config,
    path: &Path,
    without_key: WithoutKey,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let report = verify(config, path)?;
    let key_file = &config.secrets.key_file;
    let present = Present::find(key_file)?;
    let own = match without_key {
        WithoutKey::Yes => None,
        WithoutKey::No => {
            check_opens(path, &report, &present, key_file)?;
            key_within(&backup::open(path)?)?
        }
    };
    // Every process that uses the database holds a shared lock on the key file.
    if let Present::Key(key) = &present {
        key.lock_exclusively()?;
    }
    let database = &config.storage.database;
    let mut ended_invitations = 0;
    let new = Replacement::write(path, database, |connection| {
        delete_obsolete(connection)?;
        ended_invitations = end_invitations(connection, now)?;
        record(connection, path, now)
    })
    .map_err(|source| BackupError::file("restore", database, source))?;
    // The key lies beside the old one before the database is replaced: if this is interrupted, the
    // next start completes it.
    let own = own.filter(|own| !present.is(own));
    let next = own.map(|own| Key::write_next_of(key_file, &own)).transpose()?;
    let kept_key = match &next {
        Some(_) => files::keep(key_file, now)
            .map_err(|source| BackupError::file("keep", key_file, source))?,
        None => None,
    };
    let kept_database = new.take_place(now).map_err(|error| {
        if let Some(kept) = &kept_key {
            // It is a second name of the key file, which stays. The caller gets the cause.
            let _ = fs::remove_file(kept);
        }
        match error {
            OpenError::File { source, .. } => BackupError::file("restore", database, source),
            error => error.into(),
        }
    })?;
    if let Some(next) = next {
        next.take_place(key_file)?;
    }
    warn_of_owner(config);
    let kept = kept_key.into_iter().chain(kept_database).collect();
    Ok(Restored { report, ended_invitations, kept })
}

/// What is in the place of the key file.
enum Present {
    Nothing,
    /// A file that is no key.
    Damaged,
    Key(Key),
}

impl Present {
    fn find(key_file: &Path) -> Result<Self, KeyError> {
        match Key::load(key_file) {
            Ok(Some(key)) => Ok(Self::Key(key)),
            Ok(None) => Ok(Self::Nothing),
            Err(KeyError::Length { .. }) => Ok(Self::Damaged),
            Err(error) => Err(error),
        }
    }

    fn is(&self, bytes: &Zeroizing<[u8; KEY_LENGTH]>) -> bool {
        matches!(self, Self::Key(key) if *key.expose() == **bytes)
    }
}

/// Checks that the database can be opened once the backup has taken its place.
fn check_opens(
    path: &Path,
    report: &Report,
    present: &Present,
    key_file: &Path,
) -> Result<(), BackupError> {
    if report.with_key && report.key_fits == Some(false) {
        return Err(BackupError::WrongKey(path.to_owned()));
    }
    if report.opens() {
        return Ok(());
    }
    let key_file = key_file.display();
    let found = match present {
        Present::Nothing => format!("there is no {key_file}"),
        Present::Damaged => format!("{key_file} is damaged"),
        Present::Key(_) => format!("{key_file} is another one"),
    };
    Err(BackupError::KeyMissing { path: path.to_owned(), found })
}

/// Records the event in the restored database, whose log would have a gap without a reason else.
fn record(connection: &Connection, path: &Path, now: Timestamp) -> Result<(), Error> {
    let changes = Differences::added("file", path.display().to_string());
    Record { event: Event::BackupRestored, user: None, by: By::Operator, changes }
        .store_in_any_version(connection, now)
}

/// Ends the invitations. They stay in the list, so that the operator can make those again that are
/// still wanted.
fn end_invitations(connection: &Connection, now: Timestamp) -> Result<usize, Error> {
    if schema_version(connection)? < invitations::SINCE_VERSION {
        return Ok(0);
    }
    invitations::end_all(connection, now)
}

/// Deletes what a restored database must not contain: sessions, codes and password links that may
/// have ended since the backup was made, and the key, which has a file of its own.
fn delete_obsolete(connection: &Connection) -> Result<(), Error> {
    sessions::delete_all(connection)?;
    let version = schema_version(connection)?;
    if version >= sent_codes::SINCE_VERSION {
        sent_codes::delete_all(connection)?;
    }
    if version >= password_links::SINCE_VERSION {
        password_links::delete_all(connection)?;
    }
    if version >= rows::SINCE_VERSION {
        rows::delete(connection, KEY_FILE)?;
    }
    Ok(())
}
