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

/// Finds the factor of an arbitrary user. It reads only columns that every version of the schema
/// has.
pub(crate) fn find_first(connection: &Connection) -> Result<Option<TotpFactor>> {
    let query = "SELECT user_id, secret, last_step, enabled_at, NULL AS last_skew
                 FROM totp_factors LIMIT 1";
    Ok(connection.query_row(query, [], factor).optional()?)
}

/// Lists the factors of all users.
pub(crate) fn list_all(connection: &Connection) -> Result<Vec<TotpFactor>> {
    let mut statement = connection.prepare("SELECT * FROM totp_factors")?;
    Ok(statement.query_map([], factor)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether any user has a TOTP factor.
pub(crate) fn exists_any(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM totp_factors)", [], |row| row.get(0))?)
}

/// Stores a factor. Returns false if the user already has one.
pub(crate) fn insert(connection: &Connection, factor: &TotpFactor) -> Result<bool> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO totp_factors (user_id, secret, last_step, enabled_at, last_skew)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id) DO NOTHING",
        )?
        .execute(params![
            factor.user_id,
            factor.secret,
            factor.last_step,
            factor.enabled_at,
            factor.last_skew
        ])?;
    Ok(inserted == 1)
}

/// Stores the time step of a code that is accepted, and by how many steps it was off. Returns false
/// if the step is not later than every accepted one (RFC 6238, 5.2), or the factor was replaced.
pub(crate) fn update_last_step(
    connection: &Connection,
    factor: &TotpFactor,
    step: i64,
    skew: i64,
) -> Result<bool> {
    let accepted = connection
        .prepare_cached(
            "UPDATE totp_factors SET last_step = ?3, last_skew = ?4
             WHERE user_id = ?1 AND secret = ?2 AND last_step < ?3",
        )?
        .execute(params![factor.user_id, factor.secret, step, skew])?;
    Ok(accepted == 1)
}

/// Stores the same secret, sealed with another key.
pub(crate) fn update_secret(connection: &Connection, user_id: UserId, secret: &[u8]) -> Result<()> {
    connection.execute(
        "UPDATE totp_factors SET secret = ?2 WHERE user_id = ?1",
        params![user_id, secret],
    )?;
    Ok(())
}

/// Deletes the factor of a user. Returns false if there was none.
pub(crate) fn delete(connection: &Connection, user_id: UserId) -> Result<bool> {
    Ok(connection.execute("DELETE FROM totp_factors WHERE user_id = ?1", [user_id])? == 1)
}
