//! The database, opened: its connections, and who may have which.

use std::fs::File;
use std::io;
use std::path::Path;

use parking_lot::Mutex;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::connection::{self, BUSY_TIMEOUT, FLAGS};
use super::file_identity::FileIdentity;
use super::sessions::SessionRef;
use super::snapshot::Snapshots;
use super::users::{self, SessionUser};
use super::{OpenError, backup, describe, schema};
use crate::descriptors;
use crate::error::{Error, Result};
use crate::files;

/// What a thread that reads all the time may keep of the database: two thousand active users, where
/// each is on pages of their own, stay at hand.
const KEPT_KIB: i32 = 16 << 10;

/// An open database: a pool of connections that read, a single connection that writes, and one more
/// for each thread that shares a snapshot between its reads.
pub(crate) struct Db {
    file: FileIdentity,
    /// An flock on the folder, held only while waiting for SQLite's write lock, so that processes
    /// queue fairly: a process that waits for SQLite's lock polls for it, and a server that is never
    /// idle would take it again each time before the other looks.
    process_lock: File,
    readers: Pool<SqliteConnectionManager>,
    /// A single one, so that the threads of this process wait at a mutex, which wakes them, instead
    /// of polling for SQLite's write lock.
    writer: Mutex<Connection>,
    snapshots: Snapshots,
}

impl Db {
    /// Opens the database at `path`; makes it where there is none.
    ///
    /// # Errors
    /// It cannot be read or made, or is none that this version knows; it is left untouched then.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let writer = Mutex::new(schema::open(path)?);
        let failed =
            |action| move |source| OpenError::File { action, path: path.to_owned(), source };
        let process_lock = File::open(files::parent(path)).map_err(failed("open the folder of"))?;
        let file = FileIdentity::of(path).map_err(failed("read"))?;
        let manager = SqliteConnectionManager::file(path)
            .with_flags(FLAGS)
            .with_init(|connection| connection::set_up_reader(connection));
        // Connections are opened as they are needed.
        let readers = Pool::builder()
            .max_size(descriptors::readers().try_into().unwrap_or(u32::MAX))
            .min_idle(Some(0))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connection_timeout(BUSY_TIMEOUT)
            .build_unchecked(manager);
        Ok(Self { file, process_lock, readers, writer, snapshots: Snapshots::default() })
    }

    /// Runs `query` on a connection for reading.
    ///
    /// # Errors
    /// The database cannot be reached, or what `query` returns.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if let Some(snapshot) = self.snapshots.newest()? {
            return query(&snapshot.connection);
        }
        let idle = self.readers.try_get();
        let connection =
            idle.map_or_else(|| self.file.check().and_then(|()| Ok(self.readers.get()?)), Ok)?;
        query(&connection)
    }

    /// The user of a session, see [`users::find_by_session`]: where the reads of this thread share
    /// a snapshot, it may be known from the last time.
    pub(crate) fn find_by_session(&self, session: SessionRef) -> Result<Option<SessionUser>> {
        match self.snapshots.newest()? {
            Some(snapshot) => snapshot.find_by_session(session),
            None => self.read(|connection| users::find_by_session(connection, session)),
        }
    }

    /// Lets the reads of this thread share a snapshot, for as long as it is the newest, until
    /// [`Db::let_go`]. Says whether they did not before.
    pub(crate) fn hold(&self) -> Result<bool> {
        self.snapshots.hold(|| {
            self.file.check()?;
            let connection = connection::open_reader(self.file.path())?;
            connection.pragma_update(None, "cache_size", -KEPT_KIB)?;
            Ok(connection)
        })
    }

    /// Gives the snapshot of this thread back: the log cannot start anew before.
    pub(crate) fn let_go(&self) -> Result<()> {
        self.snapshots.let_go()
    }

    /// Answers whether the database does, and is still the file that was opened.
    ///
    /// # Errors
    /// It does not.
    pub(crate) fn check(&self) -> Result<()> {
        self.file.check()?;
        self.size().map(drop)
    }

    /// How large the database is, in bytes.
    ///
    /// # Errors
    /// It cannot be reached.
    pub(crate) fn size(&self) -> Result<u64> {
        let query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        self.read(|connection| {
            Ok(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })
    }

    /// Writes a copy of the database, see [`backup::write`]. Meanwhile, `on_progress` is called with
    /// the number of bytes that are written.
    ///
    /// # Errors
    /// The database cannot be reached, or the copy not be written.
    pub(crate) fn copy_to(
        &self,
        path: &Path,
        finish: impl FnOnce(&Connection) -> Result<()>,
        on_progress: impl FnMut(u64) + Send + 'static,
    ) -> io::Result<()> {
        // The connections for reading may not write anywhere.
        let connection =
            Connection::open_with_flags(self.file.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.map_err(|error| io::Error::other(describe(&error)))?;
        backup::watch(&connection, path, on_progress).map_err(io::Error::other)?;
        backup::write(&connection, path, finish)
    }

    /// Runs `change` in one transaction that holds the write lock from its start, and commits it
    /// durably.
    ///
    /// # Errors
    /// The database cannot be reached or stays locked, or what `change` returns; nothing is changed
    /// then.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.file.check()?;
        let mut connection = self.writer.try_lock_for(BUSY_TIMEOUT).ok_or_else(writer_is_busy)?;
        let _pause = self.snapshots.pause();
        let transaction = self.begin(&mut connection)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }

    /// Begins a transaction that has SQLite's write lock, and holds the process lock while it waits
    /// for that.
    fn begin<'c>(&self, connection: &'c mut Connection) -> Result<Transaction<'c>> {
        let failed = |error: io::Error| Error::ServerNotReady { source: Some(error.into()) };
        self.process_lock.lock().map_err(failed)?;
        let begun = Transaction::new(connection, TransactionBehavior::Immediate);
        self.process_lock.unlock().map_err(failed)?;
        Ok(begun?)
    }
}

fn writer_is_busy() -> Error {
    let source = "other changes have kept the writing connection busy for five seconds";
    Error::ServerNotReady { source: Some(source.into()) }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_keeps_its_plan_whatever_is_bound() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("nox.db")).unwrap();
        let planned_anew = db.write::<_, Error>(|connection| {
            let query = "DELETE FROM sessions WHERE id IN
                (SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
            let mut statement = connection.prepare(query)?;
            for at in 0..3 {
                statement.execute([at, 1])?;
            }
            Ok(statement.get_status(StatementStatus::RePrepare))
        });
        assert_eq!(planned_anew.unwrap(), 0);
    }

    #[test]
    fn change_that_panics_is_rolled_back_and_leaves_the_writer_usable() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("nox.db")).unwrap();
        let insert = |connection: &Connection| {
            let row = "INSERT INTO keys (name, sealed) VALUES ('key', x'00')";
            connection.execute(row, []).map(drop).map_err(Error::from)
        };
        let panics = || {
            db.write::<(), Error>(|connection| {
                insert(connection)?;
                panic!("as a bug would")
            })
        };
        assert!(std::thread::scope(|scope| scope.spawn(panics).join().is_err()));
        db.write(insert).unwrap();
    }
}
