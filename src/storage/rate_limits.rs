//! The table `rate_limits`.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::Bound;
use crate::error::Result;
use crate::time::Timestamp;

/// What is counted: the column `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Wrong passwords and unknown names from one network.
    Address,
    /// Wrong codes of a second factor.
    Code,
    /// Wrong passwords of a user who is logged in.
    CurrentPassword,
    /// Codes mailed on request, within a minute.
    MailedCode,
    /// Codes mailed on request, within a day.
    MailedCodeDaily,
    /// Confirmation links mailed on request, within a minute.
    MailedLink,
    /// Confirmation links mailed on request, within a day.
    MailedLinkDaily,
    /// Password links mailed on request, within a minute.
    MailedPasswordLink,
    /// Password links mailed on request, within a day.
    MailedPasswordLinkDaily,
    /// Notices mailed to the owner of an account.
    Notice,
    /// Wrong passwords at login.
    Password,
    /// Requests for a password link from one network.
    PasswordLink,
    /// Accounts created from one network.
    Registration,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 13] = [
        Self::Address,
        Self::Code,
        Self::CurrentPassword,
        Self::MailedCode,
        Self::MailedCodeDaily,
        Self::MailedLink,
        Self::MailedLinkDaily,
        Self::MailedPasswordLink,
        Self::MailedPasswordLinkDaily,
        Self::Notice,
        Self::Password,
        Self::PasswordLink,
        Self::Registration,
    ];

    /// The kind as the column has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Code => "code",
            Self::CurrentPassword => "current password",
            Self::MailedCode => "mailed code",
            Self::MailedCodeDaily => "mailed code daily",
            Self::MailedLink => "mailed link",
            Self::MailedLinkDaily => "mailed link daily",
            Self::MailedPasswordLink => "mailed password link",
            Self::MailedPasswordLinkDaily => "mailed password link daily",
            Self::Notice => "notice",
            Self::Password => "password",
            Self::PasswordLink => "password link",
            Self::Registration => "registration",
        }
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or(FromSqlError::InvalidType)
    }
}

/// What is counted, and for what: the key of a row. `None` stands for any account, network or
/// browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub kind: Kind,
    pub account: Option<String>,
    pub network: Option<String>,
    pub browser: Option<String>,
}

/// A row, with the username if the account is a user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RateLimit {
    pub key: Key,
    pub username: Option<String>,
    pub count: u32,
    pub resets_at: Timestamp,
}

fn rate_limit(row: &Row<'_>) -> rusqlite::Result<RateLimit> {
    let optional =
        |column| row.get(column).map(|text: String| Some(text).filter(|text| !text.is_empty()));
    Ok(RateLimit {
        key: Key {
            kind: row.get("kind")?,
            account: optional("account")?,
            network: optional("network")?,
            browser: optional("browser")?,
        },
        username: row.get("username")?,
        count: row.get("count")?,
        resets_at: row.get("resets_at")?,
    })
}

/// How many attempts may be counted, and until when at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    pub max: u32,
    /// Until then, if this is the first attempt.
    pub until: Bound,
}

/// Counts one attempt. Returns false if no more are allowed. A row that has expired, or that was
/// begun while the clock was ahead, starts again at one. It is a single statement, so that no other
/// connection can count in between.
pub(crate) fn consume(
    connection: &Connection,
    key: &Key,
    allowed: Allowance,
    now: Timestamp,
) -> Result<bool> {
    let [account, network, browser] = scope(key);
    let counted = connection
        .prepare_cached(
            "INSERT INTO rate_limits (kind, account, network, browser, count, resets_at)
             VALUES (:kind, :account, :network, :browser, 1, :until)
             ON CONFLICT (kind, account, network, browser) DO UPDATE SET
                 count = iif(resets_at BETWEEN :now + 1 AND :tolerated, count + 1, 1),
                 resets_at = iif(resets_at <= :now, :until, min(resets_at, :until))
             WHERE resets_at NOT BETWEEN :now + 1 AND :tolerated OR count < :max",
        )?
        .execute(named_params! {
            ":kind": key.kind,
            ":account": account,
            ":network": network,
            ":browser": browser,
            ":max": allowed.max,
            ":until": allowed.until.latest,
            ":tolerated": allowed.until.tolerated,
            ":now": now,
        })?;
    Ok(counted == 1)
}

/// Finds when a row expires.
pub(crate) fn find_resets_at(connection: &Connection, key: &Key) -> Result<Option<Timestamp>> {
    let query = "SELECT resets_at FROM rate_limits
        WHERE kind = ?1 AND account = ?2 AND network = ?3 AND browser = ?4";
    let [account, network, browser] = scope(key);
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![key.kind, account, network, browser], |row| row.get(0))
        .optional()?)
}

