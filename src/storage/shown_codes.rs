//! The table `shown_recovery_codes`.

use rusqlite::{Connection, OptionalExtension, params};

use super::Bound;
use super::sessions::SessionRef;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores the sealed codes of a user, which replace the earlier ones, and deletes all expired ones.
pub(crate) fn put(
    connection: &Connection,
    of: SessionRef,
    codes: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    connection.execute("DELETE FROM shown_recovery_codes WHERE expires_at <= ?1", [now])?;
    connection.execute(
        "INSERT OR REPLACE INTO shown_recovery_codes (user_id, session_id, codes, expires_at)
         VALUES (?1, ?2, ?3, ?4)",
        params![of.user, of.session, codes, expires_at],
    )?;
    Ok(())
}

/// Finds the sealed codes that a session shows, unless they have expired.
pub(crate) fn find_active(
    connection: &Connection,
    of: SessionRef,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let query = "SELECT codes FROM shown_recovery_codes
                 WHERE user_id = ?1 AND session_id = ?2 AND expires_at > ?3";
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![of.user, of.session, now], |row| row.get(0))
        .optional()?)
}

/// Deletes the codes that a session shows.
pub(crate) fn delete(connection: &Connection, of: SessionRef) -> Result<()> {
    connection.execute(
        "DELETE FROM shown_recovery_codes WHERE user_id = ?1 AND session_id = ?2",
        params![of.user, of.session],
    )?;
    Ok(())
}

/// Deletes the codes that are shown to a user.
pub(crate) fn delete_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM shown_recovery_codes WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Counts the codes that are shown for longer than they can be.
pub(crate) fn count_later(connection: &Connection, end: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM shown_recovery_codes WHERE expires_at > ?1";
    Ok(connection.query_row(query, [end.tolerated], |row| row.get(0))?)
}

/// Lets those codes be shown for as long as they can be.
pub(crate) fn update_later(connection: &Connection, end: Bound) -> Result<()> {
    let change = "UPDATE shown_recovery_codes SET expires_at = ?2 WHERE expires_at > ?1";
    connection.execute(change, [end.tolerated, end.latest])?;
    Ok(())
}

/// Deletes up to `limit` of what is shown no longer, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM shown_recovery_codes WHERE user_id IN
         (SELECT user_id FROM shown_recovery_codes WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}
