//! The table `totp_enrollments`.

use rusqlite::{Connection, OptionalExtension, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores a secret that waits for its first code, in the place of the one before.
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

/// The sealed secret, unless it has waited too long.
pub(crate) fn find_active(
    connection: &Connection,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let query = "SELECT secret FROM totp_enrollments WHERE user_id = ?1 AND expires_at > ?2";
    Ok(connection.query_row(query, params![user_id, now], |row| row.get(0)).optional()?)
}

/// Deletes this very secret and tells whether it was there.
pub(crate) fn delete(connection: &Connection, user_id: UserId, secret: &[u8]) -> Result<bool> {
    let query = "DELETE FROM totp_enrollments WHERE user_id = ?1 AND secret = ?2";
    Ok(connection.execute(query, params![user_id, secret])? == 1)
}

/// Deletes that of a user.
pub(crate) fn delete_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM totp_enrollments WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Deletes every one.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM totp_enrollments", [])?;
    Ok(())
}
