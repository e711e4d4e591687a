//! The table `totp_factors`.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::totp_used_steps;
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

/// Deletes the factors of all users.
pub(crate) fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM totp_factors", [])?;
    Ok(())
}

/// Stores a factor whose first code, if there was one, is used. Returns false if the user already
/// has a factor.
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
    if inserted == 1 && factor.last_step > 0 {
        totp_used_steps::put(connection, factor.user_id, factor.last_step)?;
    }
    Ok(inserted == 1)
}

/// The time step of a code that is right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RightStep {
    pub step: i64,
    /// By how many steps the code is early; negative if it is late.
    pub skew: i64,
    /// The latest step whose code is right now. A later one was accepted while the clock was ahead.
    pub latest: i64,
}

/// Stores the time step of a code that is accepted. Returns false if the code was used, if a later
/// one was accepted (RFC 6238, 5.2), or if the factor was replaced.
pub(crate) fn update_last_step(
    connection: &Connection,
    factor: &TotpFactor,
    right: RightStep,
) -> Result<bool> {
    let accepted = connection
        .prepare_cached(
            "UPDATE totp_factors SET last_step = :step, last_skew = :skew
             WHERE user_id = :user AND secret = :secret
                 AND (last_step < :step OR last_step > :latest)
                 AND NOT EXISTS (SELECT 1 FROM totp_used_steps
                     WHERE user_id = :user AND step = :step)",
        )?
        .execute(named_params! {
            ":user": factor.user_id,
            ":secret": factor.secret,
            ":step": right.step,
            ":skew": right.skew,
            ":latest": right.latest,
        })?;
    if accepted == 1 {
        totp_used_steps::put(connection, factor.user_id, right.step)?;
    }
    Ok(accepted == 1)
}

/// Counts the factors whose last step is later than this one.
pub(crate) fn count_later(connection: &Connection, step: i64) -> Result<u32> {
    let query = "SELECT count(*) FROM totp_factors WHERE last_step > ?1";
    Ok(connection.query_row(query, [step], |row| row.get(0))?)
}

/// Forgets last steps that are later than this one. The codes that were used stay used.
pub(crate) fn update_later(connection: &Connection, step: i64) -> Result<()> {
    connection.execute("UPDATE totp_factors SET last_step = 0 WHERE last_step > ?1", [step])?;
    Ok(())
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
