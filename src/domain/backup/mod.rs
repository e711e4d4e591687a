//! Backups: whole copies of the database, with or without the key file.

mod schedule;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::crypto::{KEY_LENGTH, Key, KeyError};
use crate::domain::{App, keys};
use crate::error::{Error, causes};
use crate::storage::{
    Connection, OpenError, backup, keys as rows, schema_version, sent_codes, sessions, users,
};
use crate::time::Timestamp;
pub(crate) use schedule::{newest, start};

/// The row of `keys` that holds the key file itself, in a backup that was made with it.
const KEY_FILE: &str = "file";

/// Why a backup cannot be made, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something of that name is there.
    #[error("{} is there already: a backup takes no other file's place", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written or moved.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// It is no backup.
    #[error("{} is no backup of a Nox database", .0.display())]
    Foreign(PathBuf),
    /// It is a database in use, or of a process that was killed.
    #[error("{} is no backup: changes lie beside it, in a file that ends in -wal; take a copy with nox backup create", .0.display())]
    Unfinished(PathBuf),
    /// Its key does not belong to it.
    #[error("the key file in {} does not open what it seals: it cannot be put back", .0.display())]
    WrongKey(PathBuf),
    /// It cannot be opened.
    #[error(transparent)]
    Open(OpenError),
    /// It is damaged.
    #[error("{} is damaged: {}", path.display(), faults.join("; "))]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        faults: Vec<String>,
    },
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It cannot be read.
    #[error("cannot read the backup")]
    Query(#[from] Error),
}

impl From<OpenError> for BackupError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Foreign { path } => Self::Foreign(path),
            error => Self::Open(error),
        }
    }
}

/// What is in a backup.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many accounts.
    pub users: u32,
    /// Whether it holds the key file.
    pub with_key: bool,
    /// Whether the key file, its own or else the configured one, opens what it seals; `null` where
    /// there is none to try.
    pub key_fits: Option<bool>,
}

/// Whether a backup holds the key file, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFile {
    /// It does: the backup alone is enough to restore everything, and to read every secret.
    Include,
    /// It does not: the key file needs a backup of its own.
    Omit,
}

/// Writes a backup while others go on writing. `on_progress` is called from time to time with the
/// number of bytes that are written, and with about how many there will be.
///
/// # Errors
/// The file is there, or cannot be written.
pub fn create(
    app: &App,
    path: &Path,
    key_file: KeyFile,
    mut on_progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<(), BackupError> {
    // A link that leads nowhere has the name, too.
    if path.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(path.to_owned()));
    }
    let finish = |copy: &Connection| match key_file {
        KeyFile::Include => rows::put(copy, KEY_FILE, app.key.expose()),
        KeyFile::Omit => Ok(()),
    };
    let total = app.db.size()?;
    let failed =
        |source| BackupError::File { action: "write the backup", path: path.to_owned(), source };
    app.db.copy_to(path, finish, move |written| on_progress(written, total)).map_err(failed)
}

/// Looks through a whole backup.
///
/// # Errors
/// It is none, or damaged.
pub fn verify(config: &Config, path: &Path) -> Result<Report, BackupError> {
    if backup::is_unfinished(path) {
        return Err(BackupError::Unfinished(path.to_owned()));
    }
    examine(config, path)
}

/// Looks through a whole database, a backup or one in use.
///
/// # Errors
/// It is none, or damaged.
pub fn examine(config: &Config, path: &Path) -> Result<Report, BackupError> {
    let connection = backup::open(path)?;
    // Where it cannot even be looked through, that is what is wrong with it.
    let faults = backup::faults(&connection).unwrap_or_else(|error| vec![causes(&error)]);
    if !faults.is_empty() {
        return Err(BackupError::Damaged { path: path.to_owned(), faults });
    }
    let own = key_within(&connection)?;
    let key_fits = match &own {
        Some(bytes) => Some(keys::fits_bytes(&connection, bytes)?),
        None if config.secrets.key_file.exists() => {
            Some(keys::fits(&connection, &Key::load_or_create(&config.secrets.key_file)?)?)
        }
        None => None,
    };
    let everybody = users::Search { text: "", by_email: false };
    Ok(Report { users: users::count(&connection, everybody)?, with_key: own.is_some(), key_fits })
}

fn key_within(connection: &Connection) -> Result<Option<Zeroizing<[u8; KEY_LENGTH]>>, Error> {
    let found = if schema_version(connection)? >= rows::SINCE_VERSION {
        rows::find(connection, KEY_FILE)?.map(Zeroizing::new)
    } else {
        None
    };
    Ok(found.and_then(|bytes| bytes.first_chunk().copied()).map(Zeroizing::new))
}

/// Puts a backup in the place of the database, and its key, where it holds one, in the place of the
/// key file. What was there is kept beside it, under names that are returned. Every session ends:
/// some had ended since the backup.
///
/// # Errors
/// The backup is none, or damaged; a server or a command is using the database; or a file cannot be
/// moved.
pub fn restore(
    config: &Config,
    path: &Path,
    now: Timestamp,
) -> Result<(Report, Vec<PathBuf>), BackupError> {
    let report = verify(config, path)?;
    if report.with_key && report.key_fits == Some(false) {
        return Err(BackupError::WrongKey(path.to_owned()));
    }
    let (database, key_file) = (&config.storage.database, &config.secrets.key_file);
    // Whoever uses the database holds the key.
    let key = key_file.exists().then(|| Key::load_or_create(key_file)).transpose()?;
    key.as_ref().map_or(Ok(()), Key::lock_exclusively)?;
    let aside = |file: &Path| file.with_added_extension(format!("before-{}", file_time(now)));
    if let Some(taken) = [aside(database), aside(key_file)].into_iter().find(|file| file.exists()) {
        return Err(BackupError::Exists(taken));
    }
    let mut kept = Vec::new();
    if let Some(own) = key_within(&backup::open(path)?)? {
        if key.as_ref().is_some_and(|key| *key.expose() != *own) {
            let failed =
                |source| BackupError::File { action: "move", path: key_file.clone(), source };
            fs::rename(key_file, aside(key_file)).map_err(failed)?;
            kept.push(aside(key_file));
        }
        if !key_file.exists() {
            Key::write_new(key_file, &own)?;
        }
    }
    let failed = |source| BackupError::File { action: "restore", path: database.clone(), source };
    backup::restore(path, database, &aside(database), forget).map_err(failed)?;
    if aside(database).exists() {
        kept.push(aside(database));
    }
    Ok((report, kept))
}

/// Forgets what must not come back with a backup: the key, which has its own file, and what has
/// ended since.
fn forget(connection: &Connection) -> Result<(), Error> {
    sessions::delete_all(connection)?;
    let version = schema_version(connection)?;
    if version >= sent_codes::SINCE_VERSION {
        sent_codes::delete_all(connection)?;
    }
    if version >= rows::SINCE_VERSION {
        rows::delete(connection, KEY_FILE)?;
    }
    Ok(())
}

/// An instant as it stands in the name of a file.
fn file_time(at: Timestamp) -> String {
    at.to_string().replace(':', "-")
}
