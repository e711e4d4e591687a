//! Budgets of attempts: counted before the check, kept in the database, given back to whoever was
//! right.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::App;
use crate::domain::devices::RecognizedBy;
use crate::domain::network::network;
use crate::error::{Error, Result};
use crate::storage::{Connection, budgets};
use crate::time::Timestamp;
use in_flight::Ticket;

mod in_flight;

pub(crate) use in_flight::InFlight;

const WINDOW: Duration = Duration::from_mins(15);
const DAY: Duration = Duration::from_hours(24);
/// Between two mails that somebody asks for.
pub const MAIL_EVERY: Duration = Duration::from_mins(1);
/// Wrong passwords for one account from one place, or wrong codes for it.
const OWN_TRIES: u32 = 5;
/// Wrong passwords for one account from anywhere.
const ACCOUNT_TRIES: u32 = 10;
/// Wrong passwords and unknown names from one network.
const ADDRESS_TRIES: u32 = 60;
/// Accounts made from one network.
const REGISTRATIONS: u32 = 10;
/// Budgets swept away at each attempt, at most: more than an attempt adds, so that the table stays
/// small.
const SWEEP: u32 = 16;

/// What is counted, and how often it may happen within a window of time.
pub(crate) struct Budget {
    subject: String,
    limit: u32,
    window: Duration,
}

impl Budget {
    const fn within(window: Duration, limit: u32, subject: String) -> Self {
        Self { subject, limit, window }
    }

    /// Wrong passwords for one account from one network.
    pub(crate) fn password_from(account: &str, ip: IpAddr) -> Self {
        Self::within(WINDOW, OWN_TRIES, format!("password {account} from {}", network(ip)))
    }

    /// Wrong passwords for one account from a browser that has logged in to it before.
    pub(crate) fn password_by(account: &str, browser: &str) -> Self {
        Self::within(WINDOW, OWN_TRIES, format!("password {account} by {browser}"))
    }

    /// Wrong passwords for one account from anywhere.
    pub(crate) fn password(account: &str) -> Self {
        Self::within(WINDOW, ACCOUNT_TRIES, format!("password {account}"))
    }

    /// Wrong passwords and unknown names from one network.
    pub(crate) fn address(ip: IpAddr) -> Self {
        Self::within(WINDOW, ADDRESS_TRIES, format!("address {}", network(ip)))
    }

    /// Accounts made from one network.
    pub(crate) fn registration(ip: IpAddr) -> Self {
        Self::within(WINDOW, REGISTRATIONS, format!("registration {}", network(ip)))
    }

    /// Wrong passwords of somebody who is logged in; apart, so that a stolen session locks nobody
    /// out.
    pub(crate) fn current_password(account: &str) -> Self {
        Self::within(WINDOW, OWN_TRIES, format!("current password {account}"))
    }

    /// Codes mailed because somebody asked for them: one a minute, ten a day.
    pub(crate) fn codes(account: &str) -> Vec<Self> {
        Self::mails("mail", account)
    }

    /// Links mailed because somebody asked for them, as many again.
    pub(crate) fn links(account: &str) -> Vec<Self> {
        Self::mails("link", account)
    }

    fn mails(kind: &str, account: &str) -> Vec<Self> {
        vec![
            Self::within(MAIL_EVERY, 1, format!("{kind} {account}")),
            Self::within(DAY, 10, format!("{kind} a day {account}")),
        ]
    }

    /// Notices mailed to one account.
    pub(crate) fn notices(account: &str) -> Self {
        Self::within(DAY, 30, format!("notices {account}"))
    }

    /// Wrong codes for one account.
    pub(crate) fn code(account: &str) -> Self {
        Self::within(WINDOW, OWN_TRIES, format!("code {account}"))
    }
}

/// What a wrong password costs: an owner where they live has a budget of their own, which strangers
/// cannot spend.
pub(crate) fn of_login(account: &str, ip: IpAddr, known: Option<&RecognizedBy>) -> Vec<Budget> {
    let own = match known {
        Some(RecognizedBy::Browser(browser)) => Budget::password_by(account, browser),
        Some(RecognizedBy::Network) | None => Budget::password_from(account, ip),
    };
    let everybodys = known.is_none().then(|| Budget::password(account));
    [own].into_iter().chain(everybodys).chain([Budget::address(ip)]).collect()
}

