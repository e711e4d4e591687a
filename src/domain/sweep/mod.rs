//! The thread in which a running server looks at the clock and deletes what has expired or is too
//! old, also while no user logs in.

use std::io;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::domain::accounts::unconfirmed;
use crate::domain::{App, Running, clock, factors, invitations};
use crate::error::Result;
use crate::storage::{
    self, Connection, audit, email_confirmations, password_links, rate_limits, sent_codes,
    sessions, shown_codes, totp_enrollments, totp_used_steps, used_challenges,
};
use crate::time::Timestamp;

/// How often the thread looks.
const INTERVAL: Duration = Duration::from_mins(1);
/// How many looks pass until tables without an index by time are searched as well.
const THOROUGH_EVERY: u32 = 60;
/// How long used codes of apps are remembered. When the clock is set back by as much, none of them
/// is accepted again.
const USED_STEPS_KEPT: Duration = Duration::from_hours(24 * 30);
/// How many rows are deleted at once: few, so that no login waits for long.
const BATCH: u32 = 500;
/// How long the thread waits between two of these, so that requests have the processor and the disk
/// most of the time.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts the thread, which ends with the server. If the clock has gone back since the server ran
/// last, what is stored ahead of it is settled first, so that no login meets it.
///
/// # Errors
/// The thread cannot be started.
pub(crate) fn start(running: &Arc<Running>, now: Timestamp) -> io::Result<()> {
    if let Err(error) = clock::watch(&running.app(), now) {
        tracing::warn!(%error, "the clock was not compared with the database");
    }
    let running = Arc::downgrade(running);
    thread::Builder::new().name("sweep".into()).spawn(move || run(&running)).map(drop)
}

fn run(running: &Weak<Running>) {
    // A command, or the server between two looks, may have stored what is ahead of a clock that was
    // never seen to go back.
    if let Some(running) = running.upgrade()
        && let Err(error) = clock::settle(&running.app(), Timestamp::now())
    {
        tracing::warn!(%error, "the clock was not compared with the database");
    }
    for look in (0..THOROUGH_EVERY).cycle() {
        let Some(app) = running.upgrade().map(|running| running.app()) else { return };
        let depth = if look == 0 { Depth::Thorough } else { Depth::Quick };
        if let Err(error) = sweep(&app, depth, Timestamp::now()) {
            tracing::warn!(%error, "what has expired was not deleted");
        }
        drop(app);
        thread::sleep(INTERVAL);
    }
}

/// Which tables are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Those with an index by time.
    Quick,
    /// All.
    Thorough,
}

/// Deletes what has expired or is too old.
fn sweep(app: &App, depth: Depth, now: Timestamp) -> Result<()> {
    let is_trusted = clock::watch(app, now)?;
    // An expired limit counts nothing any more, whether it is deleted or not.
    drain(app, |connection| rate_limits::delete_expired(connection, now, BATCH))?;
    if !is_trusted {
        return Ok(());
    }
    drain(app, |connection| sessions::delete_expired(connection, now, BATCH))?;
    drain(app, |connection| used_challenges::delete_expired(connection, now, BATCH))?;
    let oldest = now.before(app.config.limits.audit_age.into());
    let first = app.db.read(|connection| audit::find_first_since(connection, oldest, now))?;
    drain(app, |connection| audit::delete_before(connection, first.unwrap_or(i64::MAX), BATCH))?;
    if depth == Depth::Quick {
        return Ok(());
    }
    unconfirmed::remove(app, now)?;
    drain(app, |connection| sent_codes::delete_expired(connection, now, BATCH))?;
    drain(app, |connection| shown_codes::delete_expired(connection, now, BATCH))?;
    drain(app, |connection| totp_enrollments::delete_expired(connection, now, BATCH))?;
    drain(app, |connection| email_confirmations::delete_expired(connection, now, BATCH))?;
    drain(app, |connection| password_links::delete_expired(connection, now, BATCH))?;
    let oldest = now.before(invitations::LISTED_FOR);
    drain(app, |connection| storage::invitations::delete_expired(connection, oldest, BATCH))?;
    let oldest = factors::step_of(now.before(USED_STEPS_KEPT));
    drain(app, |connection| totp_used_steps::delete_older(connection, oldest, BATCH))
}

/// Deletes batch by batch, each in a transaction of its own, until nothing is left.
fn drain(app: &App, delete: impl Fn(&Connection) -> Result<usize>) -> Result<()> {
    while app.db.write(&delete)? >= BATCH as usize {
        thread::sleep(PAUSE);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
