//! The table `totp_enrollments`.

use rusqlite::{Connection, OptionalExtension, params};

use super::Bound;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores a pending secret, and replaces the user's earlier one.
pub(crate) fn put(
    connection: &Connection,
    user_id: UserId,
    secret: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO totp_enrollments (user_id, secret, expires_at) VALUES (?1, ?2, ?3)",
        params![user_id, secret, expires_at],
    )?;
    Ok(())
}

/// Finds the sealed secret of a user, unless it has expired.
pub(crate) fn find_active(
    connection: &Connection,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let query = "SELECT secret FROM totp_enrollments WHERE user_id = ?1 AND expires_at > ?2";
    Ok(connection.query_row(query, params![user_id, now], |row| row.get(0)).optional()?)
}

/// Deletes a secret. Returns false if it is not the user's pending one any more.
pub(crate) fn delete(connection: &Connection, user_id: UserId, secret: &[u8]) -> Result<bool> {
    let query = "DELETE FROM totp_enrollments WHERE user_id = ?1 AND secret = ?2";
    Ok(connection.execute(query, params![user_id, secret])? == 1)
}

/// Deletes the pending secret of a user.
pub(crate) fn delete_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM totp_enrollments WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Deletes the pending secrets of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM totp_enrollments", [])?;
    Ok(())
}

/// Counts the secrets that expire later than they can.
pub(crate) fn count_later(connection: &Connection, end: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM totp_enrollments WHERE expires_at > ?1";
    Ok(connection.query_row(query, [end.tolerated], |row| row.get(0))?)
}

/// Lets those secrets expire as late as they can.
pub(crate) fn update_later(connection: &Connection, end: Bound) -> Result<()> {
    let change = "UPDATE totp_enrollments SET expires_at = ?2 WHERE expires_at > ?1";
    connection.execute(change, [end.tolerated, end.latest])?;
    Ok(())
}

/// Deletes up to `limit` expired secrets, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM totp_enrollments WHERE user_id IN
         (SELECT user_id FROM totp_enrollments WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}
