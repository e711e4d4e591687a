//! Budgets of attempts: counted before the check, kept in the database, given back to whoever was right.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::App;
use crate::error::{Error, Result};
use crate::storage::{Connection, budgets};
use crate::time::Timestamp;
#[cfg(test)]
use std::sync::atomic::{AtomicU32, Ordering};

const WINDOW: Duration = Duration::from_mins(15);
/// Budgets swept away at each attempt, at most: more than an attempt adds, so that the table stays small.
const SWEEP: u32 = 16;

/// What is counted, and how often it may happen within [`WINDOW`].
pub(super) struct Budget {
    subject: String,
    limit: u32,
}

impl Budget {
    /// Wrong passwords for one account from one network.
    pub(super) fn password_from(account: &str, ip: IpAddr) -> Self {
        Self { subject: format!("password {account} from {}", network(ip)), limit: 5 }
    }

    /// Wrong passwords for one account from anywhere.
    pub(super) fn password(account: &str) -> Self {
        Self { subject: format!("password {account}"), limit: 10 }
    }

    /// Wrong passwords and unknown names from one network.
    pub(super) fn address(ip: IpAddr) -> Self {
        Self { subject: format!("address {}", network(ip)), limit: 60 }
    }

    /// Accounts made from one network.
    pub(super) fn registration(ip: IpAddr) -> Self {
        Self { subject: format!("registration {}", network(ip)), limit: 10 }
    }

    /// Wrong codes for one account.
    pub(super) fn code(account: &str) -> Self {
        Self { subject: format!("code {account}"), limit: 5 }
    }
}

/// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177).
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Counts one attempt against every one of `budgets`, or against none where one of them is spent.
///
/// An attempt that is refused only because others of this process are still being checked waits for those: many right
/// logins of one account at once are no attack.
///
/// # Errors
/// [`Error::TooManyRequests`] where a budget is spent, or the database fails.
pub(super) fn spend(app: &App, budgets: Vec<Budget>, now: Timestamp) -> Result<Spent<'_>> {
    loop {
        let counted = app.db.write(|connection| {
            // Both within the transaction, of which there is one at a time: whoever comes next knows who is in flight.
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
    for Budget { subject, limit } in budgets {
        if !budgets::spend(connection, subject, *limit, now, now.after(WINDOW))? {
            let resets_at = budgets::find_reset(connection, subject)?.unwrap_or(now);
            return Err(Refusal::Spent { subject, seconds: now.seconds_until(resets_at) });
        }
    }
    Ok(())
}

/// An attempt that was counted and is being checked; it stays counted until it is given back.
#[must_use]
pub(super) struct Spent<'app> {
    budgets: Vec<Budget>,
    _in_flight: Ticket<'app>,
}

impl Spent<'_> {
    /// Gives it back, in the transaction that says that the attempt was right.
    pub(super) fn refund(&self, connection: &Connection) -> Result<()> {
        self.budgets.iter().try_for_each(|budget| budgets::refund(connection, &budget.subject))
    }
}

/// Forgets what was counted against an account, as its operator may.
pub(super) fn forgive(connection: &Connection, account: &str) -> Result<()> {
    for budget in [Budget::password(account), Budget::code(account)] {
        budgets::delete(connection, &budget.subject)?;
    }
    Ok(())
}

/// How many attempts of this process are being checked, by subject.
#[derive(Default)]
pub(super) struct InFlight {
    counts: Mutex<HashMap<String, u32>>,
    ended: Condvar,
    /// How often somebody began to wait.
    #[cfg(test)]
    waits: AtomicU32,
}

