//! Bans that attempts have earned: budgets that are spent.

use std::net::IpAddr;

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::throttle;
use crate::error::{Error, Result};
use crate::storage::users::{self, UserId};
use crate::storage::{Connection, budgets};
use crate::time::Timestamp;

/// A budget that is spent, for an operator.
#[derive(Debug, Serialize)]
pub struct Ban {
    /// What is refused: `password`, `code`, `current password`, `address` (every login from there)
    /// or `registration`.
    pub what: &'static str,
    /// For which account; `unknown-…` for a name that nobody has.
    pub username: Option<String>,
    /// From which address; from anywhere, where there is none.
    pub address: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// All bans that hold.
///
/// # Errors
/// The database fails.
pub fn list(app: &App, now: Timestamp) -> Result<Vec<Ban>> {
    app.db.read(|connection| {
        let found = budgets::list(connection, now)?;
        let bans = found
            .into_iter()
            .map(|(subject, tries, until)| ban(connection, &subject, tries, until));
        bans.filter_map(Result::transpose).collect()
    })
}

fn ban(
    connection: &Connection,
    subject: &str,
    tries: u32,
    until: Timestamp,
) -> Result<Option<Ban>> {
    let Some((what, account, address)) = throttle::spent(subject, tries) else { return Ok(None) };
    let name = |id: u32| {
        users::find_by_id(connection, UserId(id)).map(|user| user.map(|user| user.username))
    };
    let username = match account.map(|account| (account, account.parse())) {
        Some((account, Ok(id))) => name(id)?.or_else(|| Some(account.into())),
        Some((account, Err(_))) => Some(account.into()),
        None => None,
    };
    Ok(Some(Ban { what, username, address: address.map(Into::into), tries, until }))
}

/// Forgets what was counted: against an account, against an address, or everything.
///
/// # Errors
/// [`Error::UserNotFound`] where it is neither, or the database fails.
pub fn clear(app: &App, whom: Option<&str>) -> Result<()> {
    app.db.write(|connection| match whom.map(|text| (text, text.parse::<IpAddr>())) {
        None => budgets::delete_all(connection),
        Some((_, Ok(ip))) => throttle::forgive_address(connection, ip),
        Some((name, Err(_))) => match by_name(app, connection, name) {
            Ok(user) => throttle::forgive(connection, &user.id.to_string()),
            Err(Error::UserNotFound) if name.starts_with("unknown-") => {
                throttle::forgive(connection, name)
            }
            Err(error) => Err(error),
        },
    })
}
