//! The table `email_confirmations`.

use rusqlite::{Connection, OptionalExtension, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores a link's token; those of the same user whose time is over go.
pub(crate) fn insert(
    connection: &Connection,
    token_sha256: &[u8; 32],
    (user_id, email): (UserId, &str),
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<()> {
    let expired = "DELETE FROM email_confirmations WHERE user_id = ?1 AND expires_at <= ?2";
    connection.execute(expired, params![user_id, now])?;
    connection.execute(
        "INSERT INTO email_confirmations (token_sha256, user_id, email, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![token_sha256, user_id, email, expires_at],
    )?;
    Ok(())
}

/// Whose address a token confirms, and which.
pub(crate) fn find_active(
    connection: &Connection,
    token_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(UserId, String)>> {
    let query = "SELECT user_id, email FROM email_confirmations WHERE token_sha256 = ?1 AND expires_at > ?2";
    let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(connection.query_row(query, params![token_sha256, now], pair).optional()?)
}

/// Deletes all links of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM email_confirmations WHERE user_id = ?1", [user_id])?;
    Ok(())
}
