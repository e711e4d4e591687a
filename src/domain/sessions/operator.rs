//! What operators do with sessions on the command line: list and revoke them.

use std::collections::BTreeSet;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::address::{self, Addresses};
use crate::domain::audit::Differences;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::parts::{PART, in_parts};
use crate::error::{Error, Result};
use crate::storage::sessions::{self, Session, SessionId, SessionsOf};
use crate::storage::{totals, users};
use crate::time::Timestamp;

/// A session with the username of its user.
pub(crate) struct NamedSession {
    pub username: String,
    pub session: Session,
    /// Whether its token is refused, since it was opened under another `server.address`.
    pub is_refused: bool,
}

/// Shows the sessions of the user with this name, or without a name those of all users, newest
/// first, as they are read.
///
/// # Errors
/// [`Error::UserNotFound`], a fault, or what `show` returns.
pub(crate) fn list_all<E: From<Error>>(
    app: &App,
    name: Option<&str>,
    now: Timestamp,
    show: impl FnMut(NamedSession) -> Result<(), E>,
) -> Result<(), E> {
    let addresses = app.db.read(Addresses::find)?;
    let address = app.config.server.address.as_str();
    let user = |name| app.db.read(|connection| by_name(app, connection, name));
    let user = name.map(user).transpose()?.map(|user| user.id);
    let read = |than| {
        app.db.read(|connection| {
            let named = |session: Session| {
                let user = users::find_by_id(connection, session.user_id)?;
                let username = user.ok_or(Error::UserNotFound)?.username;
                let is_refused = addresses.refuses(address, session.created_at);
                Ok(NamedSession { username, session, is_refused })
            };
            let found = sessions::list_older(connection, user, than, now, PART)?;
            found.into_iter().map(named).collect()
        })
    };
    in_parts(read, |named| named.session.id, show)
}

/// What to tell of sessions that are refused since they were opened under another
/// `server.address`, if there are any.
///
/// # Errors
/// A fault.
pub(crate) fn describe_refused(app: &App, now: Timestamp) -> Result<Option<String>> {
    let address = app.config.server.address.as_str();
    let refused = app
        .db
        .read(|connection| Addresses::find(connection)?.find_refused(connection, address, now))?;
    Ok(refused.map(|refused| address::describe(&refused, address)))
}

/// Ends the sessions with these ids, of any user. If one of them does not exist, none is ended.
///
/// # Errors
/// [`Error::SessionNotFound`], or a fault.
pub(crate) fn revoke_all(app: &App, ids: &BTreeSet<SessionId>, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        ids.iter().try_for_each(|id| {
            let session = sessions::find_active(tx, *id, now)?.ok_or(Error::SessionNotFound)?;
            let user = users::find_by_id(tx, session.user_id)?.ok_or(Error::SessionNotFound)?;
            sessions::delete(tx, *id)?;
            tx.happened(Event::SessionEnded, &user)
        })
    })
}

/// Ends every session of a user, and returns how many were open.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn revoke_all_of(app: &App, name: &str, now: Timestamp) -> Result<u32> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        let ended = sessions::count_of(tx, SessionsOf { user_id: user.id, ip: None }, now)?;
        sessions::delete_all_of(tx, user.id, None)?;
        tx.happened(Event::SessionsEnded, &user)?;
        Ok(ended)
    })
}

/// Ends every session of every user, and returns how many were open.
///
/// # Errors
/// A fault.
pub(crate) fn revoke_every(app: &App, now: Timestamp) -> Result<u32> {
    app.change(By::Operator, now, |tx| {
        let ended = totals::count(tx, now)?.sessions;
        sessions::delete_all(tx)?;
        tx.happened_here(Event::SessionsEnded, Differences::none())?;
        Ok(ended)
    })
}
