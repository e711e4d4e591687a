//! The passwords of users.

use rusqlite::{Connection, params};

use super::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores the hash of a new password.
pub(crate) fn update_password(
    connection: &Connection,
    id: UserId,
    hash: &str,
    changed_at: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE users SET password_hash = ?2, password_changed_at = ?3 WHERE id = ?1",
        )?
        .execute(params![id, hash, changed_at])?;
    Ok(())
}

/// Stores a new hash of the same password.
pub(crate) fn update_password_hash(connection: &Connection, id: UserId, hash: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
        .execute(params![id, hash])?;
    Ok(())
}
