//! What a login has to wait for besides its password: the confirmation of the address, and a second
//! factor that is demanded.

use rusqlite::{Connection, params};

use super::{User, UserId, user};
use crate::error::Result;
use crate::storage::Bound;
use crate::time::Timestamp;

impl User {
    /// Whether the account still waits for the confirmation of its address.
    pub(crate) const fn must_confirm_address(&self) -> bool {
        self.awaits_confirmation && self.email.is_some() && !self.email_verified
    }
}

/// Stores that an account waits for no confirmation any more.
pub(crate) fn update_awaits_no_confirmation(connection: &Connection, id: UserId) -> Result<()> {
    connection.execute("UPDATE users SET awaits_confirmation = 0 WHERE id = ?1", [id])?;
    Ok(())
}

/// Stores the first login without a second factor since one is demanded.
pub(crate) fn update_factor_demanded(
    connection: &Connection,
    id: UserId,
    at: Option<Timestamp>,
) -> Result<()> {
    connection
        .execute("UPDATE users SET factor_demanded_at = ?2 WHERE id = ?1", params![id, at])?;
    Ok(())
}

/// Lists accounts that were registered before an instant and still wait for a confirmation.
pub(crate) fn list_unconfirmed(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<User>> {
    let query = "SELECT * FROM user_details WHERE id IN
        (SELECT id FROM users WHERE awaits_confirmation AND created_at < ?1
         ORDER BY created_at LIMIT ?2)";
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(params![before, limit], user)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Calls `each` with the username of every account that has no second factor and is not suspended,
/// and whether it is of an administrator.
pub(crate) fn for_each_without_factor(
    connection: &Connection,
    now: Timestamp,
    mut each: impl FnMut(String, bool),
) -> Result<()> {
    let query = "SELECT username, is_admin FROM users
        WHERE NOT has_email_factor AND NOT has_passkey_factor
            AND NOT EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id)
            AND NOT (suspended_at IS NOT NULL
                AND (suspended_until IS NULL OR suspended_until > ?1))
        ORDER BY id";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([now])?;
    while let Some(row) = rows.next()? {
        each(row.get("username")?, row.get("is_admin")?);
    }
    Ok(())
}

/// Counts the logins of [`update_factor_demanded`] that were later than they can have been.
pub(crate) fn count_demanded_later(connection: &Connection, began: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM users WHERE factor_demanded_at > ?1";
    Ok(connection.query_row(query, [began.tolerated], |row| row.get(0))?)
}

/// Lets those logins be as late as they can have been.
pub(crate) fn update_demanded_later(connection: &Connection, began: Bound) -> Result<()> {
    connection.execute(
        "UPDATE users SET factor_demanded_at = ?2 WHERE factor_demanded_at > ?1",
        [began.tolerated, began.latest],
    )?;
    Ok(())
}
