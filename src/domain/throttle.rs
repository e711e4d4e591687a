//! Budgets of attempts: counted before the check, kept in the database, given back to whoever was right.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::App;
use crate::error::{Error, Result};
use crate::storage::{Connection, budgets};
use crate::time::Timestamp;

const WINDOW: Duration = Duration::from_mins(15);
/// Budgets swept away at each attempt, at most: more than an attempt adds, so that the table stays small.
const SWEEP: u32 = 16;

/// What is counted, and how often it may happen within [`WINDOW`].
pub(super) struct Budget {
    subject: String,
    limit: u32,
}

impl Budget {
    /// Wrong passwords for one account from one address.
    pub(super) fn password_from(account: &str, ip: &str) -> Self {
        Self { subject: format!("password {account} from {ip}"), limit: 5 }
    }

    /// Wrong passwords for one account from anywhere.
    pub(super) fn password(account: &str) -> Self {
        Self { subject: format!("password {account}"), limit: 10 }
    }

    /// Failures of one address.
    pub(super) fn address(ip: &str) -> Self {
        Self { subject: format!("address {ip}"), limit: 60 }
    }

    /// Wrong codes for one account.
    pub(super) fn code(account: &str) -> Self {
        Self { subject: format!("code {account}"), limit: 5 }
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
    let mut counts = app.in_flight.lock();
    loop {
        match app.db.write(|connection| spend_all(connection, &budgets, now)) {
            Ok(()) => break,
            Err(Refusal::Spent { subject, .. }) if counts.contains_key(subject) => {
                counts = app.in_flight.ended.wait(counts).unwrap_or_else(PoisonError::into_inner);
            }
            Err(Refusal::Spent { seconds, .. }) => return Err(Error::TooManyRequests { seconds }),
            Err(Refusal::Failed(error)) => return Err(error),
        }
    }
    for budget in &budgets {
        *counts.entry(budget.subject.clone()).or_default() += 1;
    }
    Ok(Spent { budgets, in_flight: &app.in_flight })
}

/// Why an attempt was not counted.
enum Refusal<'budget> {
    Spent { subject: &'budget str, seconds: u64 },
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

/// Attempts that were counted; they count until they are given back.
#[must_use]
pub(super) struct Spent<'app> {
    budgets: Vec<Budget>,
    in_flight: &'app InFlight,
}

impl Spent<'_> {
    /// Gives them back, in the transaction that says that the attempt was right.
    pub(super) fn refund(&self, connection: &Connection) -> Result<()> {
        self.budgets.iter().try_for_each(|budget| budgets::refund(connection, &budget.subject))
    }
}

impl Drop for Spent<'_> {
    fn drop(&mut self) {
        let mut counts = self.in_flight.lock();
        for budget in &self.budgets {
            if let Some(count) = counts.get_mut(&budget.subject) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&budget.subject);
                }
            }
        }
        self.in_flight.ended.notify_all();
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
}

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
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
            std::thread::sleep(Duration::from_millis(100));
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
    fn budgets_whose_time_is_over_are_swept() {
        let (_folder, app) = app_with("");
        for address in 0..40 {
            drop(spend(&app, vec![Budget::address(&address.to_string())], NOW));
        }
        for address in 0..3 {
            drop(spend(&app, vec![Budget::address(&format!("new {address}"))], NOW.after(WINDOW)));
        }
        let left: u32 =
            app.db.read(|c| Ok(c.query_row("SELECT count(*) FROM budgets", [], |row| row.get(0))?)).unwrap();
        assert_eq!(left, 3);
    }
}
