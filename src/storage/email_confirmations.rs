//! The table `email_confirmations`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// A link that is to be mailed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEmailConfirmation<'a> {
    pub token_sha256: &'a [u8; 32],
    pub user_id: UserId,
    pub email: &'a str,
    pub expires_at: Timestamp,
}

/// One row, without its token and its time.
#[derive(Clone, Debug)]
pub(crate) struct EmailConfirmation {
    pub user_id: UserId,
    pub email: String,
}

/// Stores a link, and deletes the expired ones of the same user.
pub(crate) fn insert(
    connection: &Connection,
    new: NewEmailConfirmation<'_>,
    now: Timestamp,
) -> Result<()> {
    let expired = "DELETE FROM email_confirmations WHERE user_id = ?1 AND expires_at <= ?2";
    connection.execute(expired, params![new.user_id, now])?;
    connection.execute(
        "INSERT INTO email_confirmations (token_sha256, user_id, email, expires_at)
         VALUES (?1, ?2, ?3, ?4)",
        params![new.token_sha256, new.user_id, new.email, new.expires_at],
    )?;
    Ok(())
}

/// The link with this token, unless it has expired.
pub(crate) fn find_active(
    connection: &Connection,
    token_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<Option<EmailConfirmation>> {
    let query = "SELECT user_id, email FROM email_confirmations
                 WHERE token_sha256 = ?1 AND expires_at > ?2";
    let found = |row: &Row<'_>| {
        Ok(EmailConfirmation { user_id: row.get("user_id")?, email: row.get("email")? })
    };
    Ok(connection.query_row(query, params![token_sha256, now], found).optional()?)
}

/// Deletes all links of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM email_confirmations WHERE user_id = ?1", [user_id])?;
    Ok(())
}
