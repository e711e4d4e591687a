//! Figures of the instance, for `nox stats`.

use std::time::Duration;

use serde::Serialize;

use crate::domain::App;
use crate::domain::event::Event;
use crate::error::Result;
use crate::storage::audit;
use crate::storage::totals::{self, Accounts, Totals};
use crate::time::Timestamp;

const DAY: Duration = Duration::from_hours(24);

/// Figures of the instance, as scripts get them.
#[derive(Debug, Serialize)]
pub(crate) struct Stats {
    /// Accounts.
    pub users: u32,
    /// Open sessions.
    pub sessions: u32,
    /// Logins within the last 24 hours, by the audit log.
    pub logins_24h: u32,
    /// The size of the database, in bytes.
    pub database_bytes: u64,
}

/// Counts them.
pub(crate) fn count(app: &App, now: Timestamp) -> Result<Stats> {
    let (Totals { users, sessions }, logins_24h) = app.db.read(|connection| {
        let opened = format!("{}*", Event::SessionOpened.as_str());
        let logins = audit::count_since(connection, &opened, now.before(DAY))?;
        Ok((totals::count(connection, now)?, logins))
    })?;
    Ok(Stats { users, sessions, logins_24h, database_bytes: app.db.size()? })
}

/// More figures, for people.
#[derive(Debug)]
pub(crate) struct Details {
    /// Accounts that are administrators, disabled, or have a second factor.
    pub accounts: Accounts,
    /// Failed logins of accounts on this day (UTC), by the audit log, which counts them by the day.
    pub failed_logins_today: u32,
}

/// Counts them.
pub(crate) fn details(app: &App, now: Timestamp) -> Result<Details> {
    app.db.read(|connection| {
        let failed = Event::LoginFailed.as_str();
        Ok(Details {
            accounts: totals::count_accounts(connection, now)?,
            failed_logins_today: audit::count_since(connection, failed, now.day())?,
        })
    })
}
