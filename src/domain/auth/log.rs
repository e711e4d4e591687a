//! The line in the log about each login attempt.

use std::net::IpAddr;

use crate::domain::App;
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, Result};

/// Runs a login attempt, counts it and logs one line about it. The form of that line must not
/// change: programs that block addresses, such as fail2ban, parse it.
pub(super) fn log_attempt(
    app: &App,
    user: &str,
    ip: IpAddr,
    attempt: impl FnOnce() -> Result<Box<OpenedSession>>,
) -> Result<Box<OpenedSession>> {
    let outcome = attempt();
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
        Err(error) => log_failure(app, user, ip, error),
    }
    outcome
}

/// Counts and logs that an attempt was refused.
pub(super) fn log_failure(app: &App, user: &str, ip: IpAddr, error: &Error) {
    let reason = reason(error);
    app.metrics.logins.add(reason);
    tracing::info!(event = %"login.failed", %ip, user, %reason);
}

/// The reason of a failed attempt, as it is logged.
const fn reason(error: &Error) -> &'static str {
    match error {
        Error::UserNotFound => "unknown_user",
        Error::WrongPassword { .. } => "wrong_password",
        Error::WrongCode { .. } => "wrong_code",
        Error::InvalidCode { .. } => "malformed_code",
        Error::UnAuthorized { .. } => "disabled",
        Error::TooManyRequests { .. } => "too_many_attempts",
        Error::ServerNotReady { .. } => "busy",
        _ => "fault",
    }
}
