//! Lockouts: rate limits that are used up, as an operator sees and ends them by
//! `nox throttle`.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::audit::Differences;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::present::Present;
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::normalization::trim;
use crate::storage::Connection;
use crate::storage::rate_limits::{self, Kind, RateLimit};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// A rate limit that is used up.
#[derive(Debug, Serialize)]
pub(crate) struct Lockout {
    /// What is refused: `password`, `code`, `current password`, `address` (every login from there),
    /// `password link` or `registration`.
    pub what: &'static str,
    /// The account; `unknown-…` is for a name that no user has.
    pub username: Option<String>,
    /// The network; without one, attempts from anywhere are refused.
    pub address: Option<String>,
    /// How many attempts are counted.
    pub tries: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// All lockouts that hold now.
pub(crate) fn list(app: &App, now: Timestamp) -> Result<Vec<Lockout>> {
    let found = app.db.read(|connection| rate_limits::list(connection, now))?;
    let present = Present::new(&app.config, now);
    Ok(found.into_iter().filter_map(|found| lockout(found, &present)).collect())
}

/// The lockouts of an account that hold now.
pub(in crate::domain) fn list_of(
    app: &App,
    connection: &Connection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Lockout>> {
    let found = rate_limits::list_of_account(connection, &user.to_string(), now)?;
    let present = Present::new(&app.config, now);
    Ok(found.into_iter().filter_map(|found| lockout(found, &present)).collect())
}

fn lockout(found: RateLimit, present: &Present) -> Option<Lockout> {
    let limit = Limit(found.key);
    let until = present.end_of(limit.rate().within);
    let is_shown = match limit.0.kind {
        Kind::Address
        | Kind::Code
        | Kind::CurrentPassword
        | Kind::Password
        | Kind::PasswordLink
        | Kind::Registration => true,
        // Mails that wait are not what an operator asks about.
        Kind::MailedCode
        | Kind::MailedCodeDaily
        | Kind::MailedLink
        | Kind::MailedLinkDaily
        | Kind::MailedPasswordLink
        | Kind::MailedPasswordLinkDaily
        | Kind::Notice => false,
    };
    let is_used_up = found.count >= limit.rate().max && found.resets_at <= until.tolerated;
    (is_shown && is_used_up).then(|| Lockout {
        what: limit.0.kind.as_str(),
        username: found.username.or(limit.0.account),
        address: limit.0.network,
        tries: found.count,
        until: found.resets_at.min(until.latest),
    })
}

/// Forgets what was counted against the account, the address or the network that `target` names, or
/// everything. Returns whether anything was counted.
///
/// # Errors
/// [`Error::UserNotFound`] if it names none of them, or a fault.
pub(crate) fn clear(app: &App, target: Option<&str>, now: Timestamp) -> Result<bool> {
    app.change(By::Operator, now, |tx| {
        let Some(target) = target.map(trim) else {
            let had_any = rate_limits::delete_all(tx)?;
            return record(tx, had_any, Event::LockoutsCleared, Differences::none());
        };
        let cleared = |had_any, field| {
            record(tx, had_any, Event::LockoutCleared, Differences::removed(field, target))
        };
        if let Ok(ip) = target.parse::<IpAddr>() {
            return cleared(throttle::reset_network(tx, ip)?, "address");
        }
        if let Ok(wide) = target.parse::<IpNet>() {
            return cleared(throttle::reset_networks(tx, wide)?, "address");
        }
        match by_name(app, tx, target) {
            Ok(user) => {
                let had_any = throttle::reset(tx, &user.id.to_string())?;
                if had_any {
                    tx.happened(Event::LockoutCleared, &user)?;
                }
                Ok(had_any)
            }
            Err(Error::UserNotFound) if target.starts_with("unknown-") => {
                cleared(throttle::reset(tx, target)?, "name")
            }
            Err(error) => Err(error),
        }
    })
}

/// Records what was cleared, if anything was.
fn record(tx: &Change<'_>, had_any: bool, event: Event, changes: Differences) -> Result<bool> {
    if had_any {
        tx.happened_here(event, changes)?;
    }
    Ok(had_any)
}
