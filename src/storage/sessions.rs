//! The table `sessions`.

use std::time::Duration;

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::columns::Columns;
use super::users::UserId;
use super::{Bound, Pagination};
use crate::error::Result;
use crate::time::Timestamp;

/// The id of a session: `jti` in its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub Uuid);

impl SessionId {
    /// Parses an id of 36 characters, with dashes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        (text.len() == 36).then(|| Uuid::try_parse(text).ok())?.map(Self)
    }
}

/// A session and the user that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionRef {
    pub session: SessionId,
    pub user: UserId,
}

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for SessionId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for SessionId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(|bytes| Self(Uuid::from_bytes(bytes)))
    }
}

/// A row, without the fingerprint of the client's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub ip: String,
    pub user_agent: Option<String>,
    pub public_key: Option<Vec<u8>>,
}

/// The sessions to list or to count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionsOf<'ip> {
    /// The user that they belong to.
    pub user_id: UserId,
    /// If set, only sessions that were opened from this address.
    pub ip: Option<&'ip str>,
}

/// A query for the columns of [`Session`], in its order.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, created_at, expires_at, last_seen_at, ip, user_agent, public_key
             FROM sessions ",
            $rest
        )
    };
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let mut columns = Columns::of(row);
    Ok(Session {
        id: columns.take()?,
        user_id: columns.take()?,
        created_at: columns.take()?,
        expires_at: columns.take()?,
        last_seen_at: columns.take()?,
        ip: columns.take()?,
        user_agent: columns.take()?,
        public_key: columns.take()?,
    })
}

/// A session that is to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub ip: String,
    pub user_agent: Option<String>,
    pub public_key: Option<Vec<u8>>,
    pub public_key_sha256: Option<[u8; 32]>,
}

pub(crate) fn insert(connection: &Connection, new: &NewSession) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip,
                 user_agent, public_key, public_key_sha256)
             VALUES (:id, :user_id, :created_at, :expires_at, :created_at, :ip,
                 :user_agent, :public_key, :public_key_sha256)",
        )?
        .execute(named_params! {
            ":id": new.id,
            ":user_id": new.user_id,
            ":created_at": new.created_at,
            ":expires_at": new.expires_at,
            ":ip": new.ip,
            ":user_agent": new.user_agent,
            ":public_key": new.public_key,
            ":public_key_sha256": new.public_key_sha256,
        })?;
    Ok(())
}

/// Counts the sessions that were opened or used later than they can have been. One that only
/// expires later was opened while `session.lifetime` was longer, which says nothing of the clock.
pub(crate) fn count_later(connection: &Connection, used: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM sessions WHERE created_at > ?1 OR last_seen_at > ?1";
    Ok(connection.query_row(query, [used.tolerated], |row| row.get(0))?)
}

/// Makes those instants as late as they can be.
pub(crate) fn update_later(connection: &Connection, used: Bound) -> Result<()> {
    connection.execute(
        "UPDATE sessions
         SET created_at = min(created_at, :latest), last_seen_at = min(last_seen_at, :latest)
         WHERE created_at > :tolerated OR last_seen_at > :tolerated",
        named_params! { ":latest": used.latest, ":tolerated": used.tolerated },
    )?;
    Ok(())
}

/// Makes the ends of all sessions as late as they can be.
pub(crate) fn shorten(connection: &Connection, end: Bound) -> Result<()> {
    let update = "UPDATE sessions SET expires_at = ?1 WHERE expires_at > ?2";
    connection.execute(update, [end.latest, end.tolerated])?;
    Ok(())
}

/// Finds a session of a user, unless it has expired.
pub(crate) fn find_active_of(
    connection: &Connection,
    user_id: UserId,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>> {
    let query = select!("WHERE user_id = ?1 AND id = ?2 AND expires_at > ?3");
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, id, now], session)
        .optional()?)
}

/// Finds a session of any user, unless it has expired.
pub(crate) fn find_active(
    connection: &Connection,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>> {
    let query = select!("WHERE id = ?1 AND expires_at > ?2");
    Ok(connection.prepare_cached(query)?.query_row(params![id, now], session).optional()?)
}

/// Lists sessions of a user, newest first.
pub(crate) fn list_of(
    connection: &Connection,
    of: SessionsOf<'_>,
    now: Timestamp,
    pagination: Pagination,
) -> Result<Vec<Session>> {
    let query = select!(
        "WHERE user_id = ?1 AND expires_at > ?2 AND (?3 IS NULL OR ip = ?3)
         ORDER BY id DESC LIMIT ?4 OFFSET ?5"
    );
    let mut statement = connection.prepare_cached(query)?;
    let found = statement
        .query_map(params![of.user_id, now, of.ip, pagination.limit, pagination.offset], session)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Counts sessions of a user.
pub(crate) fn count_of(connection: &Connection, of: SessionsOf<'_>, now: Timestamp) -> Result<u32> {
    let query = "SELECT count(*) FROM sessions
                 WHERE user_id = ?1 AND expires_at > ?2 AND (?3 IS NULL OR ip = ?3)";
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![of.user_id, now, of.ip], |row| row.get(0))?)
}

/// Whether a user has a session with this key.
pub(crate) fn exists_with_key(
    connection: &Connection,
    user_id: UserId,
    public_key_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM sessions
                 WHERE user_id = ?1 AND public_key_sha256 = ?2 AND expires_at > ?3)";
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![user_id, public_key_sha256, now], |row| row.get(0))?)
}

/// Lists the sessions of a user, or without one those of all users, newest first: up to `limit` of
/// those that are older than a session.
pub(crate) fn list_older(
    connection: &Connection,
    user_id: Option<UserId>,
    than: Option<SessionId>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Session>> {
    let query = select!(
        "WHERE expires_at > ?1 AND (?2 IS NULL OR user_id = ?2) AND (?3 IS NULL OR id < ?3)
         ORDER BY id DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(params![now, user_id, than, limit], session)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Stores that a session was used, unless a use within `interval` is stored.
pub(crate) fn update_last_seen(
    connection: &Connection,
    id: SessionId,
    at: Timestamp,
    interval: Duration,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE sessions SET last_seen_at = ?2
             WHERE id = ?1 AND (last_seen_at <= ?3 OR last_seen_at >= ?4)",
        )?
        .execute(params![id, at, at.before(interval), at.after(interval)])?;
    Ok(())
}

/// Ends a session. Returns false if there is none with this id.
pub(crate) fn delete(connection: &Connection, id: SessionId) -> Result<bool> {
    Ok(connection.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])? == 1)
}

/// Ends all sessions of a user, except for one.
pub(crate) fn delete_all_of(
    connection: &Connection,
    user_id: UserId,
    except: Option<SessionId>,
) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id IS NOT ?2")?
        .execute(params![user_id, except])?;
    Ok(())
}

/// Ends the sessions of all users, and returns how many there were.
pub(crate) fn delete_all(connection: &Connection) -> Result<usize> {
    Ok(connection.execute("DELETE FROM sessions", [])?)
}

/// Deletes up to `limit` expired sessions, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection
        .prepare_cached(
            "DELETE FROM sessions WHERE id IN
             (SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
        )?
        .execute(params![now, limit])?)
}
