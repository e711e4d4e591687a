//! Accounts: how they are made, found, changed by their operator, banned and removed.

use serde::Serialize;

use super::audit::Event;
use super::change::By;
use super::changes::{self, Changes};
use super::fields::{Display, Email, NewPassword, Username};
use super::identifier::{Identifier, by_name};
use super::pictures::{self, NewPicture, PictureKind};
use super::profile::{Profile, PublicProfile, is_banned, profile, public_profile};
use super::tags::GivenTag;
use super::{App, throttle};
use crate::config::{self, Config};
use crate::error::{Error, Result};
pub use crate::storage::users::UserId;
use crate::storage::users::{self, NewUser, Search, User};
use crate::storage::{Connection, Page, sessions};
use crate::time::Timestamp;

mod search;

pub use search::{Found, Query, Usage, search, usage};

/// An account to be.
pub struct NewAccount {
    /// Under which name.
    pub username: Username,
    /// As long as the server wants for new ones.
    pub password: NewPassword,
    /// Unverified at first.
    pub email: Option<Email>,
    /// The username where there is none.
    pub display: Option<Display>,
    /// Whether the user gets `sys:admin`.
    pub is_admin: bool,
}

/// Makes an account. `show` may tell somebody of it, such as its password; where that fails, there
/// is no account.
///
/// # Errors
/// [`Error::AlreadyExists`], a fault, or what `show` returns.
pub fn register<E: From<Error>>(
    app: &App,
    account: NewAccount,
    now: Timestamp,
    show: impl FnOnce(&Profile) -> Result<(), E>,
) -> Result<Profile, E> {
    let hash = app.hasher.hash(&account.password.0)?;
    app.change(By::Operator, now, |tx| {
        let user = insert(tx, account, hash, now)?;
        tx.happened(Event::AccountCreated, &user)?;
        let profile = profile(app, &user, now);
        show(&profile)?;
        Ok(profile)
    })
}

/// Makes the account while there is none at all; otherwise does nothing. `show` as for
/// [`register`].
///
/// # Errors
/// A fault, or what `show` returns.
pub fn register_first<E: From<Error>>(
    app: &App,
    account: NewAccount,
    now: Timestamp,
    show: impl FnOnce(&Profile) -> Result<(), E>,
) -> Result<(), E> {
    if app.db.read(users::exists_any)? {
        return Ok(());
    }
    let hash = app.hasher.hash(&account.password.0)?;
    app.change(By::Operator, now, |tx| {
        // Another server may have been quicker.
        if users::exists_any(tx)? {
            return Ok(());
        }
        let user = insert(tx, account, hash, now)?;
        tx.happened(Event::AccountCreated, &user)?;
        show(&profile(app, &user, now))
    })
}

/// Stores a new account.
pub(super) fn insert(
    connection: &Connection,
    new: NewAccount,
    password_hash: String,
    now: Timestamp,
) -> Result<User> {
    let username = new.username.into_text();
    let new = NewUser {
        display: new.display.map_or_else(|| username.clone(), Display::into_text),
        username,
        email: new.email.map(Email::into_text),
        password_hash,
        is_admin: new.is_admin,
        created_at: now,
    };
    let id = users::insert(connection, &new)?;
    users::find_by_id(connection, id)?.ok_or(Error::UserNotFound)
}

/// Whether strangers may make accounts.
#[must_use]
pub fn may_anybody_register(config: &Config) -> bool {
    config.users.registration == config::Registration::Open
}

/// The user of that name, id or verified address.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn find(app: &App, name: &str, now: Timestamp) -> Result<Profile> {
    app.db.read(|connection| by_name(app, connection, name)).map(|user| profile(app, &user, now))
}

/// A ban that holds.
#[derive(Debug, Serialize)]
pub struct Ban {
    /// When it ends; never, where there is none.
    pub until: Option<Timestamp>,
    /// Why it was set.
    pub reason: Option<String>,
}

