//! A database that no other process has open, so that it can be changed together with files.

use std::fs::File;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::{OpenError, schema};
use crate::error::{Error, Result};
use crate::files;

/// How long other commands get to end. A server does not.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// A database that only this process has open. As long as this is held, others wait when they open
/// it.
pub(crate) struct Alone {
    connection: Connection,
    /// A lock on the folder, for which others wait before they switch to the write-ahead log.
    _folder: File,
}

impl Alone {
    /// Opens the database at `path`, and upgrades it if that has to be.
    ///
    /// # Errors
    /// [`OpenError::InUse`] if another process has it open, or what opening it returns.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        Self::of(schema::open(path)?, path)
    }

    /// Does the same with a database of any version, whose write-ahead log is thereby written into
    /// its file.
    ///
    /// # Errors
    /// [`OpenError::InUse`], or the database is damaged.
    pub(super) fn of(connection: Connection, path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::file("lock", path, source);
        let folder = File::open(files::parent(path)).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let sqlite = |error| OpenError::Sqlite { path: path.to_owned(), error };
        connection.busy_timeout(Duration::ZERO).map_err(sqlite)?;
        // SQLite leaves the write-ahead log only where no other connection is open
        // (<https://www.sqlite.org/wal.html>). Those that are opened from now on find it left, and
        // wait for the lock before they switch back to it.
        // It does not wait for them by itself.
        let leave = || connection.pragma_update(None, "journal_mode", "DELETE");
        let mut left = leave();
        let mut waited = Duration::ZERO;
        while waited < PATIENCE && left.as_ref().is_err_and(is_busy) {
            thread::sleep(PAUSE);
            waited += PAUSE;
            left = leave();
        }
        left.map_err(|error| match error {
            error if is_busy(&error) => OpenError::InUse { path: path.to_owned() },
            error => sqlite(error),
        })?;
        connection.busy_timeout(PATIENCE).map_err(sqlite)?;
        Ok(Self { connection, _folder: folder })
    }

    /// Runs `change` in one transaction, which is on the disk when this returns.
    ///
    /// # Errors
    /// What `change` returns, or a fault; then nothing is changed.
    pub(crate) fn change<T, E: From<Error>>(
        &mut self,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = Transaction::new(&mut self.connection, TransactionBehavior::Exclusive);
        let transaction = begin.map_err(Error::from)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

#[cfg(test)]
mod tests {
    use super::super::{Db, keys};
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn database_that_another_connection_has_open_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        let db = Db::open(&path).unwrap();
        assert!(matches!(Alone::open(&path), Err(OpenError::InUse { .. })));
        db.write(|connection| keys::put(connection, "key", &[7])).unwrap();
        drop(db);
        drop(Alone::open(&path).unwrap());
    }

    #[test]
    fn connection_that_ends_meanwhile_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        let db = Db::open(&path).unwrap();
        let ending = thread::spawn(move || {
            thread::sleep(PAUSE * 10);
            drop(db);
        });
        drop(Alone::open(&path).unwrap());
        ending.join().unwrap();
    }

    #[test]
    fn process_that_opens_it_meanwhile_waits_and_finds_the_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        drop(Db::open(&path).unwrap());
        let mut alone = Alone::open(&path).unwrap();
        let (opened, is_open) = channel();
        let other = path.clone();
        let waiting = thread::spawn(move || {
            let db = Db::open(&other).unwrap();
            opened.send(()).unwrap();
            db.read(|connection| keys::find(connection, "key")).unwrap()
        });
        alone.change(|connection| keys::put(connection, "key", &[7])).unwrap();
        assert!(is_open.try_recv().is_err());
        drop(alone);
        assert_eq!(waiting.join().unwrap(), Some(vec![7]));
    }
}
