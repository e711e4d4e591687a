//! What users change of their own account.

use super::App;
use super::changes::{self, Changes};
use super::factors::{self, Code, Method};
use super::fields::NewPassword;
use super::password::Password;
use super::profile::{Profile, has_right, profile};
use super::sessions::{Principal, check_open};
use super::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::storage::users::{self as rows, User};
use crate::storage::{Connection, sessions, totp_factors};
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

/// Where an edit leads.
pub enum EditOutcome {
    /// It was made.
    Done(Box<Profile>),
    /// It needs the second factor.
    VerificationRequired([Method; 2]),
}

/// Changes the principal's account. A change of username, email or password needs the second factor where one is on; a
/// new password ends every other session.
///
/// # Errors
/// In this order: [`Error::UnAuthorized`] without the right to edit, [`Error::TooManyRequests`],
/// [`Error::InvalidField`] for a wrong password or code, [`Error::AlreadyExists`]; or a fault.
pub fn edit(app: &App, principal: &Principal, edit: Edit, now: Timestamp) -> Result<EditOutcome> {
    let user = &principal.user;
    if !has_right(app, user, "can_self_edit", now) {
        return Err(Error::UnAuthorized { action: "edit this profile" });
    }
    let is_sensitive = edit.password.is_some() || edit.changes.are_sensitive(app, user);
    let hash = edit.password.map(|passwords| replace_password(app, user, &passwords, now)).transpose()?;
    let make = |connection: &Connection| make(app, connection, principal, (edit.changes, hash), now);

    let factor = app.db.read(|connection| totp_factors::find(connection, user.id))?.filter(|_| is_sensitive);
    match (factor, &edit.code) {
        (None, _) => app.db.write(make),
        (Some(_), None) => return Ok(EditOutcome::VerificationRequired(factors::methods(user))),
        (Some(factor), Some(code)) => factors::accept(app, &factor, code, now, make),
    }
    .map(|profile| EditOutcome::Done(Box::new(profile)))
}

/// Checks the password until now and hashes the new one.
fn replace_password(
    app: &App,
    user: &User,
    (new, current): &(NewPassword, Password),
    now: Timestamp,
) -> Result<String> {
    let spent = throttle::spend(app, vec![Budget::current_password(&user.id.to_string())], now)?;
    if !app.hasher.verify(current, &user.password_hash)? {
        tracing::info!(account = %user.id, "change of password refused: the one until now is wrong");
        return Err(Error::invalid("current_password", "is not correct"));
    }
    app.db.write(|connection| spent.refund(connection))?;
    app.hasher.hash(&new.0)
}

/// Makes the changes, unless the session or the password has gone meanwhile.
fn make(
    app: &App,
    connection: &Connection,
    principal: &Principal,
    (changes, hash): (Changes, Option<String>),
    now: Timestamp,
) -> Result<Profile> {
    check_open(connection, principal, now)?;
    let mut user = rows::find_by_id(connection, principal.user.id)?
        .filter(|user| user.password_changed_at == principal.user.password_changed_at)
        .filter(|user| user.has_totp == principal.user.has_totp)
        .ok_or(Error::NotLogged)?;
    changes.apply(app, &mut user);
    changes::store(connection, &user)?;
    if let Some(hash) = hash {
        rows::update_password(connection, user.id, &hash, now)?;
        sessions::delete_all_of(connection, user.id, Some(principal.session))?;
    }
    Ok(profile(app, user, now))
}