/// Counts one attempt against every one of `budgets`, or against none where one of them is spent.
///
/// An attempt that is refused only because others of this process are still being checked waits for
/// those: many right logins of one account at once are no attack.
///
/// # Errors
/// [`Error::TooManyRequests`] where a budget is spent, or the database fails.
pub(crate) fn spend(app: &App, budgets: Vec<Budget>, now: Timestamp) -> Result<Spent<'_>> {
    loop {
        let counted = app.db.write(|connection| {
            // Both within the transaction, of which there is one at a time: whoever comes next
            // knows who is in flight.
            match spend_all(connection, &budgets, now) {
                Ok(()) => Ok(app.in_flight.enter(&budgets)),
                Err(Refusal::Spent { subject, .. }) if app.in_flight.contains(subject) => {
                    Err(Refusal::Later { subject })
                }
                Err(refusal) => Err(refusal),
            }
        });
        match counted {
            Ok(in_flight) => return Ok(Spent { budgets, _in_flight: in_flight }),
            Err(Refusal::Later { subject }) => app.in_flight.wait_for_one(subject),
            Err(Refusal::Spent { seconds, .. }) => return Err(Error::TooManyRequests { seconds }),
            Err(Refusal::Failed(error)) => return Err(error),
        }
    }
}

/// Why an attempt was not counted.
enum Refusal<'budget> {
    /// This budget is spent.
    Spent {
        subject: &'budget str,
        seconds: u64,
    },
    /// It is spent by attempts that are being checked, and may be given back.
    Later {
        subject: &'budget str,
    },
    Failed(Error),
}

impl From<Error> for Refusal<'_> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn spend_all<'budget>(
    connection: &Connection,
    budgets: &'budget [Budget],
    now: Timestamp,
) -> Result<(), Refusal<'budget>> {
    budgets::delete_reset(connection, now, SWEEP)?;
    for Budget { subject, limit, window } in budgets {
        if !budgets::spend(connection, subject, *limit, now, now.after(*window))? {
            let resets_at = budgets::find_reset(connection, subject)?.unwrap_or(now);
            return Err(Refusal::Spent { subject, seconds: now.seconds_until(resets_at) });
        }
    }
    Ok(())
}

/// An attempt that was counted and is being checked; it stays counted until it is given back.
#[must_use]
pub(crate) struct Spent<'app> {
    budgets: Vec<Budget>,
    _in_flight: Ticket<'app>,
}

impl Spent<'_> {
    /// Gives it back, in the transaction that says that the attempt was right.
    pub(crate) fn refund(&self, connection: &Connection) -> Result<()> {
        self.budgets.iter().try_for_each(|budget| budgets::refund(connection, &budget.subject))
    }
}

/// Forgets what was counted against an account, as its operator may.
pub(crate) fn forgive(connection: &Connection, account: &str) -> Result<()> {
    for budget in
        [Budget::password(account), Budget::current_password(account), Budget::code(account)]
    {
        budgets::delete(connection, &budget.subject)?;
    }
    Ok(())
}

/// Forgets the wrong codes that were counted against an account.
pub(crate) fn forgive_codes(connection: &Connection, account: &str) -> Result<()> {
    budgets::delete(connection, &Budget::code(account).subject)
}

/// Forgets what was counted against a network, whatever for.
pub(crate) fn forgive_address(connection: &Connection, ip: IpAddr) -> Result<()> {
    budgets::delete_ending(connection, &format!(" {}", network(ip)))
}

/// Reads a subject whose budget is spent: what is refused, and for which account and which network.
pub(crate) fn spent(
    subject: &str,
    count: u32,
) -> Option<(&'static str, Option<&str>, Option<&str>)> {
    let (what, limit, rest) = [
        ("password", ACCOUNT_TRIES),
        ("code", OWN_TRIES),
        ("current password", OWN_TRIES),
        ("address", ADDRESS_TRIES),
        ("registration", REGISTRATIONS),
    ]
    .into_iter()
    .find_map(|(what, limit)| {
        Some((what, limit, subject.strip_prefix(what)?.strip_prefix(' ')?))
    })?;
    let (limit, account, network) = match (what, rest.split_once(" from "), rest.split_once(" by "))
    {
        ("address" | "registration", ..) => (limit, None, Some(rest)),
        (_, Some((account, network)), _) => (OWN_TRIES, Some(account), Some(network)),
        (_, _, Some((account, _))) => (OWN_TRIES, Some(account), None),
        _ => (limit, Some(rest), None),
    };
    (count >= limit).then_some((what, account, network))
}

#[cfg(test)]
mod tests;
