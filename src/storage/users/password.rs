//! The passwords of users.

use rusqlite::{Connection, params};

use super::{User, UserId};
use crate::error::Result;
use crate::time::Timestamp;

/// In the place of a hash: the account has no password, and none logs in to it.
pub(crate) const NO_PASSWORD: &str = "!";

impl User {
    /// Whether the account has a password. One that was imported may have none.
    #[must_use]
    pub(crate) fn has_password(&self) -> bool {
        self.password_hash != NO_PASSWORD
    }
}

/// Whether there is a hash that was wrapped when it was imported.
pub(crate) fn exists_wrapped(connection: &Connection) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM users
                 WHERE password_hash GLOB '$argon2id-pbkdf2-sha256$*')";
    Ok(connection.query_row(query, [], |row| row.get(0))?)
}

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
