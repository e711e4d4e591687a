//! Email addresses: an address names one account, however it is written.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{User, UserId, user};
use crate::error::Result;
use crate::normalization::address::fold;

/// The first schema version that has folded addresses and display names.
pub(crate) const FOLDED_SINCE_VERSION: u32 = 6;

/// Finds a user by a confirmed address, however it is written. Of two accounts that have it in two
/// spellings (see [`list_shared`]), only the spelling of an account finds it.
pub(crate) fn find_by_verified_email(connection: &Connection, email: &str) -> Result<Option<User>> {
    let query = "SELECT * FROM user_details WHERE id = (
        SELECT id FROM users WHERE email_verified
            AND (email = ?2 OR email_folded = ?1 AND NOT EXISTS (
                SELECT 1 FROM users AS other
                WHERE other.email_folded = ?1 AND other.email_verified AND other.id <> users.id)))";
    Ok(connection
        .prepare_cached(query)?
        .query_row([fold(email).as_str(), email], user)
        .optional()?)
}

/// Lists the users who have an address, confirmed or not, by id. Only accounts of before version 6
/// can share one, in two spellings.
pub(crate) fn list_by_email(connection: &Connection, email: &str) -> Result<Vec<User>> {
    let query = "SELECT * FROM user_details
        WHERE id IN (SELECT id FROM users WHERE email_folded = ?1) ORDER BY id";
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map([fold(email)], user)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Whether another account has an address that is to be stored. One that stays the same counts as
/// free: it may be of before version 6.
pub(super) fn is_taken(
    connection: &Connection,
    email: Option<&str>,
    id: Option<UserId>,
) -> Result<bool> {
    let Some(email) = email else { return Ok(false) };
    let query = "SELECT EXISTS (SELECT 1 FROM users WHERE email_folded = ?1 AND id IS NOT ?2)
        AND NOT EXISTS (SELECT 1 FROM users WHERE email_folded = ?1 AND id = ?2)";
    Ok(connection.prepare_cached(query)?.query_row(params![fold(email), id], |row| row.get(0))?)
}

/// Accounts from before version 6 that have one address, in two spellings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SharedAddress {
    /// The username and the id of each.
    accounts: Vec<String>,
}

impl fmt::Display for SharedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the accounts {} have one email address, each in its own spelling, by which alone it \
             logs in: give one another address with nox user set NAME --email ADDRESS",
            self.accounts.join(" and ")
        )
    }
}

/// Lists the addresses that several accounts have.
pub(crate) fn list_shared(connection: &Connection) -> rusqlite::Result<Vec<SharedAddress>> {
    let query = "SELECT group_concat(username || ' (id ' || id || ')', char(10) ORDER BY id)
        FROM users WHERE email_folded IN (
            SELECT email_folded FROM users WHERE email_folded IS NOT NULL
            GROUP BY email_folded HAVING count(*) > 1)
        GROUP BY email_folded ORDER BY min(id)";
    let shared = |row: &Row<'_>| {
        let accounts: String = row.get(0)?;
        Ok(SharedAddress { accounts: accounts.lines().map(str::to_owned).collect() })
    };
    connection.prepare(query)?.query_map([], shared)?.collect()
}
