//! What operators do to the second factors of others.

use zeroize::Zeroizing;

use super::recovery::{self, RecoveryCodes};
use super::{changed, check_on, forget_the_rest, sent};
use crate::domain::App;
use crate::domain::audit::{self, Event};
use crate::domain::identifier::by_name;
use crate::domain::throttle;
use crate::error::{Error, Result};
use crate::storage::sent_codes::Way;
use crate::storage::{totp_factors, users};
use crate::time::Timestamp;

/// Gives a user new recovery codes; where `show` fails, the old ones stay.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or what `show` returns.
pub fn renew_recovery_codes<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    show: impl FnOnce(&RecoveryCodes) -> Result<(), E>,
) -> Result<(), E> {
    let user = app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        check_on(&user)?;
        audit::record(app, connection, (Event::RecoveryCodesRenewed, &user), None, now)?;
        show(&recovery::renew(app, connection, user.id)?)?;
        Ok::<_, E>(user)
    })?;
    app.notify(&user, None, Event::RecoveryCodesRenewed, now);
    Ok(())
}

/// Makes a code that is good once, as if the user's authenticator app had shown it; where `show` fails, there is none.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::ServiceDisabled`] without a second factor, a fault, or what `show` returns.
pub fn issue_code<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    show: impl FnOnce(&Zeroizing<String>) -> Result<(), E>,
) -> Result<(), E> {
    app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        check_on(&user)?;
        // Whoever is helped shall not be kept out by what went wrong before.
        throttle::forgive_codes(connection, &user.id.to_string())?;
        audit::record(app, connection, (Event::CodeIssued, &user), None, now)?;
        show(&sent::make(app, connection, (user.id, Way::Operator), now)?)
    })
}

/// Removes every second factor of a user, and forgets what was counted against them; tells whether there was one.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn reset(app: &App, name: &str, now: Timestamp) -> Result<bool> {
    let (user, events) = app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        throttle::forgive(connection, &user.id.to_string())?;
        totp_factors::delete(connection, user.id)?;
        let after = users::User { has_email_factor: false, has_totp: false, ..user.clone() };
        users::update(connection, &after)?;
        forget_the_rest(connection, &after)?;
        let events = audit::happening([
            (user.has_totp, Event::TotpDisabled),
            (user.has_email_factor, Event::EmailFactorDisabled),
        ]);
        events.iter().try_for_each(|event| changed(app, connection, (*event, &user), None, now))?;
        Ok::<_, Error>((user, events))
    })?;
    for event in &events {
        app.notify(&user, None, *event, now);
    }
    Ok(!events.is_empty())
}
