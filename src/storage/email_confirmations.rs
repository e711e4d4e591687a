//! The table `email_confirmations`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Bound;
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

pub(crate) fn insert(connection: &Connection, new: NewEmailConfirmation<'_>) -> Result<()> {
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

/// Lists the addresses that a user was mailed a link to, unless it has expired.
pub(crate) fn list_addresses_of(
    connection: &Connection,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<String>> {
    let query = "SELECT DISTINCT email FROM email_confirmations
                 WHERE user_id = ?1 AND expires_at > ?2 ORDER BY email";
    let mut statement = connection.prepare(query)?;
    let found = statement.query_map(params![user_id, now], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Deletes all links of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM email_confirmations WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Counts the links that expire later than they can.
pub(crate) fn count_later(connection: &Connection, end: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM email_confirmations WHERE expires_at > ?1";
    Ok(connection.query_row(query, [end.tolerated], |row| row.get(0))?)
}

/// Lets those links expire as late as they can.
pub(crate) fn update_later(connection: &Connection, end: Bound) -> Result<()> {
    let change = "UPDATE email_confirmations SET expires_at = ?2 WHERE expires_at > ?1";
    connection.execute(change, [end.tolerated, end.latest])?;
    Ok(())
}

/// Deletes up to `limit` expired links, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM email_confirmations WHERE token_sha256 IN
         (SELECT token_sha256 FROM email_confirmations WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}
