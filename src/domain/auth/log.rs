//! The line in the log about each login attempt, and the one in the audit log about those of an
//! account and a day that failed.

use std::net::IpAddr;

use crate::domain::App;
use crate::domain::audit::{Differences, Record, Subject};
use crate::domain::event::Event;
use crate::domain::principal::{By, Device};
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, LoginStep, Result};
use crate::storage::audit;
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;

/// A login attempt, as the logs tell of it.
#[derive(Clone, Copy)]
pub(in crate::domain) struct Attempted<'a> {
    /// The account; `None` if the attempt names none.
    pub user: Option<UserId>,
    /// The username, or what stands for a name that no user has.
    pub name: &'a str,
    pub device: &'a Device,
    pub at: Timestamp,
}

impl<'a> Attempted<'a> {
    pub fn by(user: &'a User, device: &'a Device, at: Timestamp) -> Self {
        Self { user: Some(user.id), name: &user.username, device, at }
    }
}

/// Runs a login attempt, counts it and logs one line about it. The form of that line must not
/// change: programs that block addresses, such as fail2ban, parse it.
pub(in crate::domain) fn log_attempt(
    app: &App,
    attempted: Attempted<'_>,
    attempt: impl FnOnce() -> Result<Box<OpenedSession>>,
) -> Result<Box<OpenedSession>> {
    let outcome = attempt();
    let Attempted { name: user, device: Device { ip, .. }, .. } = attempted;
    match &outcome {
        // The first sending has its line.
        Ok(session) if session.is_repeat => (),
        Ok(_) => {
            app.metrics.logins.add("succeeded");
            tracing::info!(event = %"login.succeeded", %ip, user);
        }
        Err(Error::VerificationRequired { .. }) => {
            app.metrics.logins.add("challenged");
            tracing::info!(event = %"login.challenged", %ip, user);
        }
        Err(error) => refused(app, attempted, error),
    }
    outcome
}

/// Does the same for a proof that opens no session, of which only a refusal is told.
pub(in crate::domain) fn log_refusal<T>(
    app: &App,
    attempted: Attempted<'_>,
    outcome: Result<T>,
) -> Result<T> {
    if let Err(error) = &outcome {
        refused(app, attempted, error);
    }
    outcome
}

fn refused(app: &App, attempted: Attempted<'_>, error: &Error) {
    if let Err(error) = record_failure(app, attempted, error) {
        tracing::warn!(%error, "a failed login is missing in the audit log");
    }
    log_failure(app, attempted.name, attempted.device.ip, error);
}

/// Counts and logs that an attempt was refused.
pub(super) fn log_failure(app: &App, user: &str, ip: IpAddr, error: &Error) {
    let reason = reason(error);
    app.metrics.logins.add(reason);
    tracing::info!(event = %"login.failed", %ip, user, %reason);
}

/// Counts a refusal in the audit log. Names that no user has get no line there: an attacker could
/// make up any number of them. Neither do attempts that a lockout refuses, since nothing is written
/// for those; so the rate limits bound how often a line is written.
fn record_failure(app: &App, attempted: Attempted<'_>, refusal: &Error) -> Result<()> {
    // Where unknown names are hidden, an unknown one gets the error of a wrong password. It must
    // take the same time, so it does the same work: it adds a row and deletes it, where the row of
    // an account leaves its place and goes to the end.
    let is_counted = match refusal {
        Error::WrongPassword { .. } => true,
        Error::WrongCode { .. } | Error::RefusedPasskey(_) | Error::Suspended { .. } => {
            attempted.user.is_some()
        }
        _ => false,
    };
    if !is_counted {
        return Ok(());
    }
    let Attempted { user, name: username, device, at } = attempted;
    app.db.write_lazily(|connection| {
        let id = user.unwrap_or(NO_USER);
        let by = By::Client(device);
        let changes = Differences::none();
        let subject = Subject { id, username };
        Record { event: Event::LoginFailed, user: Some(subject), by, changes }
            .store(connection, at)?;
        // The account may have been deleted meanwhile, and its lines with it.
        let is_known = users::find_by_id(connection, id)?.is_some();
        if is_known { Ok(()) } else { audit::delete_all_of(connection, id) }
    })
}

/// An id that no user has.
const NO_USER: UserId = UserId(0);

/// The reason of a failed attempt, as it is logged.
const fn reason(error: &Error) -> &'static str {
    match error {
        Error::UserNotFound => "unknown_user",
        Error::WrongPassword { .. } => "wrong_password",
        Error::WrongCode { .. } => "wrong_code",
        Error::InvalidCode { .. } => "malformed_code",
        Error::RefusedPasskey(_) => "wrong_passkey",
        Error::InvalidChallenge => "stale_challenge",
        Error::Suspended { .. } => "disabled",
        Error::LoginPending(pending) => match pending.step {
            LoginStep::ConfirmAddress => "unconfirmed_address",
            LoginStep::SetUpFactor => "second_factor_missing",
        },
        Error::TooManyRequests { .. } => "too_many_attempts",
        Error::ServerNotReady { .. } => "busy",
        _ => "fault",
    }
}
