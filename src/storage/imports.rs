//! What an import writes that no other change does: users with the ids and instants that they had.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::users::{Link, User, UserId, find_by_id};
use super::{connection, schema};
use crate::error::{Error, Result};
use crate::normalization::address::fold as fold_address;
use crate::normalization::fold;

/// A temporary database with the schema of this version, in which an import can be tried.
pub(crate) fn scratch() -> Result<Connection> {
    let mut scratch = connection::open_temporary()?;
    schema::fill(&mut scratch)?;
    Ok(scratch)
}

/// Stores a user with every column, but for those that count rows of other tables.
pub(crate) fn insert(connection: &Connection, user: &User) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO users (id, username, display, email, email_verified, password_hash,
                 password_changed_at, is_admin, rank, bio, thumbnail, banner, home, links, tags,
                 suspended_at, suspended_until, suspension_reason, created_at, has_email_factor,
                 pronoun, avatar, presence, presence_text, display_folded, email_folded)
             VALUES (:id, :username, :display, :email, :email_verified, :password_hash,
                 :password_changed_at, :is_admin, :rank, :bio, :thumbnail, :banner, :home, :links,
                 :tags, :suspended_at, :suspended_until, :suspension_reason, :created_at,
                 :has_email_factor, :pronoun, :avatar, :presence, :presence_text, :display_folded,
                 :email_folded)",
        )?
        .execute(named_params! {
            ":id": user.id,
            ":username": user.username,
            ":display": user.display,
            ":email": user.email,
            ":email_verified": user.email_verified,
            ":password_hash": user.password_hash,
            ":password_changed_at": user.password_changed_at,
            ":is_admin": user.is_admin,
            ":rank": user.rank,
            ":bio": user.bio,
            ":thumbnail": user.thumbnail,
            ":banner": user.banner,
            ":home": user.home,
            ":links": user.links.iter().map(Link::write).collect::<Vec<_>>().join("\n"),
            ":tags": user.tags.join("\n"),
            ":suspended_at": user.suspended_at,
            ":suspended_until": user.suspended_until,
            ":suspension_reason": user.suspension_reason,
            ":created_at": user.created_at,
            ":has_email_factor": user.has_email_factor,
            ":pronoun": user.pronoun,
            ":avatar": user.avatar,
            ":presence": user.presence,
            ":presence_text": user.presence_text,
            ":display_folded": fold(&user.display),
            ":email_folded": user.email.as_deref().map(fold_address),
        })?;
    Ok(())
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
    find_by_id(connection, id)?.ok_or(Error::UserNotFound)
}
