//! The database, opened: its connections, and who may have which.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use r2d2::{CustomizeConnection, Pool};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use scheduled_thread_pool::ScheduledThreadPool;

use super::place::Place;
use super::sessions::SessionId;
use super::snapshot::Snapshots;
use super::users::{self, SessionUser, UserId};
use super::{OpenError, backup, describe, schema};
use crate::descriptors;
use crate::error::{Error, Result};
use crate::files;

/// How long a statement waits for another process's lock, and a caller for a connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_CACHE: usize = 32;
/// What a thread that reads all the time may keep of the database: two thousand active users, where
/// each is on pages of their own, stay at hand.
const KEPT_KIB: i32 = 16 << 10;
/// The file is made elsewhere, and a path is a path.
pub(super) const FLAGS: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// One database: connections for reading, and a single one for writing, so that writers of this
/// process queue fairly instead of polling for SQLite's lock. A thread that reads all the time has
/// one of its own.
pub struct Db {
    place: Place,
    /// The folder, which the process that writes next has locked: a server that is never idle would
    /// else take SQLite's lock again each time before another process looks.
    turn: File,
    readers: Pool<SqliteConnectionManager>,
    writer: Pool<SqliteConnectionManager>,
    snapshots: Snapshots,
}

impl Db {
    /// Opens the database at `path`; makes it where there is none.
    ///
    /// # Errors
    /// It cannot be read or made, or is none that this version knows; it is left untouched then.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        schema::prepare(path)?;
        let failed =
            |action| move |source| OpenError::File { action, path: path.to_owned(), source };
        let turn = File::open(files::parent(path)).map_err(failed("open the folder of"))?;
        let place = Place::of(path).map_err(failed("read"))?;
        // The pools would start three threads each by themselves; connections are made where they
        // are needed.
        let helpers = Arc::new(ScheduledThreadPool::new(1));
        let pool = |size, use_for| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(0))
                .test_on_check_out(false)
                .idle_timeout(None)
                .max_lifetime(None)
                .connection_timeout(BUSY_TIMEOUT)
                .thread_pool(Arc::clone(&helpers))
                .connection_customizer(Box::new(use_for))
                .build_unchecked(SqliteConnectionManager::file(path).with_flags(FLAGS))
        };
        // They are opened as they are needed.
        let readers = descriptors::readers().try_into().unwrap_or(u32::MAX);
        let (readers, writer) = (pool(readers, Use::Reading), pool(1, Use::Writing));
        Ok(Self { place, turn, readers, writer, snapshots: Snapshots::default() })
    }

    /// Runs `query` on a connection for reading.
    ///
    /// # Errors
    /// The database cannot be reached, or what `query` returns.
    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if let Some(snapshot) = self.snapshots.newest()? {
            return query(&snapshot.connection);
        }
        let idle = self.readers.try_get();
        let connection =
            idle.map_or_else(|| self.place.check().and_then(|()| Ok(self.readers.get()?)), Ok)?;
        query(&connection)
    }

    /// The user of a session, see [`users::find_by_session`]: where the reads of this thread share
    /// a snapshot, it may be known from the last time.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub fn find_by_session(&self, session: (SessionId, UserId)) -> Result<Option<SessionUser>> {
        match self.snapshots.newest()? {
            Some(snapshot) => snapshot.find_by_session(session),
            None => self.read(|connection| users::find_by_session(connection, session)),
        }
    }

    /// Lets the reads of this thread share a snapshot, for as long as it is the newest, until
    /// [`Db::let_go`]. Says whether they did not before.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub fn hold(&self) -> Result<bool> {
        self.snapshots.hold(|| {
            self.place.check()?;
            let mut connection = Connection::open_with_flags(self.place.path(), FLAGS)?;
            Use::Reading.on_acquire(&mut connection)?;
            connection.pragma_update(None, "cache_size", -KEPT_KIB)?;
            Ok(connection)
        })
    }

    /// Gives the snapshot of this thread back: the log cannot start anew before.
    ///
    /// # Errors
    /// The database fails.
    pub fn let_go(&self) -> Result<()> {
        self.snapshots.let_go()
    }

    /// Answers whether the database does, and is still the file that was opened.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self) -> Result<()> {
        self.place.check()?;
        self.size().map(drop)
    }

    /// How large the database is, in bytes.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn size(&self) -> Result<u64> {
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
    pub fn copy_to(
        &self,
        path: &Path,
        finish: impl FnOnce(&Connection) -> Result<()>,
        on_progress: impl FnMut(u64) + Send + 'static,
    ) -> io::Result<()> {
        // The connections for reading may not write anywhere.
        let connection =
            Connection::open_with_flags(self.place.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
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
    pub fn write<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.place.check()?;
        let mut connection = self.writer.get().map_err(Error::from)?;
        let _pause = self.snapshots.pause();
        let transaction = self.begin(&mut connection)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }

    /// Takes the write lock in turn with other processes: the turn is kept until the lock is there,
    /// and no longer.
    fn begin<'c>(&self, connection: &'c mut Connection) -> Result<Transaction<'c>> {
        let failed = |error: io::Error| Error::ServerNotReady { source: Some(error.into()) };
        self.turn.lock().map_err(failed)?;
        let begun = Transaction::new(connection, TransactionBehavior::Immediate);
        self.turn.unlock().map_err(failed)?;
        Ok(begun?)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Reading,
    Writing,
}

impl CustomizeConnection<Connection, rusqlite::Error> for Use {
    fn on_acquire(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        pragmas(connection)?;
        connection.pragma_update(None, "query_only", *self == Self::Reading)
    }
}

/// What every connection needs: a commit is on the disk when it is acknowledged, and references
/// hold.
pub(super) fn pragmas(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // One plan for all values: SQLite would else plan some statements anew at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
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
}
