//! Floor 1: the database. Free functions over a `&Connection`, one file per table; no rule lives here.

pub mod audit;
pub mod backup;
pub mod budgets;
mod columns;
pub mod devices;
pub mod email_confirmations;
mod header;
pub mod keys;
pub mod pictures;
mod place;
pub mod recovery_codes;
pub mod relays;
mod schema;
pub mod sent_codes;
pub mod sessions;
pub mod totp_enrollments;
pub mod totp_factors;
mod upgrades;
pub mod users;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use r2d2::{CustomizeConnection, Pool};
use r2d2_sqlite::SqliteConnectionManager;
pub use rusqlite::Connection;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use scheduled_thread_pool::ScheduledThreadPool;

use crate::descriptors;
use crate::error::{Error, Result};
use crate::files;
use crate::language::Language;
use crate::time::Timestamp;
use place::Place;

/// How long a statement waits for another process's lock, and a caller for a connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_CACHE: usize = 32;
/// The file is made elsewhere, and a path is a path.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read or made.
    #[error("cannot {action} the database {}: {source}; check the folder's owner and free space, or set storage.database", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A later version of Nox wrote it.
    #[error(
        "the database {} has schema version {found}, and this nox knows versions up to {known}: install a newer nox; nothing was changed",
        path.display()
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest that this binary knows.
        known: u32,
    },
    /// Something else wrote it.
    #[error("{} is not a Nox database; nothing was changed: set storage.database to another file", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// Its end is missing.
    #[error(
        "the database {} is damaged: it has {length} of {needed} bytes; put a backup in its place with nox backup restore",
        path.display()
    )]
    Truncated {
        /// Which file.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
        /// The length that its header tells.
        needed: u64,
    },
    /// SQLite refuses it.
    #[error("cannot open the database {}: {}; it may be in use by another program; or it is damaged: then put a backup in its place with nox backup restore", path.display(), describe(source))]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

/// One database: connections for reading, and a single one for writing, so that writers of this process queue
/// fairly instead of polling for SQLite's lock.
pub struct Db {
    place: Place,
    /// The folder, which the process that writes next has locked: a server that is never idle would else take SQLite's
    /// lock again each time before another process looks.
    turn: File,
    readers: Pool<SqliteConnectionManager>,
    writer: Pool<SqliteConnectionManager>,
}

impl Db {
    /// Opens the database at `path`; makes it where there is none.
    ///
    /// # Errors
    /// It cannot be read or made, or is none that this version knows; it is left untouched then.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        schema::prepare(path)?;
        let failed = |action| move |source| OpenError::File { action, path: path.to_owned(), source };
        let turn = File::open(files::parent(path)).map_err(failed("open the folder of"))?;
        let place = Place::of(path).map_err(failed("read"))?;
        // The pools would start three threads each by themselves; connections are made where they are needed.
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
        Ok(Self { place, turn, readers, writer })
    }

    /// Runs `query` on a connection for reading.
    ///
    /// # Errors
    /// The database cannot be reached, or what `query` returns.
    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.readers.try_get();
        let connection = idle.map_or_else(|| self.place.check().and_then(|()| Ok(self.readers.get()?)), Ok)?;
        query(&connection)
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
        self.read(|connection| Ok(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.unsigned_abs()))
    }

    /// Writes a copy of the database, see [`backup::write`].
    ///
    /// # Errors
    /// The database cannot be reached, or the copy not be written.
    pub fn copy_to(&self, path: &Path, finish: impl FnOnce(&Connection) -> Result<()>) -> io::Result<()> {
        // The connections for reading may not write anywhere.
        let connection = Connection::open_with_flags(self.place.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.map_err(|error| io::Error::other(describe(&error)))?;
        backup::write(&connection, path, finish)
    }

    /// Runs `change` in one transaction that holds the write lock from its start, and commits it durably.
    ///
    /// # Errors
    /// The database cannot be reached or stays locked, or what `change` returns; nothing is changed then.
    pub fn write<T, E: From<Error>>(&self, change: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        self.place.check()?;
        let mut connection = self.writer.get().map_err(Error::from)?;
        let transaction = self.begin(&mut connection)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }

    /// Takes the write lock in turn with other processes: the turn is kept until the lock is there, and no longer.
    fn begin<'c>(&self, connection: &'c mut Connection) -> Result<Transaction<'c>> {
        let failed = |error: io::Error| Error::ServerNotReady { source: Some(error.into()) };
        self.turn.lock().map_err(failed)?;
        let begun = Transaction::new(connection, TransactionBehavior::Immediate);
        self.turn.unlock().map_err(failed)?;
        Ok(begun?)
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most this many.
    pub limit: u32,
    /// After this many.
    pub offset: u32,
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

/// What every connection needs: a commit is on the disk when it is acknowledged, and references hold.
fn pragmas(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self::from_millis)
    }
}

impl ToSql for Language {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.tag().into())
    }
}

impl FromSql for Language {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_tag(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase,
            ) => Self::ServerNotReady { source: Some(describe(&error).into()) },
            _ => Self::internal("use the database", error),
        }
    }
}

/// What SQLite says, without what the library adds to it.
fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) => format!("{message} (SQLite {})", code.extended_code),
        other => other.to_string(),
    }
}

impl From<r2d2::Error> for Error {
    fn from(error: r2d2::Error) -> Self {
        Self::ServerNotReady { source: Some(error.into()) }
    }
}
