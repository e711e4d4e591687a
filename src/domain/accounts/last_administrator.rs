//! The last administrator who can log in, whom an operator does not remove by accident.

use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// Whether a command may leave the instance without an administrator who can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastAdministrator {
    Stays,
    MayGo,
}

impl LastAdministrator {
    /// Checks that a user may lose their rights, or access to them. Part of the transaction of the
    /// change, so that two commands at once do not take the last two administrators.
    ///
    /// # Errors
    /// [`Error::CommandRefused`] for the last administrator who is not suspended, or a fault.
    pub(crate) fn check(self, connection: &Connection, user: &User, now: Timestamp) -> Result<()> {
        if self == Self::MayGo || !is_last(connection, user, now)? {
            return Ok(());
        }
        let reason = format!(
            "{} is the last administrator who can log in, so nothing was changed: make another one \
             with nox user set NAME --admin true, or permit it with --last-administrator",
            user.username
        );
        Err(Error::CommandRefused { reason })
    }
}

/// Checks that users who delete their own account do not leave the instance without an
/// administrator.
///
/// # Errors
/// [`Error::LastAdministrator`], or a fault.
pub(super) fn check_deletion(connection: &Connection, user: &User, now: Timestamp) -> Result<()> {
    if is_last(connection, user, now)? { Err(Error::LastAdministrator) } else { Ok(()) }
}

/// Whether a user is the only administrator who can log in.
pub(super) fn is_last(connection: &Connection, user: &User, now: Timestamp) -> Result<bool> {
    let is_one = user.is_admin && !user.is_suspended(now);
    Ok(is_one && !users::exists_other_administrator(connection, user.id, now)?)
}
