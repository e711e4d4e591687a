//! The demand for a second factor (`login.require_second_factor`): who must have one, and until
//! when they may log in without it.

use crate::config::{Config, Demanded};
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

/// What the demand means for the next login of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing: the user has a second factor, or need not have one.
    Met,
    /// The user may log in without one until then.
    Grace(Timestamp),
    /// The user has to set one up first.
    Due,
}

/// Whether a user must have a second factor.
pub(crate) fn is_demanded(config: &Config, user: &User) -> bool {
    match config.login.require_second_factor {
        Demanded::Nobody => false,
        Demanded::Administrators => user.is_admin,
        Demanded::Everybody => true,
    }
}

/// What the demand means for a login at `now`.
pub(crate) fn of(config: &Config, user: &User, now: Timestamp) -> Demand {
    if user.has_second_factor() || !is_demanded(config, user) {
        return Demand::Met;
    }
    let began = user.factor_demanded_at.unwrap_or(now);
    let until = began.after(config.login.second_factor_grace.into());
    if now < until { Demand::Grace(until) } else { Demand::Due }
}

/// Checks that a change leaves a user the second factor that is demanded. `field` is what the
/// change is about.
///
/// # Errors
/// [`Error::FactorDemanded`].
pub(in crate::domain) fn check_kept(
    config: &Config,
    before: &User,
    after: &User,
    field: &'static str,
) -> Result<()> {
    let is_lost = before.has_second_factor() && !after.has_second_factor();
    if is_lost && is_demanded(config, after) {
        return Err(Error::FactorDemanded { field });
    }
    Ok(())
}
