//! The audit log: every [`Event`] of an account, who caused it and from where.

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::normalization::{fold, trim};
use crate::storage::Connection;
use crate::storage::audit::{self, Entry};
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// The entry for an event of one account. Without a device, it is the operator who acts.
pub(crate) fn entry(event: Event, user: &User, device: Option<&Device>, now: Timestamp) -> Entry {
    Entry {
        at: now,
        event: event.as_str().into(),
        user_id: Some(user.id),
        username: Some(user.username.clone()),
        ip: device.map(|device| device.ip.to_string()),
        user_agent: device.and_then(|device| device.user_agent.clone()),
    }
}

/// The entry for an event that concerns every account, by the operator.
pub(crate) fn entry_for_all(event: Event, now: Timestamp) -> Entry {
    Entry {
        at: now,
        event: event.as_str().into(),
        user_id: None,
        username: None,
        ip: None,
        user_agent: None,
    }
}

/// Stores an entry in the transaction of its event.
pub(crate) fn record(connection: &Connection, entry: &Entry) -> Result<()> {
    audit::insert(connection, entry)
}

/// A line of the log, as an operator sees it.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// When it happened.
    pub at: Timestamp,
    /// The name of the event, such as `password.changed`.
    pub event: String,
    /// The id of the user; `None` if the event concerns every account.
    pub id: Option<UserId>,
    /// The username at that time.
    pub username: Option<String>,
    /// Who acted: `user` or `operator`.
    pub by: &'static str,
    /// The user's address; `None` if the operator acted.
    pub ip: Option<String>,
    /// The user agent of the user's program.
    pub user_agent: Option<String>,
}

/// Lists the entries of one user, or of all users, oldest first. A deleted account is found by the
/// username or the id that it had.
///
/// # Errors
/// [`Error::UserNotFound`] if there is no such account and no entry of one, or a fault.
pub(crate) fn list(app: &App, name: Option<&str>) -> Result<Vec<Line>> {
    let found = app.db.read(|connection| {
        let Some(name) = name else { return audit::list_all(connection) };
        match by_name(app, connection, name) {
            Ok(user) => audit::list_of(connection, user.id),
            Err(Error::UserNotFound) => list_deleted(connection, name),
            Err(error) => Err(error),
        }
    })?;
    Ok(found.into_iter().map(line).collect())
}

fn list_deleted(connection: &Connection, name: &str) -> Result<Vec<Entry>> {
    let name = fold(trim(name));
    let found = match name.parse() {
        Ok(id) => audit::list_of(connection, UserId(id))?,
        Err(_) => audit::list_named(connection, &name)?,
    };
    if found.is_empty() { Err(Error::UserNotFound) } else { Ok(found) }
}

fn line(entry: Entry) -> Line {
    let by = if entry.ip.is_some() { "user" } else { "operator" };
    let Entry { at, event, user_id: id, username, ip, user_agent } = entry;
    Line { at, event, id, username, by, ip, user_agent }
}
