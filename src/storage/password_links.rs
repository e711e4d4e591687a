//! The table `password_links`.

use rusqlite::{Connection, params};

use super::Bound;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 8;

/// Deletes the links of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM password_links", [])?;
    Ok(())
}

/// Deletes up to `limit` expired links, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM password_links WHERE user_id IN
         (SELECT user_id FROM password_links WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}

/// Counts the links that were made later than they can have been.
pub(crate) fn count_later(connection: &Connection, created: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM password_links WHERE created_at > ?1";
    Ok(connection.query_row(query, [created.tolerated], |row| row.get(0))?)
}

/// Lets those links begin as late as they can have, and last as long as before.
pub(crate) fn update_later(connection: &Connection, created: Bound) -> Result<()> {
    connection.execute(
        "UPDATE password_links SET created_at = ?2, expires_at = ?2 + expires_at - created_at
         WHERE created_at > ?1",
        [created.tolerated, created.latest],
    )?;
    Ok(())
}
