//! The audit log: what has happened to accounts.

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::audit::{self, Entry};
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// Old entries swept away with each new one, at most.
const SWEEP: u32 = 4;

/// Writes down what happens to a user. `from` is where the user does it; without, it is the
/// operator.
pub(crate) fn entry(event: Event, user: &User, from: Option<&Device>, now: Timestamp) -> Entry {
    Entry {
        at: now,
        event: event.as_str().into(),
        user_id: Some(user.id),
        username: Some(user.username.clone()),
        ip: from.map(|device| device.ip.to_string()),
        user_agent: from.and_then(|device| device.user_agent.clone()),
    }
}

/// Writes down what the operator does to everybody.
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

/// Stores a line, in the transaction that makes it so; the oldest go with time.
pub(crate) fn record(app: &App, connection: &Connection, entry: &Entry) -> Result<()> {
    audit::delete_older(connection, entry.at.before(app.config.limits.audit_age.into()), SWEEP)?;
    audit::insert(connection, entry)
}

/// One line of the log, for an operator.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// When.
    pub at: Timestamp,
    /// What, such as `password.changed`.
    pub event: String,
    /// To whom; to everybody, where there is none.
    pub id: Option<UserId>,
    /// Their name then.
    pub username: Option<String>,
    /// `user` or `operator`.
    pub by: &'static str,
    /// From where, where it was the user.
    pub ip: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

/// What has happened, to a user or to all, the oldest first. A removed account is found by the name
/// or the id that it had.
///
/// # Errors
/// [`Error::UserNotFound`] where nobody has or had that name, or the database fails.
pub(crate) fn list(app: &App, name: Option<&str>) -> Result<Vec<Line>> {
    let found = app.db.read(|connection| {
        match name.map(|name| (name, by_name(app, connection, name))) {
            None => audit::list_all(connection),
            Some((_, Ok(user))) => audit::list_of(connection, user.id),
            Some((name, Err(Error::UserNotFound))) => {
                let found = match name.parse() {
                    Ok(id) => audit::list_of(connection, UserId(id))?,
                    Err(_) => audit::list_named(connection, &name.to_lowercase())?,
                };
                if found.is_empty() { Err(Error::UserNotFound) } else { Ok(found) }
            }
            Some((_, Err(error))) => Err(error),
        }
    })?;
    Ok(found.into_iter().map(line).collect())
}

fn line(entry: Entry) -> Line {
    let by = if entry.ip.is_some() { "user" } else { "operator" };
    let Entry { at, event, user_id: id, username, ip, user_agent } = entry;
    Line { at, event, id, username, by, ip, user_agent }
}
