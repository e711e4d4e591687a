//! Searches in the table `users`.

use rusqlite::{Connection, params};

use super::{User, UserId, take_user, user};
use crate::error::Result;
use crate::normalization::{address, fold, trim};
use crate::storage::Pagination;
use crate::storage::columns::Columns;
use crate::time::Timestamp;

/// The users to list or to count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search<'text> {
    /// A text that the username or the display name contains, once both are folded. An empty text
    /// finds all users.
    pub text: &'text str,
    /// Whether the email address is searched, too.
    pub by_email: bool,
}

impl Search<'_> {
    /// The text as it is searched in names.
    fn folded(&self) -> String {
        fold(trim(self.text))
    }

    /// The text as it is searched in addresses, where it may be a whole one.
    fn folded_address(&self) -> Option<String> {
        self.by_email.then(|| address::fold(self.text))
    }
}

/// The condition of [`Search`], which two queries share.
macro_rules! matches_search {
    () => {
        "(instr(username, ?1) OR instr(display_folded, ?1)
          OR (?2 IS NOT NULL AND (instr(email_folded, ?1) OR instr(email_folded, ?2))))"
    };
}

/// Lists the users that a search finds, by id.
pub(crate) fn list(
    connection: &Connection,
    search: Search<'_>,
    pagination: Pagination,
) -> Result<Vec<User>> {
    let query = concat!(
        "SELECT * FROM user_details WHERE id IN (SELECT id FROM users WHERE ",
        matches_search!(),
        " ORDER BY id LIMIT ?3 OFFSET ?4) ORDER BY id"
    );
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(
        params![search.folded(), search.folded_address(), pagination.limit, pagination.offset],
        user,
    )?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Which users an operator lists; each condition that is set must hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'text> {
    pub search: Search<'text>,
    /// Only administrators.
    pub is_admin: bool,
    /// Only users who are suspended at this time.
    pub suspended_at: Option<Timestamp>,
    /// Only users without a second factor.
    pub without_factor: bool,
    /// Only users who have neither logged in nor used a session since then.
    pub idle_since: Option<Timestamp>,
}

/// A user, and when they logged in for the last time.
#[derive(Clone, Debug)]
pub(crate) struct UserWithLogin {
    pub user: User,
    pub last_login_at: Option<Timestamp>,
}

/// When a user logged in for the last time: `devices` remembers each login, unless it was before
/// the version that has this table.
macro_rules! last_login {
    ($id:literal) => {
        concat!(
            "nullif(max(
             ifnull((SELECT max(last_seen_at) FROM devices WHERE user_id = ",
            $id,
            "), 0), ifnull((SELECT max(created_at) FROM sessions WHERE user_id = ",
            $id,
            "), 0)), 0)"
        )
    };
}

/// Finds when a user logged in for the last time.
pub(crate) fn find_last_login(connection: &Connection, id: UserId) -> Result<Option<Timestamp>> {
    let query = concat!("SELECT ", last_login!("?1"));
    Ok(connection.prepare_cached(query)?.query_row([id], |row| row.get(0))?)
}

/// Lists up to `limit` of the users that a filter finds, by id, from the one after `after` on.
pub(crate) fn list_after(
    connection: &Connection,
    filter: &Filter<'_>,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserWithLogin>> {
    let query = concat!(
        "SELECT user_details.*, ",
        last_login!("user_details.id"),
        " FROM user_details WHERE id IN
         (SELECT id FROM users WHERE (?3 IS NULL OR id > ?3) AND ",
        matches_search!(),
        " AND (NOT ?5 OR is_admin)
          AND (?6 IS NULL OR suspended_at IS NOT NULL
               AND (suspended_until IS NULL OR suspended_until > ?6))
          AND (NOT ?7 OR NOT has_email_factor AND NOT has_passkey_factor
               AND NOT EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id))
          AND (?8 IS NULL OR NOT (
               EXISTS (SELECT 1 FROM sessions WHERE user_id = users.id AND last_seen_at > ?8)
               OR EXISTS (SELECT 1 FROM devices WHERE user_id = users.id AND last_seen_at > ?8)))
          ORDER BY id LIMIT ?4) ORDER BY id"
    );
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(
        params![
            filter.search.folded(),
            filter.search.folded_address(),
            after,
            limit,
            filter.is_admin,
            filter.suspended_at,
            filter.without_factor,
            filter.idle_since,
        ],
        |row| {
            let mut columns = Columns::of(row);
            let user = take_user(&mut columns)?;
            Ok(UserWithLogin { user, last_login_at: columns.take()? })
        },
    )?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Counts the users who have logged in or used a session since an instant.
pub(crate) fn count_active(connection: &Connection, since: Timestamp) -> Result<u32> {
    let query = "SELECT count(*) FROM users WHERE
        EXISTS (SELECT 1 FROM sessions WHERE user_id = users.id AND last_seen_at > ?1)
        OR EXISTS (SELECT 1 FROM devices WHERE user_id = users.id AND last_seen_at > ?1)";
    Ok(connection.prepare_cached(query)?.query_row([since], |row| row.get(0))?)
}

/// Counts the users that a search finds.
pub(crate) fn count(connection: &Connection, search: Search<'_>) -> Result<u32> {
    let query = concat!("SELECT count(*) FROM users WHERE ", matches_search!());
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_row(params![search.folded(), search.folded_address()], |row| row.get(0))?)
}
