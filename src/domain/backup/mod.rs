//! Backups: complete copies of the database, with or without the key file. [`create`] makes one,
//! [`verify`] checks it and [`restore()`] puts it back; `schedule` makes them while the server
//! runs.

mod drafts;
pub(crate) mod key_copy;
mod list;
mod restore;
mod schedule;
mod stream;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::crypto::{KEY_LENGTH, Key, KeyError};
use crate::domain::{App, Trouble, Unusable, keys};
use crate::error::Error;
use crate::files;
use crate::storage::{Connection, OpenError, backup, keys as rows, schema_version, users};
use crate::time::Timestamp;
pub(crate) use list::{Listed, any_with_key, list};
pub(crate) use restore::{Restored, WithoutKey, restore};
pub(crate) use schedule::{newest, start};
pub(crate) use stream::stream;

/// The row of the table `keys` that holds the key file, in a backup that includes it.
const KEY_FILE: &str = "file";

/// Why a backup cannot be made, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no file of that name.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// There is a file of that name already.
    #[error("{} exists already, and a backup never replaces a file", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written or moved.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The file is not a Nox database.
    #[error("{} is not a backup of a Nox database", .0.display())]
    Foreign(PathBuf),
    /// A later version of Nox made the backup.
    #[error(
        "{} has schema version {found}, and this nox knows versions up to {known}: install the nox \
         that made it, or a newer one; nothing was changed",
        path.display()
    )]
    Newer {
        /// The backup.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The latest schema version that this binary knows.
        known: u32,
    },
    /// The file is a database that is in use, or was when its process was killed.
    #[error(
        "{} is not a backup: some of its changes are in a file beside it that ends in -wal; make a \
         backup with nox backup create",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// The backup holds the key file of another database.
    #[error("the key file in {} does not belong to its database: it cannot be \
        restored, except with --without-key", .0.display())]
    WrongKey(PathBuf),
    /// The second factors in the backup open with a key file that is not there.
    #[error(
        "the second factors in {} open only with its own key file, which is not in the backup, and \
         {found}: put a copy of that key file in its place, and restore again; nothing was \
         changed. With --without-key the database is restored as it is, and opens once its own \
         key file is there, or after nox key replace --lose-second-factors",
        path.display()
    )]
    KeyMissing {
        /// The backup.
        path: PathBuf,
        /// What is in the place of the key file.
        found: String,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The backup cannot be opened.
    #[error(transparent)]
    Open(OpenError),
    /// The backup is damaged.
    #[error("{} is damaged: {}", path.display(), faults.join("; "))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found to be wrong.
        faults: Vec<String>,
    },
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The backup cannot be read.
    #[error("cannot read the backup")]
    Query(#[from] Error),
}

impl BackupError {
    /// A [`BackupError::File`] that says what is in the way.
    fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source: files::explain(path, source) }
    }

    /// Whether a right is missing, and the database itself may be whole.
    pub(crate) fn is_right(&self) -> bool {
        match self {
            Self::Unreadable { source, .. } | Self::File { source, .. } => files::is_right(source),
            Self::Open(error) => error.is_right(),
            _ => false,
        }
    }
}

impl From<OpenError> for BackupError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Foreign { path } => Self::Foreign(path),
            OpenError::File { path, source, .. } => Self::Unreadable { path, source },
            OpenError::Truncated { path, length, needed } => {
                Self::Damaged { path, faults: vec![format!("it has {length} of {needed} bytes")] }
            }
            OpenError::Newer { path, found, known } => Self::Newer { path, found, known },
            error => Self::Open(error),
        }
    }
}

/// The contents of a backup.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The number of accounts.
    pub users: u32,
    /// Whether the backup includes the key file.
    pub with_key: bool,
    /// Whether the key file belongs to the database: the one in the backup, or else the configured
    /// one. `null` if there is neither, or if it cannot be read.
    pub key_fits: Option<bool>,
    /// Whether something in the backup is lost without its key file: authenticator apps or recovery
    /// codes.
    pub needs_key: bool,
}

impl Report {
    /// Whether the database can be opened with the key file that belongs to it or another one.
    pub(crate) fn opens(&self) -> bool {
        !self.needs_key || self.key_fits == Some(true)
    }
}

/// Whether a backup includes the key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFile {
    /// The backup includes it: that file alone is enough to restore everything, and to read every
    /// secret.
    Include,
    /// The backup omits it: the key file needs a copy of its own.
    Omit,
}

/// Writes a backup; other processes may change the database meanwhile. `on_progress` is called from
/// time to time with the bytes that are written and an estimate of the total.
///
/// # Errors
/// The file exists already or cannot be written.
pub fn create(
    app: &App,
    path: &Path,
    key_file: KeyFile,
    mut on_progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<(), BackupError> {
    let failed = |source| BackupError::file("write the backup", path, source);
    if files::exists(path).map_err(failed)? {
        return Err(BackupError::Exists(path.to_owned()));
    }
    drafts::delete_abandoned(&app.config, Timestamp::now());
    let finish = |copy: &Connection| match key_file {
        KeyFile::Include => rows::put(copy, KEY_FILE, app.key.expose()),
        KeyFile::Omit => Ok(()),
    };
    let total = app.db.size()?;
    app.db.copy_to(path, finish, move |written| on_progress(written, total)).map_err(failed)
}

/// Checks the whole content of a backup.
///
/// # Errors
/// The file is not a backup, or is damaged.
pub fn verify(config: &Config, path: &Path) -> Result<Report, BackupError> {
    if matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Err(BackupError::Missing(path.to_owned()));
    }
    if backup::is_unfinished(path) {
        return Err(BackupError::Unfinished(path.to_owned()));
    }
    examine(config, path)
}

/// Checks the whole content of a database, be it a backup or one in use.
///
/// # Errors
/// The file is not a Nox database, or is damaged.
pub fn examine(config: &Config, path: &Path) -> Result<Report, BackupError> {
    let connection = backup::open(path)?;
    let faults = backup::faults(&connection).or_else(|error| match damage(&error) {
        // The check itself fails, and its error is what was found.
        Some(said) => Ok(vec![said]),
        None => Err(error),
    })?;
    if !faults.is_empty() {
        return Err(BackupError::Damaged { path: path.to_owned(), faults });
    }
    let own = key_within(&connection)?;
    let key_fits = match &own {
        Some(bytes) => Some(keys::fits_bytes(&connection, bytes)?),
        // What is wrong with the key file is no fault of the backup.
        None => match Key::load(&config.secrets.key_file) {
            Ok(Some(key)) => Some(keys::fits(&connection, &key)?),
            Ok(None) | Err(_) => None,
        },
    };
    let needs_key = keys::needs_its_key(&connection)?;
    let users = users::count_all(&connection)?;
    Ok(Report { users, with_key: own.is_some(), key_fits, needs_key })
}

/// What SQLite said of a damaged database.
fn damage(error: &Error) -> Option<String> {
    let Error::ServerNotReady { source: Some(source) } = error else { return None };
    let unusable: &Unusable = source.downcast_ref()?;
    (unusable.cause == Trouble::Damaged).then(|| unusable.said.clone())
}

fn key_within(connection: &Connection) -> Result<Option<Zeroizing<[u8; KEY_LENGTH]>>, Error> {
    let found = if schema_version(connection)? >= rows::SINCE_VERSION {
        rows::find(connection, KEY_FILE)?.map(Zeroizing::new)
    } else {
        None
    };
    Ok(found.and_then(|bytes| bytes.first_chunk().copied()).map(Zeroizing::new))
}
