//! The table `audit`.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::error::Result;
use crate::storage::users::UserId;
use crate::time::Timestamp;

mod invited;
mod list;

pub(crate) use invited::{find_invitation_of, forget_email, list_invited};
pub(crate) use list::{
    Filter, Ids, Whose, find_newest_but, find_user_by_address, has_form, list, list_newest_of,
};

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 2;

/// The first one whose table has all columns of an [`Entry`].
pub(crate) const ACTORS_SINCE_VERSION: u32 = 7;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub at: Timestamp,
    pub event: String,
    pub user_id: Option<UserId>,
    pub username: Option<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub actor: String,
    /// The old and the new values, as JSON.
    pub changes: Option<String>,
    pub count: u32,
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: row.get("at")?,
        event: row.get("event")?,
        user_id: row.get("user_id")?,
        username: row.get("username")?,
        ip: row.get("ip")?,
        user_agent: row.get("user_agent")?,
        actor: row.get("actor")?,
        changes: row.get("changes")?,
        count: row.get("count")?,
    })
}

/// The statement that inserts a row, with what follows its values.
macro_rules! insert {
    ($end:literal) => {
        concat!(
            "INSERT INTO audit
                 (at, event, user_id, username, ip, user_agent, actor, changes, count, day)
             VALUES
                 (:at, :event, :user_id, :username, :ip, :user_agent, :actor, :changes, :count,
                 :day) ",
            $end
        )
    };
}

pub(crate) fn insert(connection: &Connection, entry: &Entry) -> Result<()> {
    execute(connection, insert!(""), entry, None)
}

/// Inserts what the table of a database before version 7, such as a backup, can hold of a row.
pub(crate) fn insert_in_earlier(connection: &Connection, entry: &Entry) -> Result<()> {
    let row = "INSERT INTO audit (at, event, user_id, username) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(row, params![entry.at, entry.event, entry.user_id, entry.username])?;
    Ok(())
}

/// Counts an event in the one row that its account has for this event and day (UTC). That row tells
/// of the last time only, and moves to the end.
pub(crate) fn count(connection: &Connection, entry: &Entry) -> Result<()> {
    let statement = insert!(
        "ON CONFLICT (user_id, event, day) WHERE day IS NOT NULL DO UPDATE SET
             id = (SELECT max(id) + 1 FROM audit), at = :at, username = :username, ip = :ip,
             user_agent = :user_agent, actor = :actor, changes = :changes, count = count + :count"
    );
    execute(connection, statement, entry, Some(entry.at.millis().div_euclid(DAY_MILLIS)))
}

fn execute(
    connection: &Connection,
    statement: &str,
    entry: &Entry,
    day: Option<i64>,
) -> Result<()> {
    connection.prepare_cached(statement)?.execute(named_params! {
        ":at": entry.at,
        ":event": entry.event,
        ":user_id": entry.user_id,
        ":username": entry.username,
        ":ip": entry.ip,
        ":user_agent": entry.user_agent,
        ":actor": entry.actor,
        ":changes": entry.changes,
        ":count": entry.count,
        ":day": day,
    })?;
    Ok(())
}

/// Whether a user has had this many rows on the day (UTC) of `now`.
pub(crate) fn has_lines_of_day(
    connection: &Connection,
    user_id: UserId,
    lines: u32,
    now: Timestamp,
) -> Result<bool> {
    let query = "SELECT at FROM audit WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2 - 1";
    let first: Option<Timestamp> = connection
        .prepare_cached(query)?
        .query_row(params![user_id, lines], |row| row.get(0))
        .optional()?;
    let day = |at: Timestamp| at.millis().div_euclid(DAY_MILLIS);
    Ok(first.is_some_and(|first| day(first) == day(now)))
}

/// Finds when the latest entry was written.
pub(crate) fn find_last_at(connection: &Connection) -> Result<Option<Timestamp>> {
    let query = "SELECT at FROM audit ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(query, [], |row| row.get(0)).optional()?)
}

/// Counts how often the events with a name of this form happened since an instant.
pub(crate) fn count_since(connection: &Connection, event: &str, since: Timestamp) -> Result<u32> {
    let query = "SELECT ifnull(sum(count), 0) FROM audit WHERE at >= ?2 AND event GLOB ?1";
    Ok(connection.query_row(query, params![event, since], |row| row.get(0))?)
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

/// Deletes all entries of a user.
pub(crate) fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.prepare_cached("DELETE FROM audit WHERE user_id = ?1")?.execute([user_id])?;
    Ok(())
}
