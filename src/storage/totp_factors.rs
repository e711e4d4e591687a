//! The table `totp_factors`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::users::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TotpFactor {
    pub user_id: UserId,
    pub secret: Vec<u8>,
    pub last_step: i64,
    pub enabled_at: Timestamp,
    pub last_skew: Option<i64>,
}

fn factor(row: &Row<'_>) -> rusqlite::Result<TotpFactor> {
    Ok(TotpFactor {
        user_id: row.get("user_id")?,
        secret: row.get("secret")?,
        last_step: row.get("last_step")?,
        enabled_at: row.get("enabled_at")?,
        last_skew: row.get("last_skew")?,
    })
}

pub(crate) fn find(connection: &Connection, user_id: UserId) -> Result<Option<TotpFactor>> {
    let query = "SELECT * FROM totp_factors WHERE user_id = ?1";
    Ok(connection.prepare_cached(query)?.query_row([user_id], factor).optional()?)
}

/// Somebody's: by these columns alone, which every version of the schema has.
pub(crate) fn find_first(connection: &Connection) -> Result<Option<TotpFactor>> {
    let query = "SELECT user_id, secret, last_step, enabled_at, NULL AS last_skew FROM totp_factors LIMIT 1";
    Ok(connection.query_row(query, [], factor).optional()?)
}

/// Everybody's.
pub(crate) fn list_all(connection: &Connection) -> Result<Vec<TotpFactor>> {
    let mut statement = connection.prepare("SELECT * FROM totp_factors")?;
    Ok(statement.query_map([], factor)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether anybody has one.
pub(crate) fn exists_any(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM totp_factors)", [], |row| row.get(0))?)
}

/// Adds the factor and tells whether it did: there is at most one for a user.
pub(crate) fn insert(connection: &Connection, factor: &TotpFactor) -> Result<bool> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO totp_factors (user_id, secret, last_step, enabled_at, last_skew) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (user_id) DO NOTHING",
        )?
        .execute(params![factor.user_id, factor.secret, factor.last_step, factor.enabled_at, factor.last_skew])?;
    Ok(inserted == 1)
}

/// Accepts a step of this very factor, with how far it was off, and tells whether it was still
/// good: later than every one before (RFC 6238, 5.2).
pub(crate) fn update_last_step(
    connection: &Connection,
    factor: &TotpFactor,
    step: i64,
    skew: i64,
) -> Result<bool> {
    let accepted = connection
        .prepare_cached(
            "UPDATE totp_factors SET last_step = ?3, last_skew = ?4 WHERE user_id = ?1 AND secret = ?2 AND last_step < ?3",
        )?
        .execute(params![factor.user_id, factor.secret, step, skew])?;
    Ok(accepted == 1)
}

/// Stores the same secret sealed anew.
pub(crate) fn update_secret(connection: &Connection, user_id: UserId, secret: &[u8]) -> Result<()> {
    connection.execute(
        "UPDATE totp_factors SET secret = ?2 WHERE user_id = ?1",
        params![user_id, secret],
    )?;
    Ok(())
}

/// Removes the factor and tells whether there was one.
pub(crate) fn delete(connection: &Connection, user_id: UserId) -> Result<bool> {
    Ok(connection.execute("DELETE FROM totp_factors WHERE user_id = ?1", [user_id])? == 1)
}
