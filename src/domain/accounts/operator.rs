//! What operators do to accounts: find, change, suspend and remove them.

use serde::Serialize;

use crate::domain::accounts::changes::{self, Changes};
use crate::domain::accounts::fields::NewPassword;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::tags::GivenTag;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::pictures::{self, NewPicture, PictureKind};
use crate::domain::reveal::Reveal;
use crate::domain::{App, throttle};
use crate::error::{Error, Result};
use crate::storage::users::{self, Search};
use crate::storage::{Pagination, sessions};
use crate::time::Timestamp;

/// The user of that name, id or verified address.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn find(app: &App, name: &str, now: Timestamp) -> Result<Profile> {
    app.db.read(|connection| by_name(app, connection, name)).map(|user| profile(app, &user, now))
}

/// A suspension that is in force.
#[derive(Debug, Serialize)]
pub(crate) struct Suspension {
    /// When it ends; never, where there is none.
    pub until: Option<Timestamp>,
    /// Why it was set.
    pub reason: Option<String>,
}

/// The user of that name, with the suspension that is in force.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn inspect(
    app: &App,
    name: &str,
    now: Timestamp,
) -> Result<(Profile, Option<Suspension>)> {
    let mut user = app.db.read(|connection| by_name(app, connection, name))?;
    let suspension =
        Suspension { until: user.suspended_until, reason: user.suspension_reason.take() };
    let suspension = user.is_suspended(now).then_some(suspension);
    Ok((profile(app, &user, now), suspension))
}

/// The users whose name, display name or address contains `text`, by id, as their operator sees
/// them.
pub(crate) fn list_all(app: &App, text: &str, now: Timestamp) -> Result<Vec<Profile>> {
    let everything = Pagination::EVERYTHING;
    let found = app
        .db
        .read(|connection| users::list(connection, Search { text, by_email: true }, everything))?;
    Ok(found.into_iter().map(|user| profile(app, &user, now)).collect())
}

/// Changes what an operator may change: every field, and the pictures.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::AlreadyExists`], or the database fails.
pub(crate) fn set(
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
pub(crate) fn retag(
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

/// Sets another password, ends every session of the user, and resets their rate limits.
///
/// # Errors
/// [`Error::UserNotFound`], a fault, or what `reveal` returns.
pub(crate) fn change_password<E: From<Error>>(
    app: &App,
    name: &str,
    password: &NewPassword,
    now: Timestamp,
    reveal: impl Reveal<NewPassword, E>,
) -> Result<(), E> {
    let hash = app.hasher.hash(&password.0)?;
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        users::update_password(tx, user.id, &hash, now)?;
        sessions::delete_all_of(tx, user.id, None)?;
        throttle::reset(tx, &user.id.to_string())?;
        tx.happened(Event::PasswordChanged, &user)?;
        reveal(password)
    })
}

/// Suspends a user until an instant, or for good, and ends all of their sessions.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn disable(
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

/// Ends a suspension.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn enable(app: &App, name: &str, now: Timestamp) -> Result<()> {
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
pub(crate) fn remove(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        tx.happened(Event::AccountRemoved, &user)?;
        users::delete(tx, user.id)
    })
}
