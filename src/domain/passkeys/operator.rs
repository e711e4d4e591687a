//! What operators do with passkeys on the command line: list and remove them.

use std::collections::BTreeSet;

use super::removal::delete;
use super::view::PasskeyView;
use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::change::By;
use crate::domain::parts::{PART, in_parts};
use crate::error::{Error, Result};
use crate::storage::passkeys::{self, Passkey, PasskeyId};
use crate::storage::{Connection, sessions, users};
use crate::time::Timestamp;

/// A passkey with the username of its user.
pub(crate) struct NamedPasskey {
    pub username: String,
    pub passkey: PasskeyView,
}

/// Shows the passkeys of the user with this name, or without a name those of all users, the oldest
/// first, as they are read.
///
/// # Errors
/// [`Error::UserNotFound`], a fault, or what `show` returns.
pub(crate) fn list_all<E: From<Error>>(
    app: &App,
    name: Option<&str>,
    mut show: impl FnMut(NamedPasskey) -> Result<(), E>,
) -> Result<(), E> {
    let named = |connection: &Connection, passkey: Passkey| {
        let user = users::find_by_id(connection, passkey.user_id)?;
        let username = user.ok_or(Error::UserNotFound)?.username;
        Ok(NamedPasskey { username, passkey: PasskeyView::new(&app.config, passkey) })
    };
    if let Some(name) = name {
        let found = app.db.read(|connection| {
            let user = by_name(app, connection, name)?;
            let found = passkeys::list_of(connection, user.id)?.into_iter();
            found.map(|passkey| named(connection, passkey)).collect::<Result<Vec<_>>>()
        })?;
        return found.into_iter().try_for_each(show);
    }
    let read = |after| {
        app.db.read(|connection| {
            let found = passkeys::list_after(connection, after, PART)?.into_iter();
            found.map(|passkey| named(connection, passkey)).collect()
        })
    };
    in_parts(read, |named| named.passkey.id, &mut show)
}

/// Which passkeys of a user are removed.
pub(crate) enum Chosen {
    /// Those with these ids; if one of them is not the user's, none is removed.
    These(BTreeSet<PasskeyId>),
    All,
}

/// What a removal has done.
#[derive(Debug)]
pub(crate) struct Removed {
    pub username: String,
    pub count: usize,
    /// How many passkeys the user has left.
    pub left: usize,
    /// Whether that switched the second factor off.
    pub ended_factor: bool,
}

/// Removes passkeys of a user, and ends every session of the user.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::NotFound`] if there is no such passkey, or a fault.
pub(crate) fn remove(app: &App, name: &str, chosen: &Chosen, now: Timestamp) -> Result<Removed> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        let all = passkeys::list_of(tx, user.id)?;
        let gone: Vec<&Passkey> = match chosen {
            Chosen::All => all.iter().collect(),
            Chosen::These(ids) => all.iter().filter(|one| ids.contains(&one.id)).collect(),
        };
        let is_whole = match chosen {
            Chosen::All => !gone.is_empty(),
            Chosen::These(ids) => gone.len() == ids.len(),
        };
        if !is_whole {
            return Err(Error::NotFound { what: "Passkey" });
        }
        gone.iter().try_for_each(|passkey| delete(tx, &user, passkey))?;
        let ended_factor = super::factor::end_without_passkey(tx, &user)?;
        sessions::delete_all_of(tx, user.id, None)?;
        let (count, left) = (gone.len(), all.len() - gone.len());
        Ok(Removed { username: user.username, count, left, ended_factor })
    })
}
