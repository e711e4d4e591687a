//! The table `password_links`.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Bound;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 8;

/// Who made a link: the column `made_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The form for a forgotten password, which mails it.
    Mail,
    /// The operator, who hands it to the user.
    Operator,
}

impl Maker {
    /// The maker as the column has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Operator => "operator",
        }
    }
}

impl ToSql for Maker {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Maker {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let maker = [Self::Mail, Self::Operator].into_iter().find(|maker| maker.as_str() == text);
        maker.ok_or(FromSqlError::InvalidType)
    }
}

/// A link that is to be stored.
pub(crate) struct NewPasswordLink<'a> {
    pub user_id: UserId,
    pub secret_sha256: &'a [u8; 32],
    pub made_by: Maker,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// One row, without its secret and its times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordLink {
    pub user_id: UserId,
    pub made_by: Maker,
}

/// Stores a link, in the place of an earlier one of the user.
pub(crate) fn put(connection: &Connection, new: &NewPasswordLink<'_>) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO password_links
             (user_id, secret_sha256, made_by, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![new.user_id, new.secret_sha256, new.made_by, new.created_at, new.expires_at],
    )?;
    Ok(())
}

/// The link with this secret, unless it has expired.
pub(crate) fn find_active(
    connection: &Connection,
    secret_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<Option<PasswordLink>> {
    let query = "SELECT user_id, made_by FROM password_links
                 WHERE secret_sha256 = ?1 AND expires_at > ?2";
    let found = |row: &Row<'_>| {
        Ok(PasswordLink { user_id: row.get("user_id")?, made_by: row.get("made_by")? })
    };
    Ok(connection.query_row(query, params![secret_sha256, now], found).optional()?)
}

/// What is kept of a link besides its secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenPasswordLink {
    pub made_by: Maker,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Finds the link of a user, unless it has expired.
pub(crate) fn find_of(
    connection: &Connection,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<OpenPasswordLink>> {
    let query = "SELECT made_by, created_at, expires_at FROM password_links
                 WHERE user_id = ?1 AND expires_at > ?2";
    let found = |row: &Row<'_>| {
        Ok(OpenPasswordLink {
            made_by: row.get("made_by")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
        })
    };
    Ok(connection.query_row(query, params![user_id, now], found).optional()?)
}

/// Deletes the link of a user, if there is one.
pub(crate) fn delete_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.execute("DELETE FROM password_links WHERE user_id = ?1", [user_id])?;
    Ok(())
}

/// Deletes the link with this secret, if there is one.
pub(crate) fn delete(connection: &Connection, secret_sha256: &[u8; 32]) -> Result<()> {
    connection.execute("DELETE FROM password_links WHERE secret_sha256 = ?1", [secret_sha256])?;
    Ok(())
}

/// Deletes the links of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM password_links", [])?;
    Ok(())
}

/// Deletes up to `limit` expired links, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM password_links WHERE user_id IN
         (SELECT user_id FROM password_links WHERE expires_at <= ?1 LIMIT ?2)",
        params![now, limit],
    )?)
}

/// Counts the links that were made later than they can have been.
pub(crate) fn count_later(connection: &Connection, created: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM password_links WHERE created_at > ?1";
    Ok(connection.query_row(query, [created.tolerated], |row| row.get(0))?)
}

/// Lets those links begin as late as they can have, and last as long as before.
pub(crate) fn update_later(connection: &Connection, created: Bound) -> Result<()> {
    connection.execute(
        "UPDATE password_links SET created_at = ?2, expires_at = ?2 + expires_at - created_at
         WHERE created_at > ?1",
        [created.tolerated, created.latest],
    )?;
    Ok(())
}
