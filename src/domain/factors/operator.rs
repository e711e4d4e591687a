//! What operators do with the second factors of users, on the command line.

use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::recovery::{self, RecoveryCodes};
use crate::domain::factors::{changed, check_enabled, delete_unneeded_codes, sent};
use crate::domain::reveal::Reveal;
use crate::domain::throttle;
use crate::error::{Error, Result};
use crate::storage::sent_codes::Channel;
use crate::storage::{totp_factors, users};
use crate::time::Timestamp;

/// Makes new recovery codes for a user, which replace the old ones.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or an
/// error of `reveal`.
pub(crate) fn renew_recovery_codes<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    reveal: impl Reveal<RecoveryCodes, E>,
) -> Result<(), E> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        check_enabled(&user)?;
        tx.happened(Event::RecoveryCodesRenewed, &user)?;
        reveal(&recovery::renew(app, tx, user.id)?)
    })
}

/// Makes a code for a user, which is valid once, like one from an authenticator app.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or an
/// error of `reveal`.
pub(crate) fn issue_code<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    reveal: impl Reveal<Zeroizing<String>, E>,
) -> Result<(), E> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        check_enabled(&user)?;
        // The user may be locked out after wrong codes, and the new code must work nevertheless.
        throttle::reset_codes(tx, user.id)?;
        tx.happened(Event::CodeIssued, &user)?;
        reveal(&sent::make(app, tx, user.id, Channel::Operator, now)?.code)
    })
}

/// What is left of a user's ways in after [`reset`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset {
    /// Whether a second factor was on.
    pub had_one: bool,
    /// How many passkeys the user has, which stay.
    pub passkeys: u32,
}

/// Disables every second factor of a user and resets the user's rate limits.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn reset(app: &App, name: &str, now: Timestamp) -> Result<Reset> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        throttle::reset(tx, &user.id.to_string())?;
        totp_factors::delete(tx, user.id)?;
        let after = users::User {
            has_email_factor: false,
            has_totp: false,
            has_passkey_factor: false,
            ..user.clone()
        };
        users::update(tx, &after)?;
        delete_unneeded_codes(tx, &after)?;
        if user.has_totp {
            changed(tx, Event::TotpDisabled, &user, None)?;
        }
        if user.has_email_factor {
            changed(tx, Event::EmailFactorDisabled, &user, None)?;
        }
        if user.has_passkey_factor {
            changed(tx, Event::PasskeyFactorDisabled, &user, None)?;
        }
        Ok(Reset { had_one: user.has_second_factor(), passkeys: user.passkeys })
    })
}
