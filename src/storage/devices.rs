//! The table `devices`.

use rusqlite::{Connection, params};

use super::Bound;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Whether a user has logged in from any device.
pub(crate) fn exists_any_of(connection: &Connection, user_id: UserId) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM devices WHERE user_id = ?1)";
    Ok(connection.prepare_cached(query)?.query_row([user_id], |row| row.get(0))?)
}

/// Whether a user has logged in from a device since then.
pub(crate) fn exists(
    connection: &Connection,
    user_id: UserId,
    hash: &[u8; 32],
    since: Timestamp,
) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM devices
                 WHERE user_id = ?1 AND hash = ?2 AND last_seen_at >= ?3)";
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, hash, since], |row| row.get(0))?)
}

/// Stores that a user logged in from a device.
pub(crate) fn put(
    connection: &Connection,
    user_id: UserId,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO devices (user_id, hash, last_seen_at) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![user_id, hash, now])?;
    Ok(())
}

/// Lists when a user logged in from each of the devices for the last time, the latest first.
pub(crate) fn list_last_seen_of(
    connection: &Connection,
    user_id: UserId,
) -> Result<Vec<Timestamp>> {
    let query = "SELECT last_seen_at FROM devices WHERE user_id = ?1 ORDER BY last_seen_at DESC";
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_map([user_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Counts the devices that were seen later than they can have been.
pub(crate) fn count_later(connection: &Connection, seen: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM devices WHERE last_seen_at > ?1";
    Ok(connection.query_row(query, [seen.tolerated], |row| row.get(0))?)
}

/// Stores that those devices were seen as late as they can have been.
pub(crate) fn update_later(connection: &Connection, seen: Bound) -> Result<()> {
    let change = "UPDATE devices SET last_seen_at = ?2 WHERE last_seen_at > ?1";
    connection.execute(change, [seen.tolerated, seen.latest])?;
    Ok(())
}

/// Deletes the devices from which a user has not logged in since `before`.
pub(crate) fn delete_older(
    connection: &Connection,
    user_id: UserId,
    before: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM devices WHERE user_id = ?1 AND last_seen_at < ?2")?
        .execute(params![user_id, before])?;
    Ok(())
}
