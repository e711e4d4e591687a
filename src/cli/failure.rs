//! The failure of a command: its message on stderr, and the exit status.

use std::error::Error as StdError;
use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use serde_json::json;

use super::list::json_line;
use super::terminal::printable_lines;
use crate::config::ConfigError;
use crate::domain::backup::BackupError;
use crate::domain::{OpenError, StartError, Trouble, Unusable};
use crate::error::{Cause, Error};
use crate::files;

/// The maximum number of lines of an error message.
const ERROR_LINES: usize = 20;

/// An error with a message for the operator and an exit status.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Stop {
    text: String,
    status: u8,
}

impl Stop {
    /// A failure without a status of its own: 1.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 1 }
    }

    /// An error of the configuration or the environment: 5.
    pub(crate) fn environment(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 5 }
    }

    /// An error in the arguments: 2.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 2 }
    }

    /// What was named does not exist: 3.
    pub(crate) fn missing(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 3 }
    }

    /// What is to be made exists already: 4.
    pub(crate) fn exists(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 4 }
    }

    /// A wrong code, or two different passwords: 7.
    pub(crate) fn not_verified(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 7 }
    }

    /// A database that cannot be used: 6.
    pub(crate) fn damaged(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 6 }
    }

    /// A refusal of the domain in words for the operator, with the status of that refusal.
    pub(crate) fn refused(error: &Error, text: impl Into<String>) -> Self {
        Self { text: text.into(), status: refusal(error) }
    }
}

/// Writes an error with its causes on stderr, and returns the exit status. A closed pipe, as of
/// `nox user list | head`, is success.
pub(super) fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    let closed = |cause: &io::Error| cause.kind() == ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    tell(&words(error), status(error), json)
}

/// Writes the message of a failure on stderr: with `--json` as the last line, an object that also
/// has the exit status.
pub(super) fn tell(message: &str, status: u8, json: bool) -> ExitCode {
    let lines: Vec<&str> = message.lines().take(ERROR_LINES).collect();
    let message = lines.join("\n");
    let text = format!("nox: {}", printable_lines(&message));
    let text = if json {
        let error = json!({ "error": { "message": message, "status": status } });
        // A value like this can always be written as JSON.
        json_line(&error).unwrap_or(text)
    } else {
        text
    };
    // If stderr is closed, the exit status still tells.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(status)
}

/// An error with its causes, for the operator.
pub(super) fn words(error: &anyhow::Error) -> String {
    let mut text = operator_words(error);
    let mut shown = text.clone();
    for cause in error.chain().skip(1).map(message) {
        // Some errors repeat their cause in their own message.
        if !shown.contains(&cause) {
            let _ = write!(text, ": {cause}");
            shown = cause;
        }
    }
    text
}

/// What an error says, without the numbers of the system.
fn message(error: impl Display) -> String {
    files::without_numbers(&error.to_string())
}

/// The message of the outermost error. For errors whose message is meant for clients of the API,
/// another one for operators.
fn operator_words(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        // The cause follows, in its own words.
        Some(Error::ServerNotReady { .. }) => "the database cannot be used".into(),
        Some(Error::InternalError { action, .. }) => format!("cannot {action}"),
        Some(Error::CommandRefused { reason }) => reason.clone(),
        _ => message(error),
    }
}

/// The exit status: 1 failed, 2 usage, 3 not found, 4 already exists, 5 configuration or
/// environment, 6 database, 7 not verified.
fn status(error: &anyhow::Error) -> u8 {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return stop.status;
    }
    let lacks_right = |cause: &(dyn StdError + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(files::is_right)
    };
    if error.is::<ConfigError>() || error.chain().any(lacks_right) {
        return 5;
    }
    if let Some(error) = error.downcast_ref() {
        return match error {
            BackupError::Missing(_) => 3,
            BackupError::Exists(_) => 4,
            error if error.is_right() => 5,
            BackupError::Key(_) | BackupError::Open(OpenError::InUse { .. }) => 5,
            BackupError::Foreign(_)
            | BackupError::Newer { .. }
            | BackupError::Unfinished(_)
            | BackupError::WrongKey(_)
            | BackupError::KeyMissing { .. }
            | BackupError::Unreadable { .. }
            | BackupError::Open(_)
            | BackupError::Damaged { .. } => 7,
            BackupError::File { .. } => 1,
            BackupError::Query(error) => refusal(error),
        };
    }
    match error.downcast_ref() {
        Some(
            StartError::Key(_)
            | StartError::KeyLost(_)
            | StartError::KeyForeign(_)
            | StartError::Mail(_)
            | StartError::NoDatabase { .. }
            | StartError::Database(OpenError::File { .. } | OpenError::InUse { .. }),
        ) => 5,
        Some(StartError::KeyFits(_)) => 1,
        Some(StartError::Database(error)) => {
            if error.is_right() {
                5
            } else {
                6
            }
        }
        Some(StartError::Query(error)) => refusal(error),
        None => error.downcast_ref().map_or(1, refusal),
    }
}

fn refusal(error: &Error) -> u8 {
    match error {
        error if error.invalid_field().is_some() => 2,
        Error::UserNotFound | Error::SessionNotFound | Error::NotFound { .. } => 3,
        Error::AlreadyExists(_) => 4,
        Error::ServerNotReady { source: Some(source) } if is_not_writable(source) => 5,
        Error::ServerNotReady { .. } => 6,
        _ => 1,
    }
}

fn is_not_writable(cause: &Cause) -> bool {
    let unusable = cause.downcast_ref::<Unusable>();
    unusable.is_some_and(|unusable| unusable.cause == Trouble::NotWritable)
}
