//! A backup that becomes no file here: it is sent elsewhere while it is read.

use std::fs::{self, File};
use std::io;

use super::{BackupError, KeyFile, create};
use crate::crypto::random;
use crate::domain::App;
use crate::files;

/// Makes a backup beside the database, in a file that has lost its name when it is given to `send`,
/// and is gone after that.
///
/// # Errors
/// The backup cannot be made, or what `send` returns.
pub(crate) fn stream<T, E: From<BackupError>>(
    app: &App,
    key_file: KeyFile,
    on_progress: impl FnMut(u64, u64) + Send + 'static,
    send: impl FnOnce(File) -> Result<T, E>,
) -> Result<T, E> {
    let database = &app.config.storage.database;
    let failed = |source| BackupError::file("write a backup beside", database, source);
    let number = random().map_err(io::Error::other).map_err(failed)?;
    let path = database.with_added_extension(format!("{:016x}.draft", u64::from_be_bytes(number)));
    create(app, &path, key_file, on_progress)?;
    let file = File::open(&path).map_err(|error| files::explain(&path, error));
    fs::remove_file(&path).and(file).map_err(failed).map_err(E::from).and_then(send)
}
