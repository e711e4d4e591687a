//! The table `sent_codes`.

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, params};

use super::Bound;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 2;

/// How a code is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// By mail to the user's address.
    Email,
    /// By the operator, who hands it to the user.
    Operator,
    /// In a session, in exchange for a passkey.
    Passkey,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Operator => "operator",
            Self::Passkey => "passkey",
        }
    }
}

impl ToSql for Channel {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

/// A code that has not expired; it may be used already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentCode {
    pub hash: [u8; 32],
    pub expires_at: Timestamp,
    pub is_used: bool,
}

/// A code that is to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct NewSentCode<'a> {
    pub user_id: UserId,
    pub channel: Channel,
    pub hash: &'a [u8; 32],
    pub expires_at: Timestamp,
    pub tries_left: u32,
}

/// Stores a code, and replaces the user's earlier one of the same channel.
pub(crate) fn put(connection: &Connection, new: &NewSentCode<'_>) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sent_codes (user_id, channel, hash, expires_at, tries_left)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![new.user_id, new.channel, new.hash, new.expires_at, new.tries_left])?;
    Ok(())
}

/// Finds the code of a channel, unless it has expired or no try is left.
pub(crate) fn find_active(
    connection: &Connection,
    user_id: UserId,
    channel: Channel,
    now: Timestamp,
) -> Result<Option<SentCode>> {
    let query = "SELECT hash, expires_at, used_at IS NOT NULL FROM sent_codes
                 WHERE user_id = ?1 AND channel = ?2 AND expires_at > ?3 AND tries_left > 0";
    let code = |row: &rusqlite::Row<'_>| {
        Ok(SentCode { hash: row.get(0)?, expires_at: row.get(1)?, is_used: row.get(2)? })
    };
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, channel, now], code)
        .optional()?)
}

/// Marks a code as used.
pub(crate) fn update_used(
    connection: &Connection,
    user_id: UserId,
    channel: Channel,
    at: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached("UPDATE sent_codes SET used_at = ?3 WHERE user_id = ?1 AND channel = ?2")?
        .execute(params![user_id, channel, at])?;
    Ok(())
}

/// Takes one try from each code of a user, after a wrong one.
pub(crate) fn update_tries(connection: &Connection, user_id: UserId) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE sent_codes SET tries_left = tries_left - 1
             WHERE user_id = ?1 AND tries_left > 0",
        )?
        .execute([user_id])?;
    Ok(())
}

/// Deletes a code that was not delivered.
pub(crate) fn delete(connection: &Connection, user_id: UserId, hash: &[u8; 32]) -> Result<()> {
    connection.execute(
        "DELETE FROM sent_codes WHERE user_id = ?1 AND channel = ?2 AND hash = ?3",
        params![user_id, Channel::Email, hash],
    )?;
    Ok(())
}

/// Deletes the code of a channel.
pub(crate) fn delete_of(connection: &Connection, user_id: UserId, channel: Channel) -> Result<()> {
    connection.execute(
        "DELETE FROM sent_codes WHERE user_id = ?1 AND channel = ?2",
        params![user_id, channel],
    )?;
    Ok(())
}

/// Deletes the codes of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM sent_codes", [])?;
    Ok(())
}

/// Deletes the codes of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM sent_codes WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Counts the codes that expire later than they can.
pub(crate) fn count_later(connection: &Connection, end: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM sent_codes WHERE expires_at > ?1";
    Ok(connection.query_row(query, [end.tolerated], |row| row.get(0))?)
}

/// Lets those codes expire as late as they can.
pub(crate) fn update_later(connection: &Connection, end: Bound) -> Result<()> {
    let change = "UPDATE sent_codes SET expires_at = ?2 WHERE expires_at > ?1";
    connection.execute(change, [end.tolerated, end.latest])?;
    Ok(())
}

/// Deletes up to `limit` expired codes, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM sent_codes WHERE (user_id, channel) IN
         (SELECT user_id, channel FROM sent_codes WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}
