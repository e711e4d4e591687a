//! The table `used_challenges`.

use rusqlite::{Connection, params};

use crate::error::Result;
use crate::time::Timestamp;

/// Stores that a challenge was answered. Returns false if it was answered before.
pub(crate) fn insert(
    connection: &Connection,
    sha256: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool> {
    let inserted = connection
        .prepare_cached("INSERT INTO used_challenges VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![sha256, expires_at])?;
    Ok(inserted == 1)
}

/// Deletes up to `limit` challenges that have expired, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM used_challenges WHERE sha256 IN
         (SELECT sha256 FROM used_challenges WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}
