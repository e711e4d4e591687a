//! The table `recovery_codes`.

use rusqlite::{Connection, OptionalExtension, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Stores new codes of a user, and deletes all earlier ones.
pub(crate) fn replace(connection: &Connection, user_id: UserId, hashes: &[[u8; 32]]) -> Result<()> {
    delete_all_of(connection, user_id)?;
    let mut insert =
        connection.prepare_cached("INSERT INTO recovery_codes (user_id, hash) VALUES (?1, ?2)")?;
    hashes.iter().try_for_each(|hash| insert.execute(params![user_id, hash]).map(drop))?;
    Ok(())
}

/// Whether a recovery code may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeState {
    Unused,
    Used,
}

/// The state of a code, if it is one of the user's.
pub(crate) fn find_state(
    connection: &Connection,
    user_id: UserId,
    hash: &[u8; 32],
) -> Result<Option<CodeState>> {
    let query = "SELECT used_at IS NOT NULL FROM recovery_codes WHERE user_id = ?1 AND hash = ?2";
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, hash], |row| {
            Ok(if row.get(0)? { CodeState::Used } else { CodeState::Unused })
        })
        .optional()?)
}

/// Marks a code as used.
pub(crate) fn update_used(
    connection: &Connection,
    user_id: UserId,
    hash: &[u8; 32],
    at: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached("UPDATE recovery_codes SET used_at = ?3 WHERE user_id = ?1 AND hash = ?2")?
        .execute(params![user_id, hash, at])?;
    Ok(())
}

/// Deletes all codes of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?
        .execute([user_id])?;
    Ok(())
}

/// Deletes the codes of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM recovery_codes", [])?;
    Ok(())
}

/// Whether any user has recovery codes.
pub(crate) fn exists_any(connection: &Connection) -> Result<bool> {
    Ok(connection
        .query_row("SELECT EXISTS (SELECT 1 FROM recovery_codes)", [], |row| row.get(0))?)
}
