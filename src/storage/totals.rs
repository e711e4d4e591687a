//! How much there is of everything.

use rusqlite::Connection;

use crate::error::Result;
use crate::time::Timestamp;

/// How much a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Accounts.
    pub users: u32,
    /// Sessions that have not expired.
    pub sessions: u32,
}

/// Counts accounts and open sessions, from the smallest index of each.
pub(crate) fn count(connection: &Connection, now: Timestamp) -> Result<Totals> {
    let query = "SELECT (SELECT count(*) FROM users) AS users,
        (SELECT count(*) FROM sessions WHERE expires_at > ?1) AS sessions";
    Ok(connection.query_row(query, [now], |row| {
        Ok(Totals { users: row.get("users")?, sessions: row.get("sessions")? })
    })?)
}

/// How many of the accounts are of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accounts {
    pub administrators: u32,
    /// Suspended accounts.
    pub disabled: u32,
    /// Accounts with a second factor.
    pub with_second_factor: u32,
}

/// Counts the accounts of each kind.
pub(crate) fn count_accounts(connection: &Connection, now: Timestamp) -> Result<Accounts> {
    let query = "SELECT
        (SELECT count(*) FROM users WHERE is_admin) AS administrators,
        (SELECT count(*) FROM users WHERE suspended_at IS NOT NULL
            AND (suspended_until IS NULL OR suspended_until > ?1)) AS disabled,
        (SELECT count(*) FROM users WHERE has_email_factor OR has_passkey_factor
            OR EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id)) AS with_second_factor";
    Ok(connection.query_row(query, [now], |row| {
        Ok(Accounts {
            administrators: row.get("administrators")?,
            disabled: row.get("disabled")?,
            with_second_factor: row.get("with_second_factor")?,
        })
    })?)
}
