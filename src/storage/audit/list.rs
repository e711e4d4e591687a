//! Which rows of the table `audit` are listed.

use rusqlite::types::{Null, ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{Entry, entry};
use crate::error::Result;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// Finds the user who had an address last, as far as the changes in the entries tell.
pub(crate) fn find_user_by_address(
    connection: &Connection,
    address: &str,
) -> Result<Option<UserId>> {
    let query = "SELECT user_id FROM audit
        WHERE user_id IS NOT NULL AND json_valid(changes)
            AND ?1 IN (lower(changes ->> '$.email[0]'), lower(changes ->> '$.email[1]'))
        ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(query, [address], |row| row.get(0)).optional()?)
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

/// Lists entries of a user before the one with the id `before`, the newest first, up to a limit.
pub(crate) fn list_newest_of(
    connection: &Connection,
    user: UserId,
    before: i64,
    limit: u32,
) -> Result<Vec<Listed>> {
    let query = "SELECT * FROM audit WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(params![user, before, limit], |row| {
        Ok(Listed { id: row.get("id")?, entry: entry(row)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Whether the name of an event has a form, as a [`Filter`] compares them.
pub(crate) fn has_form(connection: &Connection, event: &str, form: &str) -> Result<bool> {
    Ok(connection.query_row("SELECT ?1 GLOB ?2", [event, form], |row| row.get(0))?)
}
