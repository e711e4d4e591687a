//! The table `totp_used_steps`.

use rusqlite::{Connection, params};

use super::users::UserId;
use crate::error::Result;

/// Stores that a code of this time step was accepted.
pub(crate) fn put(connection: &Connection, user_id: UserId, step: i64) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO totp_used_steps (user_id, step) VALUES (?1, ?2)")?
        .execute(params![user_id, step])?;
    Ok(())
}

/// Deletes up to `limit` steps before this one, and returns how many it deleted.
pub(crate) fn delete_older(connection: &Connection, before: i64, limit: u32) -> Result<usize> {
    Ok(connection
        .prepare_cached(
            "DELETE FROM totp_used_steps WHERE (user_id, step) IN
             (SELECT user_id, step FROM totp_used_steps WHERE step < ?1 LIMIT ?2)",
        )?
        .execute(params![before, limit])?)
}