/// The same, with the ban that holds, for an operator.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn inspect(app: &App, name: &str, now: Timestamp) -> Result<(Profile, Option<Ban>)> {
    let mut user = app.db.read(|connection| by_name(app, connection, name))?;
    let ban = Ban { until: user.banned_until, reason: user.ban_reason.take() };
    let ban = is_banned(&user, now).then_some(ban);
    Ok((profile(app, &user, now), ban))
}

/// The user whom a client names.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn select(app: &App, identifier: &Identifier, now: Timestamp) -> Result<PublicProfile> {
    let user = app.db.read(|connection| identifier.find(connection))?;
    user.map(|user| public_profile(app, &user, now)).ok_or(Error::UserNotFound)
}

/// The users whose name, display name or address contains `text`, by id, as their operator sees
/// them.
///
/// # Errors
/// The database fails.
pub fn list_all(app: &App, text: &str, now: Timestamp) -> Result<Vec<Profile>> {
    let everything = Page { limit: u32::MAX, offset: 0 };
    let found = app
        .db
        .read(|connection| users::list(connection, Search { text, by_email: true }, everything))?;
    Ok(found.into_iter().map(|user| profile(app, &user, now)).collect())
}

/// Changes what an operator may change: every field, and the pictures.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::AlreadyExists`], or the database fails.
pub fn set(
    app: &App,
    name: &str,
    changes: Changes,
    pictures: &[(PictureKind, NewPicture)],
    now: Timestamp,
) -> Result<Profile> {
    let user = app.change(By::Operator, now, |tx| {
        let before = by_name(app, tx, name)?;
        let mut user = before.clone();
        changes.apply(app, &mut user);
        for (kind, picture) in pictures {
            pictures::put(tx, &mut user, *kind, picture)?;
        }
        changes::store(tx, &before, &user)?;
        // The user is told at the address that was theirs until now.
        if before.email != user.email {
            tx.happened(Event::EmailChanged, &before)?;
        }
        if before.has_email_factor && !user.has_email_factor {
            sessions::delete_all_of(tx, user.id, None)?;
            tx.happened(Event::EmailFactorDisabled, &before)?;
        }
        Ok::<_, Error>(user)
    })?;
    Ok(profile(app, &user, now))
}

/// Adds and removes tags.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn retag(
    app: &App,
    name: &str,
    add: Vec<GivenTag>,
    remove: &[GivenTag],
    now: Timestamp,
) -> Result<Profile> {
    app.db.write(|connection| {
        let mut user = by_name(app, connection, name)?;
        let remove: Vec<String> = remove.iter().cloned().map(GivenTag::into_text).collect();
        for tag in add.into_iter().map(GivenTag::into_text) {
            if !user.tags.contains(&tag) {
                user.tags.push(tag);
            }
        }
        user.tags.retain(|tag| !remove.contains(tag));
        users::update(connection, &user)?;
        Ok(profile(app, &user, now))
    })
}

/// Sets another password; ends every session of the user, and forgets what was counted against
/// them. Where `show` fails, nothing is changed.
///
/// # Errors
/// [`Error::UserNotFound`], a fault, or what `show` returns.
pub fn change_password<E: From<Error>>(
    app: &App,
    name: &str,
    password: &NewPassword,
    now: Timestamp,
    show: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    let hash = app.hasher.hash(&password.0)?;
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        users::update_password(tx, user.id, &hash, now)?;
        sessions::delete_all_of(tx, user.id, None)?;
        throttle::forgive(tx, &user.id.to_string())?;
        tx.happened(Event::PasswordChanged, &user)?;
        show()
    })
}

/// Bans a user until then, or for good; ends all of their sessions.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn disable(
    app: &App,
    name: &str,
    reason: Option<&str>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        users::update_ban(tx, user.id, Some(now), until, reason)?;
        sessions::delete_all_of(tx, user.id, None)?;
        tx.happened(Event::AccountDisabled, &user)
    })
}

/// Ends a ban.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn enable(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        users::update_ban(tx, user.id, None, None, None)?;
        tx.happened(Event::AccountEnabled, &user)
    })
}

/// Removes an account with everything of it; its id is never given again.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn remove(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        tx.happened(Event::AccountRemoved, &user)?;
        users::delete(tx, user.id)
    })
}

#[cfg(test)]
mod tests;
