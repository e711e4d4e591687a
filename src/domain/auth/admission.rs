//! Who may enter: every way in comes here, once the user has proven who they are. A login may have
//! to wait for more than that proof.

use crate::domain::App;
use crate::domain::change::Change;
use crate::domain::factors::demand::{self, Demand};
use crate::domain::pending_login;
use crate::domain::principal::Client;
use crate::domain::sessions::{self, OpenedSession};
use crate::error::{Error, PasskeyFault, Result};
use crate::storage::Connection;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How a user has proven who they are.
#[derive(Clone, Copy)]
pub(in crate::domain) enum Way<'a> {
    /// By the password. `held` is the proof of a pending login in the user's browser.
    Password { held: Option<&'a str> },
    /// By a passkey, which is both factors at once.
    Passkey,
}

/// Checks that a user may enter.
///
/// # Errors
/// [`Error::Suspended`], or where unknown users are hidden the refusal of a wrong proof;
/// [`Error::LoginPending`], or a fault.
pub(in crate::domain) fn check(app: &App, user: &User, way: Way<'_>, now: Timestamp) -> Result<()> {
    if user.is_suspended(now) {
        return Err(suspended(app, user, way));
    }
    if app.config.users.require_email && user.must_confirm_address() {
        return Err(pending_login::for_confirmation(app, user, now)?);
    }
    match (demand::of(&app.config, user, now), way) {
        (Demand::Due, Way::Password { held }) => {
            Err(pending_login::for_set_up(app, user, held, now)?)
        }
        (Demand::Due, Way::Passkey) | (Demand::Met | Demand::Grace(_), _) => Ok(()),
    }
}

/// The refusal of a suspended account after a right proof.
fn suspended(app: &App, user: &User, way: Way<'_>) -> Error {
    match way {
        _ if !app.config.login.hide_unknown_users => {
            Error::Suspended { until: user.suspended_until, reason: user.suspension_reason.clone() }
        }
        Way::Password { .. } => super::WRONG_PASSWORD,
        Way::Passkey => Error::RefusedPasskey(PasskeyFault::Wrong),
    }
}

/// Opens the session of a user who may enter. Part of the caller's transaction.
///
/// # Errors
/// A fault.
pub(in crate::domain) fn admit(
    app: &App,
    tx: &Change<'_>,
    user: &User,
    client: &Client,
    now: Timestamp,
) -> Result<OpenedSession> {
    record(app, tx, user, now)?;
    sessions::open(app, tx, user, client, now)
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
