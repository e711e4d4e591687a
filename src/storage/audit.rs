//! The table `audit`.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 2;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub at: Timestamp,
    pub event: String,
    pub user_id: Option<UserId>,
    pub username: Option<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: row.get("at")?,
        event: row.get("event")?,
        user_id: row.get("user_id")?,
        username: row.get("username")?,
        ip: row.get("ip")?,
        user_agent: row.get("user_agent")?,
    })
}

pub(crate) fn insert(connection: &Connection, entry: &Entry) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit (at, event, user_id, username, ip, user_agent)
             VALUES (:at, :event, :user_id, :username, :ip, :user_agent)",
        )?
        .execute(named_params! {
            ":at": entry.at,
            ":event": entry.event,
            ":user_id": entry.user_id,
            ":username": entry.username,
            ":ip": entry.ip,
            ":user_agent": entry.user_agent,
        })?;
    Ok(())
}

/// Lists all entries, oldest first.
pub(crate) fn list_all(connection: &Connection) -> Result<Vec<Entry>> {
    let mut statement = connection.prepare("SELECT * FROM audit ORDER BY id")?;
    Ok(statement.query_map([], entry)?.collect::<rusqlite::Result<_>>()?)
}

/// Finds when the latest entry was written.
pub(crate) fn find_last_at(connection: &Connection) -> Result<Option<Timestamp>> {
    let query = "SELECT at FROM audit ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(query, [], |row| row.get(0)).optional()?)
}

/// Lists the entries of a user, oldest first.
pub(crate) fn list_of(connection: &Connection, user_id: UserId) -> Result<Vec<Entry>> {
    let mut statement = connection.prepare("SELECT * FROM audit WHERE user_id = ?1 ORDER BY id")?;
    Ok(statement.query_map([user_id], entry)?.collect::<rusqlite::Result<_>>()?)
}

/// Lists the entries of users who had a username at the time, oldest first.
pub(crate) fn list_named(connection: &Connection, username: &str) -> Result<Vec<Entry>> {
    let mut statement =
        connection.prepare("SELECT * FROM audit WHERE username = ?1 ORDER BY id")?;
    Ok(statement.query_map([username], entry)?.collect::<rusqlite::Result<_>>()?)
}

/// Deletes up to `limit` entries that are older than `before`.
pub(crate) fn delete_older(connection: &Connection, before: Timestamp, limit: u32) -> Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM audit WHERE id IN
             (SELECT id FROM audit WHERE at < ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute(params![before, limit])?;
    Ok(())
}
