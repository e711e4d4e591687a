//! The column `login_hash` of the table `sessions`: by what a repeat of a login is known.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::sessions::SessionId;
use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// The session that a login has opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenedByLogin {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Finds the latest session of a user that a login with this hash has opened after `earliest`.
pub(crate) fn find(
    connection: &Connection,
    user_id: UserId,
    login_hash: &[u8; 32],
    earliest: Timestamp,
) -> Result<Option<OpenedByLogin>> {
    let query = "SELECT id, created_at, expires_at FROM sessions
                 WHERE user_id = ?1 AND login_hash = ?2 AND created_at > ?3
                 ORDER BY id DESC LIMIT 1";
    let opened = |row: &Row<'_>| {
        Ok(OpenedByLogin {
            id: row.get("id")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
        })
    };
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, login_hash, earliest], opened)
        .optional()?)
}

/// Stores by what a repeat of the login that opened a session is known.
pub(crate) fn update(connection: &Connection, id: SessionId, login_hash: &[u8; 32]) -> Result<()> {
    connection
        .prepare_cached("UPDATE sessions SET login_hash = ?2 WHERE id = ?1")?
        .execute(params![id, login_hash])?;
    Ok(())
}
