//! The table `devices`.

use rusqlite::{Connection, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Whether a user has logged in from any device.
pub(crate) fn exists_any_of(connection: &Connection, user_id: UserId) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM devices WHERE user_id = ?1)";
    Ok(connection.prepare_cached(query)?.query_row([user_id], |row| row.get(0))?)
}

/// Whether a user has logged in from a device.
pub(crate) fn exists(connection: &Connection, user_id: UserId, hash: &[u8; 32]) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM devices WHERE user_id = ?1 AND hash = ?2)";
    Ok(connection.prepare_cached(query)?.query_row(params![user_id, hash], |row| row.get(0))?)
}

/// Stores that a user logged in from a device. Returns whether they had done so before.
pub(crate) fn touch(
    connection: &Connection,
    user_id: UserId,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool> {
    let updated = connection
        .prepare_cached("UPDATE devices SET last_seen_at = ?3 WHERE user_id = ?1 AND hash = ?2")?
        .execute(params![user_id, hash, now])?;
    if updated == 0 {
        connection
            .prepare_cached(
                "INSERT INTO devices (user_id, hash, last_seen_at) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![user_id, hash, now])?;
    }
    Ok(updated == 1)
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
