//! The table `audit`.

use rusqlite::types::{Null, ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 2;

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

/// Finds when the latest entry was written.
pub(crate) fn find_last_at(connection: &Connection) -> Result<Option<Timestamp>> {
    let query = "SELECT at FROM audit ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(query, [], |row| row.get(0)).optional()?)
}

/// Whose entries are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
    Everyone,
    /// Those of a user.
    User(UserId),
    /// Those of users who had a username at the time.
    Named(&'a str),
}

/// Which entries are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    pub whose: Whose<'a>,
    pub since: Option<Timestamp>,
    /// The first instant whose entries are not listed.
    pub until: Option<Timestamp>,
    /// A pattern for the event's name, as of the operator `GLOB`.
    pub event: Option<&'a str>,
}

impl Filter<'_> {
    /// Every entry.
    pub(crate) const fn all() -> Self {
        Self { whose: Whose::Everyone, since: None, until: None, event: None }
    }
}

/// A query for everyone, for a user, and for a username: with one query for all three, none would
/// use the index of users.
macro_rules! for_each {
    ($whose:expr, $start:literal, $end:literal) => {
        match $whose {
            Whose::Everyone => filtered!($start, ":whose IS NULL", $end),
            Whose::User(_) => filtered!($start, "user_id = :whose", $end),
            Whose::Named(_) => filtered!($start, "username = :whose", $end),
        }
    };
}

macro_rules! filtered {
    ($start:literal, $whose:literal, $end:literal) => {
        concat!(
            $start,
            $whose,
            " AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)
              AND (:event IS NULL OR event GLOB :event) ",
            $end
        )
    };
}

impl ToSql for Whose<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Everyone => Ok(Null.into()),
            Self::User(id) => id.to_sql(),
            Self::Named(name) => Ok((*name).into()),
        }
    }
}

/// Finds the id of the newest entry but `skipped`.
pub(crate) fn find_newest_but(
    connection: &Connection,
    filter: &Filter<'_>,
    skipped: u32,
) -> Result<Option<i64>> {
    let query = for_each!(
        filter.whose,
        "SELECT id FROM audit WHERE ",
        "ORDER BY id DESC LIMIT 1 OFFSET :skipped"
    );
    let found = connection.prepare_cached(query)?.query_row(
        named_params! {
            ":whose": filter.whose,
            ":since": filter.since,
            ":until": filter.until,
            ":event": filter.event,
            ":skipped": skipped,
        },
        |row| row.get(0),
    );
    Ok(found.optional()?)
}

/// The ids from the first up to the last, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub first: i64,
    pub last: i64,
}

/// An entry and its id.
pub(crate) struct Listed {
    pub id: i64,
    pub entry: Entry,
}

/// Lists entries, the oldest first, up to a limit.
pub(crate) fn list(
    connection: &Connection,
    filter: &Filter<'_>,
    ids: Ids,
    limit: u32,
) -> Result<Vec<Listed>> {
    let query = for_each!(
        filter.whose,
        "SELECT * FROM audit WHERE id BETWEEN :first AND :last AND ",
        "ORDER BY id LIMIT :limit"
    );
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(
        named_params! {
            ":whose": filter.whose,
            ":since": filter.since,
            ":until": filter.until,
            ":event": filter.event,
            ":first": ids.first,
            ":last": ids.last,
            ":limit": limit,
        },
        |row| Ok(Listed { id: row.get("id")?, entry: entry(row)? }),
    )?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
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
    connection.execute("DELETE FROM audit WHERE user_id = ?1", [user_id])?;
    Ok(())
}
