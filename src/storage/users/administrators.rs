//! Administrators.

use rusqlite::{Connection, params};

use super::UserId;
use crate::error::Result;
use crate::time::Timestamp;

/// Whether there is an administrator other than this user who is not suspended.
pub(crate) fn exists_other_administrator(
    connection: &Connection,
    id: UserId,
    now: Timestamp,
) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM users WHERE is_admin AND id <> ?1
                 AND (suspended_at IS NULL OR suspended_until <= ?2))";
    Ok(connection.prepare_cached(query)?.query_row(params![id, now], |row| row.get(0))?)
}