impl InFlight {
    fn enter(&self, budgets: &[Budget]) -> Ticket<'_> {
        let subjects: Vec<String> = budgets.iter().map(|budget| budget.subject.clone()).collect();
        let mut counts = self.lock();
        for subject in &subjects {
            *counts.entry(subject.clone()).or_default() += 1;
        }
        Ticket { subjects, in_flight: self }
    }

    fn contains(&self, subject: &str) -> bool {
        self.lock().contains_key(subject)
    }

    /// Waits until an attempt with this subject ends, where there still is one.
    fn wait_for_one(&self, subject: &str) {
        let counts = self.lock();
        let Some(before) = counts.get(subject).copied() else { return };
        #[cfg(test)]
        self.waits.fetch_add(1, Ordering::SeqCst);
        let same = |counts: &mut HashMap<String, u32>| counts.get(subject) == Some(&before);
        drop(self.ended.wait_while(counts, same).unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt's place among those in flight.
struct Ticket<'app> {
    subjects: Vec<String>,
    in_flight: &'app InFlight,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut counts = self.in_flight.lock();
        for subject in &self.subjects {
            if let Some(count) = counts.get_mut(subject) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(subject);
                }
            }
        }
        self.in_flight.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::app_with;
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn attempt(app: &App, now: Timestamp) -> Result<Spent<'_>> {
        spend(app, vec![Budget::code("7"), Budget::password("7")], now)
    }

    #[test]
    fn a_spent_budget_says_when_it_is_new_and_then_is() {
        let (_folder, app) = app_with("");
        for _ in 0..5 {
            drop(attempt(&app, NOW).unwrap());
        }
        let later = NOW.after(Duration::from_mins(1));
        assert!(matches!(attempt(&app, later), Err(Error::TooManyRequests { seconds: 840 })));
        assert!(attempt(&app, NOW.after(WINDOW)).is_ok());
    }

    #[test]
    fn an_attempt_that_is_refused_by_one_budget_costs_none_of_the_others() {
        let (_folder, app) = app_with("");
        for _ in 0..8 {
            drop(attempt(&app, NOW));
        }
        for _ in 0..5 {
            drop(spend(&app, vec![Budget::password("7")], NOW).unwrap());
        }
        assert!(spend(&app, vec![Budget::password("7")], NOW).is_err());
    }

    #[test]
    fn what_is_given_back_can_be_spent_again() {
        let (_folder, app) = app_with("");
        for _ in 0..20 {
            let spent = attempt(&app, NOW).unwrap();
            app.db.write(|connection| spent.refund(connection)).unwrap();
        }
    }

    #[test]
    fn an_attempt_beyond_the_budget_waits_for_those_in_flight_and_is_let_in_where_one_was_right() {
        let (_folder, app) = app_with("");
        let mut in_flight: Vec<_> = (0..5).map(|_| attempt(&app, NOW).unwrap()).collect();
        std::thread::scope(|scope| {
            let sixth = scope.spawn(|| attempt(&app, NOW).map(drop));
            while app.in_flight.waits.load(Ordering::SeqCst) == 0 && !sixth.is_finished() {
                std::thread::yield_now();
            }
            assert!(!sixth.is_finished(), "it is neither let in nor refused yet");
            let right = in_flight.pop().unwrap();
            app.db.write(|connection| right.refund(connection)).unwrap();
            drop(right);
            assert!(sixth.join().unwrap().is_ok());
        });
    }

    #[test]
    fn of_thirty_wrong_attempts_at_once_five_are_checked() {
        let (_folder, app) = app_with("");
        let run = || attempt(&app, NOW).is_err();
        let refused = std::thread::scope(|scope| {
            let all: Vec<_> = (0..30).map(|_| scope.spawn(run)).collect();
            all.into_iter().map(|one| one.join().unwrap()).filter(|refused| *refused).count()
        });
        assert_eq!(refused, 25);
    }

    #[test]
    fn an_ipv6_subscriber_is_counted_once() {
        let subject = |ip: &str| Budget::address(ip.parse().unwrap()).subject;
        assert_eq!(subject("2001:db8:1:2::7"), subject("2001:db8:1:2:ffff::1"));
        assert_ne!(subject("2001:db8:1:2::7"), subject("2001:db8:1:3::7"));
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
    }

    #[test]
    fn budgets_whose_time_is_over_are_swept() {
        let (_folder, app) = app_with("");
        for address in 0..40 {
            drop(spend(&app, vec![Budget::address([192, 0, 2, address].into())], NOW));
        }
        for address in 0..3 {
            drop(spend(&app, vec![Budget::address([198, 51, 100, address].into())], NOW.after(WINDOW)));
        }
        let left: u32 =
            app.db.read(|c| Ok(c.query_row("SELECT count(*) FROM budgets", [], |row| row.get(0))?)).unwrap();
        assert_eq!(left, 3);
    }
}