/// Lists all rows that have not expired, by kind and account.
pub(crate) fn list(connection: &Connection, now: Timestamp) -> Result<Vec<RateLimit>> {
    // The column `users.id` has integer affinity, so an id in `account` is compared as a number.
    let query = "SELECT kind, account, network, browser, username, count, resets_at
        FROM rate_limits LEFT JOIN users ON users.id = rate_limits.account
        WHERE resets_at > ?1 ORDER BY kind, account, network, browser";
    let mut statement = connection.prepare(query)?;
    Ok(statement.query_map([now], rate_limit)?.collect::<rusqlite::Result<_>>()?)
}

/// Lists the rows of an account that have not expired, by kind. Each kind is looked up in the
/// primary key, since the table is long while many accounts are attacked.
pub(crate) fn list_of_account(
    connection: &Connection,
    account: &str,
    now: Timestamp,
) -> Result<Vec<RateLimit>> {
    let query = "SELECT kind, account, network, browser, username, count, resets_at
        FROM rate_limits LEFT JOIN users ON users.id = rate_limits.account
        WHERE kind = ?1 AND account = ?2 AND resets_at > ?3 ORDER BY network, browser";
    let mut statement = connection.prepare_cached(query)?;
    let mut found = Vec::new();
    for kind in Kind::ALL {
        for row in statement.query_map(params![kind, account, now], rate_limit)? {
            found.push(row?);
        }
    }
    Ok(found)
}

/// Takes one attempt off the count, if there is any.
pub(crate) fn refund(connection: &Connection, key: &Key) -> Result<()> {
    let [account, network, browser] = scope(key);
    connection
        .prepare_cached(
            "UPDATE rate_limits SET count = count - 1
             WHERE kind = ?1 AND account = ?2 AND network = ?3 AND browser = ?4 AND count > 0",
        )?
        .execute(params![key.kind, account, network, browser])?;
    Ok(())
}

/// Lists the networks against which something is counted.
pub(crate) fn list_networks(connection: &Connection) -> Result<Vec<String>> {
    let query = "SELECT DISTINCT network FROM rate_limits";
    let mut statement = connection.prepare(query)?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Deletes all rows. Returns whether there were any.
pub(crate) fn delete_all(connection: &Connection) -> Result<bool> {
    Ok(connection.execute("DELETE FROM rate_limits", [])? > 0)
}

/// Deletes what was counted of one kind against an account, from any network and browser. Returns
/// whether there was any.
pub(crate) fn delete_of_account(
    connection: &Connection,
    kind: Kind,
    account: &str,
) -> Result<bool> {
    let deleted = connection
        .prepare_cached("DELETE FROM rate_limits WHERE kind = ?1 AND account = ?2")?
        .execute(params![kind, account])?;
    Ok(deleted > 0)
}

/// Deletes what was counted of every kind against a network. Returns whether there was any.
pub(crate) fn delete_of_network(connection: &Connection, network: &str) -> Result<bool> {
    Ok(connection.execute("DELETE FROM rate_limits WHERE network = ?1", [network])? > 0)
}

/// Counts the rows of a kind that were begun while the clock was ahead.
pub(crate) fn count_later(connection: &Connection, kind: Kind, end: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM rate_limits WHERE resets_at > ?2 AND kind = ?1";
    Ok(connection.query_row(query, params![kind, end.tolerated], |row| row.get(0))?)
}

/// Deletes those rows.
pub(crate) fn delete_later(connection: &Connection, kind: Kind, end: Bound) -> Result<()> {
    let change = "DELETE FROM rate_limits WHERE resets_at > ?2 AND kind = ?1";
    connection.execute(change, params![kind, end.tolerated])?;
    Ok(())
}

/// Deletes up to `limit` expired rows, and returns how many it deleted.
pub(crate) fn delete_expired(connection: &Connection, now: Timestamp, limit: u32) -> Result<usize> {
    Ok(connection
        .prepare_cached(
            "DELETE FROM rate_limits WHERE (kind, account, network, browser) IN
             (SELECT kind, account, network, browser FROM rate_limits
              WHERE resets_at <= ?1 ORDER BY resets_at LIMIT ?2)",
        )?
        .execute(params![now, limit])?)
}

/// The columns `account`, `network` and `browser` of a key.
fn scope(key: &Key) -> [&str; 3] {
    [&key.account, &key.network, &key.browser].map(|part| part.as_deref().unwrap_or_default())
}
