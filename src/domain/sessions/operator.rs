//! What the operator does with sessions.

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

/// The sessions of a user, or of everybody, each with its username, newest first: for an operator.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn list_all(
    app: &App,
    name: Option<&str>,
    now: Timestamp,
) -> Result<Vec<(String, Session)>> {
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
        let named = |session: Session| {
            let user =
                users::find_by_id(connection, session.user_id)?.ok_or(Error::UserNotFound)?;
            Ok((user.username, session))
        };
        found.into_iter().map(named).collect()
    })
}

/// Ends sessions, whosever they are: all of them, or, where one is not there, none.
///
/// # Errors
/// [`Error::SessionNotFound`], or the database fails.
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
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn revoke_all_of(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        sessions::delete_all_of(tx, user.id, None)?;
        tx.happened(Event::SessionsEnded, &user)
    })
}
