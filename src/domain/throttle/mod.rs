//! Rate limits.
//!
//! An attempt is counted before it is checked ([`consume`]), and in the database, so that neither
//! many attempts at once nor a restart allow more than the limit. An attempt that turns out right
//! is refunded ([`CountedAttempt::refund`]). Once a limit is used up, further attempts are refused
//! until it resets: a lockout, which an operator can end earlier ([`reset`]).

use std::net::IpAddr;

use ipnet::IpNet;

use crate::domain::App;
use crate::domain::network::network;
use crate::domain::present::Present;
use crate::error::{Error, Result};
use crate::storage::rate_limits::{self, Allowance, Kind};
use crate::storage::{Connection, users::UserId};
use crate::time::Timestamp;
use in_flight::InFlightGuard;

mod in_flight;
mod limit;

pub(crate) use in_flight::InFlight;
pub(in crate::domain) use limit::longest;
pub(crate) use limit::{Limit, MAIL_EVERY, login_limits};

/// How many expired rows an attempt deletes at most. It is more than an attempt adds, so that the
/// table stays small.
const SWEEP: u32 = 16;

/// Counts one attempt against every one of `limits`, or against none where one of them is used up.
///
/// Where a limit is used up by attempts that this process is still checking, it waits for one of
/// them to end, which may be refunded: many right logins of one account at once are no attack.
///
/// # Errors
/// [`Error::TooManyRequests`] if a limit is used up, or a fault.
pub(crate) fn consume(app: &App, limits: Vec<Limit>, now: Timestamp) -> Result<CountedAttempt<'_>> {
    let present = Present::new(&app.config, now);
    loop {
        let counted = app.db.write(|connection| {
            // The attempt enters within the transaction, of which there is one at a time: so the
            // next one finds it in flight.
            match consume_all(connection, &limits, present) {
                Ok(()) => Ok(app.in_flight.enter(&limits)),
                Err(Refusal::UsedUp { limit, .. }) if app.in_flight.contains(limit) => {
                    Err(Refusal::InFlight { limit })
                }
                Err(refusal) => Err(refusal),
            }
        });
        match counted {
            Ok(guard) => return Ok(CountedAttempt { limits, _in_flight: guard }),
            Err(Refusal::InFlight { limit }) => app.in_flight.wait_for_one(limit),
            Err(Refusal::UsedUp { seconds, .. }) => return Err(Error::TooManyRequests { seconds }),
            Err(Refusal::Failed(error)) => return Err(error),
        }
    }
}

/// Why an attempt was not counted.
enum Refusal<'limit> {
    UsedUp {
        limit: &'limit Limit,
        /// How long it stays used up.
        seconds: u64,
    },
    /// The limit is used up, but attempts that are still being checked may be refunded.
    InFlight {
        limit: &'limit Limit,
    },
    Failed(Error),
}

impl From<Error> for Refusal<'_> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn consume_all<'limit>(
    connection: &Connection,
    limits: &'limit [Limit],
    present: Present,
) -> Result<(), Refusal<'limit>> {
    let now = present.now;
    rate_limits::delete_expired(connection, now, SWEEP)?;
    for limit in limits {
        let rate = limit.rate();
        let until = present.end_of(rate.within);
        let allowed = Allowance { max: rate.max, until };
        if !rate_limits::consume(connection, &limit.0, allowed, now)? {
            let resets_at = rate_limits::find_resets_at(connection, &limit.0)?.unwrap_or(now);
            let seconds = now.seconds_until(resets_at.min(until.latest));
            return Err(Refusal::UsedUp { limit, seconds });
        }
    }
    Ok(())
}

/// An attempt that is counted and being checked. It stays counted unless it is refunded.
pub(crate) struct CountedAttempt<'app> {
    limits: Vec<Limit>,
    _in_flight: InFlightGuard<'app>,
}

impl CountedAttempt<'_> {
    /// Takes the attempt off the count of each limit. The caller does so in the transaction of the
    /// change that a right attempt leads to, so that both happen or neither.
    pub(crate) fn refund(&self, connection: &Connection) -> Result<()> {
        self.limits.iter().try_for_each(|limit| rate_limits::refund(connection, &limit.0))
    }
}

/// Forgets the wrong passwords and codes that were counted against an account: the id of a user, or
/// what stands for a name that no user has.
/// Returns whether there were any.
pub(crate) fn reset(connection: &Connection, account: &str) -> Result<bool> {
    [Kind::Password, Kind::CurrentPassword, Kind::Code].into_iter().try_fold(false, |any, kind| {
        Ok(rate_limits::delete_of_account(connection, kind, account)? || any)
    })
}

/// Forgets the wrong passwords that were counted against a user.
pub(crate) fn reset_passwords(connection: &Connection, user: UserId) -> Result<()> {
    [Kind::Password, Kind::CurrentPassword].into_iter().try_for_each(|kind| {
        rate_limits::delete_of_account(connection, kind, &user.to_string()).map(drop)
    })
}

/// Forgets the wrong codes that were counted against a user.
pub(crate) fn reset_codes(connection: &Connection, user: UserId) -> Result<()> {
    rate_limits::delete_of_account(connection, Kind::Code, &user.to_string()).map(drop)
}

/// Forgets everything that was counted against the network of an address. Returns whether anything
/// was.
pub(crate) fn reset_network(connection: &Connection, ip: IpAddr) -> Result<bool> {
    rate_limits::delete_of_network(connection, &network(ip).to_string())
}

/// The same for all networks that overlap with this one.
pub(crate) fn reset_networks(connection: &Connection, wide: IpNet) -> Result<bool> {
    let overlaps = |counted: &String| {
        // What is counted against an IPv6 address is counted against its network.
        counted.parse().is_ok_and(|ip: IpAddr| wide.contains(&ip) || ip == network(wide.network()))
    };
    let counted = rate_limits::list_networks(connection)?;
    counted.iter().filter(|counted| overlaps(counted)).try_fold(false, |any, counted| {
        Ok(rate_limits::delete_of_network(connection, counted)? || any)
    })
}

#[cfg(test)]
mod tests;
