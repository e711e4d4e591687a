//! How every connection to the database is set up.

use std::time::Duration;

use r2d2::CustomizeConnection;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// How long a statement waits for another process's lock, and a caller for a connection.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_CACHE: usize = 32;
/// Without `SQLITE_OPEN_CREATE`, since [`super::schema`] creates the file; without
/// `SQLITE_OPEN_URI`, so that no path is read as a URI.
pub(super) const FLAGS: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Reading,
    Writing,
}

impl CustomizeConnection<Connection, rusqlite::Error> for Use {
    fn on_acquire(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        pragmas(connection)?;
        connection.pragma_update(None, "query_only", *self == Self::Reading)
    }
}

/// Sets what every connection needs: a commit is on the disk when it is acknowledged, and foreign
/// keys are enforced.
pub(super) fn pragmas(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // Without this (query planner stability guarantee), SQLite plans some statements again at each
    // use, for the values that are bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}
