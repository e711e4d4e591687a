//! The suspensions of users.

use rusqlite::{Connection, params};

use super::UserId;
use crate::error::Result;
use crate::storage::Bound;
use crate::time::Timestamp;

/// How an operator suspends a user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSuspension<'a> {
    pub at: Timestamp,
    /// Without it, the suspension has no end.
    pub until: Option<Timestamp>,
    pub reason: Option<&'a str>,
}

/// Replaces the suspension of a user, or ends it.
pub(crate) fn update_suspension(
    connection: &Connection,
    id: UserId,
    suspension: Option<NewSuspension<'_>>,
) -> Result<()> {
    connection.execute(
        "UPDATE users SET suspended_at = ?2, suspended_until = ?3, suspension_reason = ?4
         WHERE id = ?1",
        params![
            id,
            suspension.map(|new| new.at),
            suspension.and_then(|new| new.until),
            suspension.and_then(|new| new.reason),
        ],
    )?;
    Ok(())
}

/// Counts the suspensions that began later than they can have.
pub(crate) fn count_suspended_later(connection: &Connection, began: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM users WHERE suspended_at > ?1";
    Ok(connection.query_row(query, [began.tolerated], |row| row.get(0))?)
}

/// Lets those suspensions begin as late as they can have, and last as long as before.
pub(crate) fn update_suspended_later(connection: &Connection, began: Bound) -> Result<()> {
    connection.execute(
        "UPDATE users SET suspended_at = ?2, suspended_until = ?2 + suspended_until - suspended_at
         WHERE suspended_at > ?1",
        [began.tolerated, began.latest],
    )?;
    Ok(())
}
