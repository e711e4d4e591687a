//! How every connection to the database is opened and set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Result};

/// How long a statement waits for another process's lock, and a caller for a connection.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_CACHE: usize = 32;
/// The page cache of a connection. A login or a change uses some ten pages, and pages that are not
/// in it are read from the cache of the system. SQLite's own default is 2000 KiB, which each
/// connection would fill and keep.
const CACHE_KIB: i32 = 128;
/// The page cache of a temporary database.
const TEMPORARY_CACHE_KIB: i32 = 2 << 10;
/// Without `SQLITE_OPEN_CREATE`, since [`super::schema`] creates the file; without
/// `SQLITE_OPEN_URI`, so that no path is read as a URI.
pub(super) const FLAGS: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Opens a connection that reads and writes.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, FLAGS)?;
    set_up(&connection)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, FLAGS)?;
    set_up_reader(&connection)?;
    Ok(connection)
}

/// Opens a temporary database, which is deleted when it is closed. What does not fit into the cache
/// is in a file without a name, in the folder for temporary files.
pub(super) fn open_temporary() -> Result<Connection> {
    let connection = Connection::open("")?;
    set_up(&connection)?;
    connection.pragma_update(None, "cache_size", -TEMPORARY_CACHE_KIB)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    Ok(connection)
}

/// Sets up a new connection for reading: every statement that would write fails.
pub(super) fn set_up_reader(connection: &Connection) -> Result<()> {
    set_up(connection)?;
    connection.pragma_update(None, "query_only", true)
}

/// Sets what every connection needs: a commit is on the disk when it is acknowledged, and foreign
/// keys are enforced.
fn set_up(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // Without this (query planner stability guarantee), SQLite plans some statements again at each
    // use, for the values that are bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}
