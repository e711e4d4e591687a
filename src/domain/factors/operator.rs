//! What operators do to the second factors of others.

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

/// Gives a user new recovery codes; the old ones are no longer valid.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or what
/// `reveal` returns.
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

/// Makes a code that is valid once, as if the user's authenticator app had shown it.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or what
/// `reveal` returns.
pub(crate) fn issue_code<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    reveal: impl Reveal<Zeroizing<String>, E>,
) -> Result<(), E> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        check_enabled(&user)?;
        // Whoever is helped shall not be kept out by what went wrong before.
        throttle::reset_codes(tx, user.id)?;
        tx.happened(Event::CodeIssued, &user)?;
        reveal(&sent::make(app, tx, user.id, Channel::Operator, now)?)
    })
}

/// Removes every second factor of a user, and forgets what was counted against them; tells whether
/// there was one.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn reset(app: &App, name: &str, now: Timestamp) -> Result<bool> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        throttle::reset(tx, &user.id.to_string())?;
        totp_factors::delete(tx, user.id)?;
        let after = users::User { has_email_factor: false, has_totp: false, ..user.clone() };
        users::update(tx, &after)?;
        delete_unneeded_codes(tx, &after)?;
        if user.has_totp {
            changed(tx, Event::TotpDisabled, &user, None)?;
        }
        if user.has_email_factor {
            changed(tx, Event::EmailFactorDisabled, &user, None)?;
        }
        Ok(user.has_second_factor())
    })
}
