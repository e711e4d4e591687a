//! The table `sessions`.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use uuid::Uuid;

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// A session's id, `jti` in its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId(pub Uuid);

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

/// What a request needs to know of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "schema.sql documents the columns")]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
}

/// A row to be.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "schema.sql documents the columns")]
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub ip: String,
    pub user_agent: Option<String>,
    pub public_key: Option<Vec<u8>>,
    pub public_key_sha256: Option<[u8; 32]>,
}

/// # Errors
/// The database fails.
pub fn insert(connection: &Connection, new: &NewSession) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO sessions (id, user_id, created_at, expires_at, ip, user_agent, public_key, public_key_sha256)
             VALUES (:id, :user_id, :created_at, :expires_at, :ip, :user_agent, :public_key, :public_key_sha256)",
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

/// The session, unless it has expired.
///
/// # Errors
/// The database fails.
pub fn find_active(connection: &Connection, id: SessionId, now: Timestamp) -> Result<Option<Session>> {
    Ok(connection
        .prepare_cached("SELECT id, user_id FROM sessions WHERE id = ?1 AND expires_at > ?2")?
        .query_row(params![id, now], |row| Ok(Session { id: row.get(0)?, user_id: row.get(1)? }))
        .optional()?)
}

/// # Errors
/// The database fails.
pub fn delete(connection: &Connection, id: SessionId) -> Result<()> {
    connection.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// # Errors
/// The database fails.
pub fn delete_all_of(connection: &Connection, user_id: UserId) -> Result<()> {
    connection.prepare_cached("DELETE FROM sessions WHERE user_id = ?1")?.execute([user_id])?;
    Ok(())
}

/// Deletes up to `limit` sessions that have expired.
///
/// # Errors
/// The database fails.
pub fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
        )?
        .execute(params![now, limit])?;
    Ok(())
}
