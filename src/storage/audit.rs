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

/// Counts the entries that were written later than `latest`.
pub(crate) fn count_later(connection: &Connection, latest: Timestamp) -> Result<u32> {
    let query = "SELECT count(*) FROM audit WHERE at > ?1";
    Ok(connection.query_row(query, [latest], |row| row.get(0))?)
}

/// Finds the first entry to keep: the first one of the time from `since` to `now`, or else the
/// first one of a later time. `None` if all entries are older.
///
/// Entries are in the order in which they were written, whatever the clock said, so that none is
/// older than those before it.
pub(crate) fn find_first_since(
    connection: &Connection,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<i64>> {
    // The plus keeps both queries from the index by time: what they look for is among the first
    // rows.
    let in_time = "SELECT id FROM audit WHERE +at BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1";
    let later = "SELECT id FROM audit WHERE +at > ?1 ORDER BY id LIMIT 1";
    let id = |row: &Row<'_>| row.get(0);
    match connection.prepare_cached(in_time)?.query_row([since, now], id).optional()? {
        Some(first) => Ok(Some(first)),
        None => Ok(connection.prepare_cached(later)?.query_row([now], id).optional()?),
    }
}

/// Deletes up to `limit` entries before the one with this id, and returns how many it deleted.
pub(crate) fn delete_before(connection: &Connection, id: i64, limit: u32) -> Result<usize> {
    Ok(connection
        .prepare_cached(
            "DELETE FROM audit WHERE id IN
             (SELECT id FROM audit WHERE id < ?1 ORDER BY id LIMIT ?2)",
        )?
        .execute(params![id, limit])?)
}
