//! What operators do with sessions on the command line: list and revoke them.

use std::collections::BTreeSet;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::error::{Error, Result};
use crate::storage::Pagination;
use crate::storage::sessions::{self, Session, SessionId, SessionsOf};
use crate::storage::users;
use crate::time::Timestamp;

/// A session with the username of its user.
pub(crate) struct NamedSession {
    pub username: String,
    pub session: Session,
}

/// Lists the sessions of the user with this name, or without a name those of all users, newest
/// first.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn list_all(app: &App, name: Option<&str>, now: Timestamp) -> Result<Vec<NamedSession>> {
    app.db.read(|connection| {
        let found = match name {
            Some(name) => {
                let user = by_name(app, connection, name)?;
                sessions::list_of(
                    connection,
                    SessionsOf { user_id: user.id, ip: None },
                    now,
                    Pagination::EVERYTHING,
                )?
            }
            None => sessions::list_all(connection, now)?,
        };
        let with_username = |session: Session| {
            let user =
                users::find_by_id(connection, session.user_id)?.ok_or(Error::UserNotFound)?;
            Ok(NamedSession { username: user.username, session })
        };
        found.into_iter().map(with_username).collect()
    })
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

/// Ends every session of a user.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn revoke_all_of(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        sessions::delete_all_of(tx, user.id, None)?;
        tx.happened(Event::SessionsEnded, &user)
    })
}
