//! The backups in `backup.folder`.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use serde::Serialize;

use super::{BackupError, key_within, schedule};
use crate::config::Config;
use crate::crypto::Key;
use crate::storage::backup;
use crate::time::Timestamp;

/// A backup, by what can be seen without reading all of it.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// Its path.
    pub file: PathBuf,
    /// When it was made: as its name says, or else when the file was changed last.
    pub at: Timestamp,
    /// Its length.
    pub bytes: u64,
    /// Whether it includes the key file; `None` if it cannot be read, such as one that is cut.
    pub with_key: Option<bool>,
}

/// Lists the backups in `backup.folder`, the oldest first: those that the server made, and others
/// whose names end in `.db`. There are none where there is no folder.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn list(config: &Config) -> Result<Vec<Listed>, BackupError> {
    let folder = &config.backup.folder;
    let failed = |source| BackupError::file("read the folder", folder, source);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|ending| ending == "db") {
            found.extend(look_at(path).map_err(failed)?);
        }
    }
    found.sort_by(|one, other| (one.at, &one.file).cmp(&(other.at, &other.file)));
    Ok(found)
}

/// `None` for what is no backup, or has been deleted meanwhile.
fn look_at(path: PathBuf) -> io::Result<Option<Listed>> {
    let meta = match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        meta => meta?,
    };
    let with_key = match backup::open(&path).map_err(BackupError::from) {
        Err(BackupError::Foreign(_)) => return Ok(None),
        Err(_) => None,
        Ok(copy) => key_within(&copy).ok().map(|key| key.is_some()),
    };
    let at = schedule::time_in_name(&path)
        .unwrap_or_else(|| Timestamp::from_millis(meta.mtime().saturating_mul(1000)));
    Ok(meta.is_file().then_some(Listed { file: path, at, bytes: meta.len(), with_key }))
}

/// Whether any backup in the folder includes this key.
pub(crate) fn any_with_key(config: &Config, key: &Key) -> Result<bool, BackupError> {
    let includes = |listed: &Listed| {
        let own = backup::open(&listed.file).ok().and_then(|copy| key_within(&copy).ok().flatten());
        own.is_some_and(|own| *own == *key.expose())
    };
    Ok(list(config)?.iter().any(includes))
}
