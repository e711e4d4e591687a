//! The deletion of an account by its user.

use crate::domain::accounts::edit::unchanged;
use crate::domain::accounts::last_administrator::{check_deletion, is_last};
use crate::domain::accounts::password_check::{CURRENT_PASSWORD, PasswordCheck};
use crate::domain::event::Event;
use crate::domain::factors::{Code, with_factor};
use crate::domain::principal::Principal;
use crate::domain::{App, invitations, throttle};
use crate::error::{Error, Result};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// The password and the code that authorize a deletion.
pub(crate) struct DeletionRequest {
    /// The password. The account page always asks for it, the API without a second factor.
    pub check: PasswordCheck,
    /// A code of the second factor, if the client sent one.
    pub code: Option<Code>,
}

/// Whether a user cannot delete the account, since no other administrator can log in.
///
/// # Errors
/// A fault.
pub(crate) fn is_last_administrator(app: &App, user: &User, now: Timestamp) -> Result<bool> {
    app.db.read(|connection| is_last(connection, user, now))
}

/// Deletes the principal's account and all of its data, with its lines in the audit log. That needs
/// a code if a second factor is on, otherwise the password. A password that is sent must be right
/// in any case.
///
/// # Errors
/// [`Error::LastAdministrator`], [`Error::TooManyRequests`], [`Error::WrongPassword`],
/// [`Error::WrongCode`], [`Error::NotLogged`] if the session has ended meanwhile, or a fault.
pub(crate) fn delete(
    app: &App,
    principal: &Principal,
    request: &DeletionRequest,
    now: Timestamp,
) -> Result<()> {
    let user = &principal.user;
    // Before a code is used up or mailed.
    app.db.read(|connection| check_deletion(connection, user, now))?;
    if matches!(request.check, PasswordCheck::NotRequired) && !user.has_second_factor() {
        return Err(Error::invalid(CURRENT_PASSWORD, "must be the password of the account"));
    }
    request.check.verify(app, user, now)?;
    with_factor(app, principal.actor(), request.code.as_ref(), now, |tx| {
        let current = unchanged(tx, principal, now)?;
        check_deletion(tx, &current, now)?;
        invitations::forget(tx, &current)?;
        throttle::reset(tx, &current.id.to_string())?;
        tx.happened_and_forgotten(Event::AccountDeleted, &current)?;
        users::delete(tx, current.id)
    })
}
