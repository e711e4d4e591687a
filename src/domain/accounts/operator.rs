//! What operators do with accounts on the command line: find, change, suspend and remove them.

use crate::domain::accounts::changes::{self, Changes};
use crate::domain::accounts::fields::Username;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::inspection::{Account, account};
use crate::domain::accounts::last_administrator::LastAdministrator;
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::suspension::Suspension;
use crate::domain::accounts::tags::GivenTag;
use crate::domain::audit::account::suspension;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::invitations;
use crate::domain::pictures::{self, NewPicture, PictureKind};
use crate::domain::reveal::Reveal;
use crate::domain::{App, throttle};
use crate::error::{Error, Result};
use crate::storage::password_links;
use crate::storage::sessions;
use crate::storage::users::{self, NewSuspension, User, UserId};
use crate::time::Timestamp;

/// The account with this username, id or confirmed email address.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn find(app: &App, name: &str, now: Timestamp) -> Result<Profile> {
    app.db.read(|connection| by_name(app, connection, name)).map(|user| profile(app, &user, now))
}

/// A new picture for an account.
pub(crate) struct PictureUpdate {
    /// Which picture it replaces.
    pub kind: PictureKind,
    /// The checked file.
    pub picture: NewPicture,
}

/// What an operator changes of an account.
pub(crate) struct Update {
    /// The new values of fields.
    pub changes: Changes,
    /// New pictures.
    pub pictures: Vec<PictureUpdate>,
    /// Whether the last administrator may become an ordinary user.
    pub last_administrator: LastAdministrator,
}

/// An account after an update.
pub(crate) struct Updated {
    pub profile: Profile,
    /// Whether it had other values before.
    pub has_changed: bool,
}

/// Changes fields and pictures of an account. An operator may change every field.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`], [`Error::InvalidAccountField`],
/// [`Error::AlreadyExists`], or a fault.
pub(crate) fn set(app: &App, name: &str, update: Update, now: Timestamp) -> Result<Updated> {
    let Update { changes, pictures: new_pictures, last_administrator } = update;
    app.change(By::Operator, now, |tx| {
        let before = by_name(app, tx, name)?;
        changes.check_address(&before)?;
        let mut user = before.clone();
        changes.apply(app, &mut user);
        if !user.is_admin {
            last_administrator.check(tx, &before, now)?;
        }
        for update in &new_pictures {
            pictures::put(tx, &mut user, update.kind, &update.picture)?;
        }
        changes::store(tx, &before, &user)?;
        if before.has_email_factor && !user.has_email_factor {
            sessions::delete_all_of(tx, user.id, None)?;
            tx.happened(Event::EmailFactorDisabled, &before)?;
        }
        let has_changed = user != before;
        Ok(Updated { profile: profile(app, &user, now), has_changed })
    })
}

/// Adds and removes tags. A tag in both lists is removed.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn retag(
    app: &App,
    name: &str,
    add: Vec<GivenTag>,
    remove: &[GivenTag],
    now: Timestamp,
) -> Result<Profile> {
    app.change(By::Operator, now, |tx| {
        let before = by_name(app, tx, name)?;
        let mut user = before.clone();
        let remove: Vec<String> = remove.iter().cloned().map(GivenTag::into_text).collect();
        for tag in add.into_iter().map(GivenTag::into_text) {
            if !user.tags.contains(&tag) {
                user.tags.push(tag);
            }
        }
        user.tags.retain(|tag| !remove.contains(tag));
        changes::store(tx, &before, &user)?;
        Ok(profile(app, &user, now))
    })
}

/// Sets a new password, ends every session of the user, and resets their rate limits. `reveal` may
/// show the password with the account.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::GuessablePassword`], a fault, or an error of `reveal`.
pub(crate) fn change_password<E: From<Error>>(
    app: &App,
    name: &str,
    password: &NewPassword,
    now: Timestamp,
    reveal: impl Reveal<Account, E>,
) -> Result<(), E> {
    let user = app.db.read(|connection| by_name(app, connection, name))?;
    let hash = app.hasher.hash(password.of(&(&user).into())?)?;
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        users::update_password(tx, user.id, &hash, now)?;
        password_links::delete_of(tx, user.id)?;
        sessions::delete_all_of(tx, user.id, None)?;
        throttle::reset(tx, &user.id.to_string())?;
        tx.happened(Event::PasswordChanged, &user)?;
        reveal(&account(app, tx, &user, now)?)
    })
}

/// Suspends an account and ends its sessions. Without `until`, the suspension has no end.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`], or a fault.
pub(crate) fn disable(
    app: &App,
    name: &str,
    new: &Suspension,
    last_administrator: LastAdministrator,
    now: Timestamp,
) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        last_administrator.check(tx, &user, now)?;
        let new = NewSuspension { at: now, until: new.until, reason: new.reason.as_deref() };
        users::update_suspension(tx, user.id, Some(new))?;
        password_links::delete_of(tx, user.id)?;
        sessions::delete_all_of(tx, user.id, None)?;
        tx.happened_with(Event::AccountDisabled, &user, suspension(tx, &user, now)?)
    })
}

/// Ends the suspension of an account, and returns whether there was one.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn enable(app: &App, name: &str, now: Timestamp) -> Result<bool> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        if user.suspended_at.is_none() {
            return Ok(false);
        }
        users::update_suspension(tx, user.id, None)?;
        tx.happened_with(Event::AccountEnabled, &user, suspension(tx, &user, now)?)?;
        Ok(true)
    })
}

/// Gives an account another username. As where its user does that, sessions and tokens stay valid.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::AlreadyExists`], or a fault.
pub(crate) fn rename(app: &App, name: &str, new: Username, now: Timestamp) -> Result<Renamed> {
    app.change(By::Operator, now, |tx| {
        let before = by_name(app, tx, name)?;
        let user = User { username: new.into_text(), ..before.clone() };
        if user.username != before.username {
            changes::store(tx, &before, &user)?;
        }
        Ok(Renamed { from: before.username, profile: profile(app, &user, now) })
    })
}

/// A renamed account.
pub(crate) struct Renamed {
    /// The username before.
    pub from: String,
    /// The account with its new username.
    pub profile: Profile,
}

/// Checks whether an account may be removed, before the operator is asked.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`], or a fault.
pub(crate) fn check_removal(
    app: &App,
    name: &str,
    last_administrator: LastAdministrator,
    now: Timestamp,
) -> Result<Profile> {
    app.db.read(|connection| {
        let user = by_name(app, connection, name)?;
        last_administrator.check(connection, &user, now)?;
        Ok(profile(app, &user, now))
    })
}

/// How an account is removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal {
    /// Whether it may be the last administrator.
    pub last_administrator: LastAdministrator,
    /// Whether its lines leave the audit log. One stays, which names no account.
    pub forget: bool,
}

/// Deletes an account and all of its data. Its id is never reused.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`], or a fault.
pub(crate) fn remove(app: &App, id: UserId, removal: Removal, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        let user = users::find_by_id(tx, id)?.ok_or(Error::UserNotFound)?;
        removal.last_administrator.check(tx, &user, now)?;
        throttle::reset(tx, &id.to_string())?;
        if removal.forget {
            invitations::forget(tx, &user)?;
            tx.happened_and_forgotten(Event::AccountRemoved, &user)?;
            return users::delete(tx, id);
        }
        invitations::delete_of(tx, &user)?;
        tx.happened(Event::AccountRemoved, &user)?;
        users::delete(tx, user.id)
    })
}
