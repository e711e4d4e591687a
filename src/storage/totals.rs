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
