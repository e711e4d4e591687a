//! An open database, and its connections.

use std::fs::File;
use std::io;
use std::path::Path;

use parking_lot::Mutex;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::connection::{self, BUSY_TIMEOUT, FLAGS};
use super::file_identity::FileIdentity;
use super::observations::{self, Kind};
use super::session_users::{self, SessionUser};
use super::sessions::SessionRef;
use super::snapshot::Snapshots;
use super::{OpenError, Unusable, backup, describe, schema};
use crate::descriptors;
use crate::error::{Error, Result};
use crate::files;
use crate::time::Timestamp;

/// The page cache of a thread that shares a snapshot between its reads. It holds two thousand
/// active users, even if each is on pages of their own.
const SNAPSHOT_CACHE_KIB: i32 = 16 << 10;

/// An open database: a pool of connections that read, a single connection that writes, and one more
/// for each thread that shares a snapshot between its reads.
pub(crate) struct Db {
    file: FileIdentity,
    /// An `flock` on the folder, held only while waiting for SQLite's write lock, so that processes
    /// queue fairly. SQLite polls for its lock: a server that is never idle would take it again
    /// each time before another process looks.
    process_lock: File,
    readers: Pool<SqliteConnectionManager>,
    /// A single one, so that the threads of this process wait at a mutex, which wakes them, instead
    /// of polling for SQLite's write lock.
    writer: Mutex<Connection>,
    snapshots: Snapshots,
}

impl Db {
    /// Opens the database at `path`, and creates it if there is none.
    ///
    /// # Errors
    /// The database cannot be read or created, or this version does not know it; then nothing is
    /// changed.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let writer = Mutex::new(schema::open(path)?);
        let failed = |action| move |source| OpenError::file(action, path, source);
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

    /// Runs `query` on a connection that reads: in this thread's snapshot if it holds one, or else
    /// on one of the pool.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if let Some(snapshot) = self.snapshots.latest()? {
            return query(&snapshot.connection);
        }
        let idle = self.readers.try_get();
        let connection =
            idle.map_or_else(|| self.file.check().and_then(|()| Ok(self.readers.get()?)), Ok)?;
        query(&connection)
    }

    /// Finds a session and its user, see [`session_users::find`]. A thread that holds a snapshot
    /// has the latest ones in a cache.
    pub(crate) fn find_by_session(&self, session: SessionRef) -> Result<Option<SessionUser>> {
        match self.snapshots.latest()? {
            Some(snapshot) => snapshot.find_by_session(session),
            None => self.read(|connection| session_users::find(connection, session)),
        }
    }

    /// Lets the reads of this thread share a snapshot until [`Db::release_snapshot`]; see the
    /// module `snapshot`. Returns false if they already did.
    pub(crate) fn hold_snapshot(&self) -> Result<bool> {
        self.snapshots.hold(|| {
            self.file.check()?;
            let connection = connection::open_reader(self.file.path())?;
            connection.pragma_update(None, "cache_size", -SNAPSHOT_CACHE_KIB)?;
            Ok(connection)
        })
    }

    /// Ends the snapshot of this thread. The write-ahead log cannot be reset before.
    pub(crate) fn release_snapshot(&self) -> Result<()> {
        self.snapshots.release()
    }

    /// Checks that the path still leads to the file that was opened.
    pub(crate) fn check_file(&self) -> Result<()> {
        self.file.check()
    }

    /// Reads the schema from the disk, and writes a row. There must be room on the disk for more,
    /// since a write may find its room in the WAL once more before it finds none.
    pub(crate) fn check(&self, now: Timestamp) -> Result<()> {
        let path = self.file.path();
        let query = "SELECT count(*) FROM sqlite_schema";
        connection::open_reader(path)?.query_row(query, [], |_| Ok(()))?;
        files::check_room(files::parent(path)).map_err(|error| Error::ServerNotReady {
            source: Some(Unusable::from(&error).into()),
        })?;
        self.write(|connection| observations::put(connection, Kind::Probe, "", now))
    }

    /// The size of the database, in bytes.
    pub(crate) fn size(&self) -> Result<u64> {
        let query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        self.read(|connection| {
            Ok(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })
    }

    /// Writes a copy of the database, see [`backup::write`]. Meanwhile, `on_progress` is called
    /// with the number of bytes that are written.
    pub(crate) fn copy_to(
        &self,
        path: &Path,
        finish: impl FnOnce(&Connection) -> Result<()>,
        on_progress: impl FnMut(u64) + Send + 'static,
    ) -> io::Result<()> {
        // Connections of the pool are `query_only`, which forbids to write a copy, too.
        let connection =
            Connection::open_with_flags(self.file.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.map_err(|error| io::Error::other(describe(&error)))?;
        backup::watch(&connection, path, on_progress).map_err(io::Error::other)?;
        backup::write(&connection, path, finish)
    }

    /// Runs `change` in one transaction that has the write lock from its start. It is on the disk
    /// when this returns.
    ///
    /// # Errors
    /// What `change` returns, or a fault; then nothing is changed.
    /// [`Error::ServerNotReady`] if the database stays locked by other changes.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.file.check()?;
        let connection = self.writer.try_lock_for(BUSY_TIMEOUT).ok_or_else(writer_is_busy)?;
        self.commit(&connection, change)
    }

    /// [`Db::write`] that does not wait for the disk: the change outlives the process, but may be
    /// lost with the power.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub(crate) fn write_lazily<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.file.check()?;
        let connection = self.writer.try_lock_for(BUSY_TIMEOUT).ok_or_else(writer_is_busy)?;
        let _lazy = Lazy::begin(&connection).map_err(Error::from)?;
        self.commit(&connection, change)
    }

    fn commit<T, E: From<Error>>(
        &self,
        connection: &Connection,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let _pause = self.snapshots.pause();
        let transaction = self.begin(connection)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }

    /// Begins a transaction that has SQLite's write lock, and holds the process lock while it waits
    /// for that.
    fn begin<'c>(&self, connection: &'c Connection) -> Result<Transaction<'c>> {
        let failed = |error: io::Error| Error::ServerNotReady { source: Some(error.into()) };
        self.process_lock.lock().map_err(failed)?;
        let begun = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
        self.process_lock.unlock().map_err(failed)?;
        Ok(begun?)
    }
}

/// While it lives, the commits of a connection do not wait for the disk.
struct Lazy<'c>(&'c Connection);

impl<'c> Lazy<'c> {
    fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.pragma_update(None, "synchronous", "NORMAL").map(|()| Self(connection))
    }
}

impl Drop for Lazy<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.pragma_update(None, "synchronous", "FULL") {
            tracing::error!(%error, "changes are no longer on the disk when they are acknowledged");
        }
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
    fn statement_keeps_its_plan_for_all_values() {
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
