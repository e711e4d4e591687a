//! How many sessions of all users there are, in the table `sessions`.

use std::ops::Range;

use rusqlite::Connection;

use crate::error::Result;
use crate::time::Timestamp;

/// Counts the sessions of all users.
pub(crate) fn count_all(connection: &Connection, now: Timestamp) -> Result<u32> {
    let query = "SELECT count(*) FROM sessions WHERE expires_at > ?1";
    Ok(connection.query_row(query, [now], |row| row.get(0))?)
}

/// Counts the sessions that were opened within a time and have not expired.
pub(crate) fn count_opened(
    connection: &Connection,
    within: Range<Timestamp>,
    now: Timestamp,
) -> Result<u32> {
    let query = "SELECT count(*) FROM sessions
        WHERE created_at >= ?1 AND created_at < ?2 AND expires_at > ?3";
    let times = [within.start, within.end, now];
    Ok(connection.query_row(query, times, |row| row.get(0))?)
}
