//! What users change of their own account.

use super::App;
use super::audit::{self, Event};
use super::changes::{self, Changes};
use super::email;
use super::factors::{self, Code, Outcome};
use super::fields::NewPassword;
use super::password::Password;
use super::profile::{Profile, has_right, profile};
use super::sessions::{Principal, check_open};
use super::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::storage::users::{self as rows, User};
use crate::storage::{Connection, sessions};
use crate::time::Timestamp;

/// What a user wants changed, and what they show for it.
pub struct Edit {
    /// The fields.
    pub changes: Changes,
    /// A new password, with the one until now.
    pub password: Option<(NewPassword, Password)>,
    /// The second factor, where they sent one.
    pub code: Option<Code>,
}

/// Changes the principal's account. A change of username, email or password needs the second factor where one is on; a
/// new password ends every other session.
///
/// # Errors
/// In this order: [`Error::UnAuthorized`] without the right to edit, [`Error::TooManyRequests`],
/// [`Error::InvalidField`] for a wrong password or code, [`Error::AlreadyExists`]; or a fault.
pub fn edit(app: &App, principal: &Principal, edit: Edit, now: Timestamp) -> Result<Outcome<Box<Profile>>> {
    let user = &principal.user;
    if !has_right(app, user, "can_self_edit", now) {
        return Err(Error::UnAuthorized { action: "edit this profile" });
    }
    let after = edit.changes.preview(app, user);
    if user.has_email_factor && !after.has_email_factor {
        return Err(Error::invalid("email", "is a second factor: switch that off first"));
    }
    let events = audit::happening([
        (after.username != user.username, Event::AccountRenamed),
        (after.email != user.email, Event::EmailChanged),
        (edit.password.is_some(), Event::PasswordChanged),
    ]);
    let hash = edit.password.map(|passwords| replace_password(app, user, &passwords, now)).transpose()?;
    let make = |connection: &Connection| {
        let changed = make(app, connection, principal, (edit.changes, hash), now)?;
        let note = |event: &Event| audit::record(app, connection, (*event, user), Some(&principal.device), now);
        events.iter().try_for_each(note)?;
        Ok(changed)
    };
    // What is worth a line in the audit log is worth a code.
    let outcome = if events.is_empty() {
        Outcome::Done(app.db.write(make)?)
    } else {
        factors::with_factor(app, (user, &principal.device), edit.code.as_ref(), now, make)?
    };
    Ok(match outcome {
        Outcome::Done(changed) => {
            tell(app, principal, &changed, &events, now);
            Outcome::Done(Box::new(profile(app, &changed, now)))
        }
        Outcome::VerificationRequired(methods) => Outcome::VerificationRequired(methods),
    })
}

/// Tells the user at the address that was theirs until now, and asks for a confirmation of a new one.
fn tell(app: &App, principal: &Principal, changed: &User, events: &[Event], now: Timestamp) {
    for event in events {
        app.notify(&principal.user, Some(&principal.device), *event, now);
    }
    if events.contains(&Event::EmailChanged) {
        email::invite(app, changed, Some(&principal.device), now);
    }
}

/// Makes sure once more that it is the user who asks, by the password.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::InvalidField`] where it is wrong, or a fault.
pub fn check_password(app: &App, user: &User, current: &Password, now: Timestamp) -> Result<()> {
    let spent = throttle::spend(app, vec![Budget::current_password(&user.id.to_string())], now)?;
    if !app.hasher.verify(current, &user.password_hash)? {
        tracing::info!(account = %user.id, "a change was refused: the password is wrong");
        return Err(Error::invalid("current_password", "is not correct"));
    }
    app.db.write(|connection| spent.refund(connection))
}

/// Checks the password until now and hashes the new one.
fn replace_password(
    app: &App,
    user: &User,
    (new, current): &(NewPassword, Password),
    now: Timestamp,
) -> Result<String> {
    check_password(app, user, current, now)?;
    app.hasher.hash(&new.0)
}

/// Makes the changes, unless the session or the password has gone meanwhile.
fn make(
    app: &App,
    connection: &Connection,
    principal: &Principal,
    (changes, hash): (Changes, Option<String>),
    now: Timestamp,
) -> Result<User> {
    check_open(connection, principal, now)?;
    let mut user = rows::find_by_id(connection, principal.user.id)?
        .filter(|user| user.password_changed_at == principal.user.password_changed_at)
        .filter(|user| factors::are_as_in(user, &principal.user))
        .ok_or(Error::NotLogged)?;
    let before = user.clone();
    changes.apply(app, &mut user);
    changes::store(connection, &before, &user)?;
    if let Some(hash) = hash {
        rows::update_password(connection, user.id, &hash, now)?;
        sessions::delete_all_of(connection, user.id, Some(principal.session))?;
    }
    Ok(user)
}
