//! The table `clock`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 6;

/// What the server has seen of the system clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeenClock {
    pub seen_at: Timestamp,
    pub trusted_at: Timestamp,
}

pub(crate) fn find(connection: &Connection) -> Result<Option<SeenClock>> {
    let query = "SELECT seen_at, trusted_at FROM clock WHERE id = 1";
    let clock = |row: &rusqlite::Row<'_>| {
        Ok(SeenClock { seen_at: row.get("seen_at")?, trusted_at: row.get("trusted_at")? })
    };
    Ok(connection.prepare_cached(query)?.query_row([], clock).optional()?)
}

/// Stores what was seen, instead of what was seen before.
pub(crate) fn put(connection: &Connection, clock: SeenClock) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO clock (id, seen_at, trusted_at) VALUES (1, ?1, ?2)",
        )?
        .execute(params![clock.seen_at, clock.trusted_at])?;
    Ok(())
}

/// Whether what is too old at `now` may be deleted.
pub(crate) fn is_trusted(connection: &Connection, now: Timestamp) -> Result<bool> {
    Ok(find(connection)?.is_none_or(|clock| clock.trusted_at <= now))
}
