//! What an import writes that no other change does: users with the ids and instants that they had.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::users::{self, User, UserId};
use super::{connection, schema};
use crate::error::{Error, Result};

/// A temporary database with the schema of this version, in which an import can be tried.
pub(crate) fn scratch() -> Result<Connection> {
    let mut scratch = connection::open_temporary()?;
    schema::fill(&mut scratch)?;
    Ok(scratch)
}

/// Stores a user with the id and the instants that they had, and all that may be edited.
pub(crate) fn insert(connection: &Connection, user: &User) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO users (id, username, display, password_hash, password_changed_at,
                 suspended_at, suspended_until, suspension_reason, created_at)
             VALUES (:id, :username, :display, :password_hash, :password_changed_at,
                 :suspended_at, :suspended_until, :suspension_reason, :created_at)",
        )?
        .execute(named_params! {
            ":id": user.id,
            ":username": user.username,
            ":display": user.display,
            ":password_hash": user.password_hash,
            ":password_changed_at": user.password_changed_at,
            ":suspended_at": user.suspended_at,
            ":suspended_until": user.suspended_until,
            ":suspension_reason": user.suspension_reason,
            ":created_at": user.created_at,
        })?;
    users::update(connection, user)
}

/// Lets a login by password ask for a passkey or a code, for every user who has a passkey.
pub(crate) fn update_passkey_factors(connection: &Connection) -> Result<()> {
    connection.execute("UPDATE users SET has_passkey_factor = 1 WHERE passkeys > 0", [])?;
    Ok(())
}

/// The highest id that a user ever had.
pub(crate) fn find_last_id(connection: &Connection) -> Result<u32> {
    let query = "SELECT seq FROM sqlite_sequence WHERE name = 'users'";
    Ok(connection.query_row(query, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Lets no later user have this id or a lower one.
pub(crate) fn update_last_id(connection: &Connection, last: UserId) -> Result<()> {
    let statement = "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'users'";
    if connection.execute(statement, [last])? == 0 {
        let statement = "INSERT INTO sqlite_sequence (name, seq) VALUES ('users', ?1)";
        connection.execute(statement, [last])?;
    }
    Ok(())
}

/// The user of a database that has only one.
pub(crate) fn find_only(connection: &Connection) -> Result<User> {
    let id = connection.query_row("SELECT id FROM users", [], |row| row.get(0))?;
    users::find_by_id(connection, id)?.ok_or(Error::UserNotFound)
}
