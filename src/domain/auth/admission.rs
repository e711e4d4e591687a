//! What a login has to wait for besides its password and its second factor.

use crate::domain::App;
use crate::domain::factors::demand::{self, Demand};
use crate::domain::pending_login;
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// Checks that a user may enter. `held` is the proof of a pending login in the user's browser.
///
/// # Errors
/// [`Error::LoginPending`](crate::error::Error::LoginPending), or a fault.
pub(super) fn check(app: &App, user: &User, held: Option<&str>, now: Timestamp) -> Result<()> {
    if app.config.users.require_email && user.must_confirm_address() {
        return Err(pending_login::for_confirmation(app, user, now)?);
    }
    match demand::of(&app.config, user, now) {
        Demand::Due => Err(pending_login::for_set_up(app, user, held, now)?),
        Demand::Met | Demand::Grace(_) => Ok(()),
    }
}

/// Stores what the login of a user who may enter changes: the account waits for no confirmation any
/// more, and the first login under the demand for a second factor begins the grace. Without the
/// demand, a later one begins a new grace.
pub(super) fn record(
    app: &App,
    connection: &Connection,
    user: &User,
    now: Timestamp,
) -> Result<()> {
    if user.awaits_confirmation {
        users::update_awaits_no_confirmation(connection, user.id)?;
    }
    let began = match demand::of(&app.config, user, now) {
        Demand::Grace(_) => user.factor_demanded_at.or(Some(now)),
        _ if demand::is_demanded(&app.config, user) => user.factor_demanded_at,
        _ => None,
    };
    if began != user.factor_demanded_at {
        users::update_factor_demanded(connection, user.id, began)?;
    }
    Ok(())
}
