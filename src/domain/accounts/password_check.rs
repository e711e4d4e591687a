//! The current password, which some changes ask for in addition to the session.

use crate::domain::App;
use crate::domain::password::{Match, Password};
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

/// The field in which API and pages take the current password.
pub(crate) const CURRENT_PASSWORD: &str = "current_password";

/// The current password as a user typed it.
pub(crate) struct CurrentPassword {
    /// The name of the field that it came in.
    pub field: &'static str,
    /// The password.
    pub password: Password,
}

impl CurrentPassword {
    /// A password that came in the field `current_password`.
    pub(crate) const fn new(password: Password) -> Self {
        Self { field: CURRENT_PASSWORD, password }
    }

    /// Counts the attempt and compares the password with the account's.
    ///
    /// # Errors
    /// [`Error::TooManyRequests`], [`Error::WrongPassword`], or a fault.
    pub(crate) fn verify(&self, app: &App, user: &User, now: Timestamp) -> Result<()> {
        let limit = Limit::current_password(user.id);
        let attempt = throttle::consume(app, vec![limit], now)?;
        if app.verifier()?.verify(&self.password, &user.password_hash)? == Match::Wrong {
            tracing::info!(account = %user.id, "a change was refused: the password is wrong");
            return Err(Error::WrongPassword { field: self.field });
        }
        app.db.write(|connection| attempt.refund(connection))
    }
}

/// Whether a change asks for the current password. Each caller must decide: the account page asks,
/// since a browser that was left open must not be enough, and the contract's API does not.
pub(crate) enum PasswordCheck {
    /// The session is enough.
    NotRequired,
    /// The password must be right.
    Required(CurrentPassword),
    /// The password must be right, unless a second factor is on: then the change asks for a code.
    RequiredWithoutFactor(CurrentPassword),
}

impl PasswordCheck {
    /// # Errors
    /// [`Error::TooManyRequests`], [`Error::WrongPassword`], or a fault.
    pub(crate) fn verify(&self, app: &App, user: &User, now: Timestamp) -> Result<()> {
        match self {
            Self::NotRequired => Ok(()),
            Self::RequiredWithoutFactor(_) if user.has_second_factor() => Ok(()),
            Self::Required(current) | Self::RequiredWithoutFactor(current) => {
                current.verify(app, user, now)
            }
        }
    }
}
