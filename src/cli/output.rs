//! The output of commands: data on stdout, messages on stderr, and the exit status.

use std::error::Error as StdError;
use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use super::list::{List, json_line};
use super::stdout;
use super::terminal::printable_lines;
use crate::config::ConfigError;
use crate::domain::backup::BackupError;
use crate::domain::{OpenError, StartError, Trouble, Unusable};
use crate::error::{Cause, Error};
use crate::files;

/// The maximum number of lines of an error message.
const ERROR_LINES: usize = 20;

/// The output of a command, as `--json` and `--quiet` ask for it.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// Data is printed as JSON.
    pub(crate) json: bool,
    /// Nothing but errors is printed on stderr.
    pub(crate) quiet: bool,
}

impl Output {
    /// Writes one line of data, or several. Characters that could control a terminal are escaped.
    pub(crate) fn line(self, text: impl Display) -> Result<()> {
        self.raw(printable_lines(&text.to_string()))
    }

    /// Writes a document as it is, except to a terminal.
    pub(crate) fn document(self, text: impl Display) -> Result<()> {
        if io::stdout().is_terminal() { self.line(text) } else { self.raw(text) }
    }

    /// Writes a secret, which is printed only once and before the change is committed (see
    /// `domain::reveal`). Unlike for other data, a closed stdout is an error: the change is rolled
    /// back. A process that reads the pipe too slowly blocks all writers of the database.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn secret(self, text: impl Display) -> Result<()> {
        let lost = |error| {
            Stop::failed(format!(
                "cannot print the secret, which is printed only once, so nothing was changed: \
                 {error}"
            ))
        };
        Ok(stdout::write_line(&text.to_string()).map_err(lost)?)
    }

    /// Writes one value as a line of JSON.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<()> {
        self.raw(json_line(value)?)
    }

    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    fn raw(self, text: impl Display) -> Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Begins a list: a table, or with `--json` one object per line.
    pub(crate) fn list<const N: usize>(self, headers: [&'static str; N]) -> List<N> {
        List::new(headers, self.json)
    }

    /// Writes a table that is no list.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn table<const N: usize>(
        self,
        headers: [&'static str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let mut list = List::new(headers, false);
        rows.into_iter().try_for_each(|row| list.row(row))?;
        list.finish()
    }

    /// Writes a message for people, unless `--quiet` is given.
    pub(crate) fn say(self, text: impl Display) {
        if !self.quiet {
            // A message that cannot be written is not a failure of the command.
            let _ = writeln!(io::stderr(), "{}", printable_lines(&text.to_string()));
        }
    }

    /// Asks for confirmation on the terminal. Scripts confirm with `flag` instead.
    ///
    /// # Errors
    /// The answer is not yes, or stdin is not a terminal.
    pub(crate) fn confirm(self, question: impl Display, flag: &str) -> Result<()> {
        if !io::stdin().is_terminal() {
            return Err(Stop::usage(format!(
                "cannot ask for confirmation, because stdin is not a terminal: use {flag}"
            ))
            .into());
        }
        self.prompt(question);
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            Ok(())
        } else {
            Err(Stop::failed("nothing was changed").into())
        }
    }

    /// Writes a prompt for something that is typed on stdin, if stdin is a terminal.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn prompt(self, question: impl Display) {
        if io::stdin().is_terminal() {
            let _ = write!(io::stderr(), "{}", printable_lines(&question.to_string()));
        }
    }
}

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
#[must_use]
pub fn fail(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &io::Error| cause.kind() == ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    let text = format!("nox: {}", words(error));
    let lines: Vec<&str> = text.lines().take(ERROR_LINES).collect();
    let _ = writeln!(io::stderr(), "{}", printable_lines(&lines.join("\n")));
    ExitCode::from(status(error))
}

/// An error with its causes, for the operator.
pub(super) fn words(error: &anyhow::Error) -> String {
    let mut text = operator_words(error);
    let mut shown = text.clone();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors repeat their cause in their own message.
        if !shown.contains(&cause) {
            let _ = write!(text, ": {cause}");
            shown = cause;
        }
    }
    text
}

/// The message of the outermost error. For errors whose message is meant for clients of the API,
/// another one for operators.
fn operator_words(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        // The cause follows, in its own words.
        Some(Error::ServerNotReady { .. }) => "the database cannot be used".into(),
        Some(Error::InternalError { action, .. }) => format!("cannot {action}"),
        _ => error.to_string(),
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
            BackupError::Exists(_) => 4,
            error if error.is_right() => 5,
            BackupError::Foreign(_)
            | BackupError::Unfinished(_)
            | BackupError::WrongKey(_)
            | BackupError::Unreadable { .. }
            | BackupError::Open(_)
            | BackupError::Damaged { .. } => 7,
            BackupError::Key(_) => 5,
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
            | StartError::Database(OpenError::File { .. }),
        ) => 5,
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
        Error::AlreadyExists { .. } => 4,
        Error::ServerNotReady { source: Some(source) } if is_not_writable(source) => 5,
        Error::ServerNotReady { .. } => 6,
        _ => 1,
    }
}

fn is_not_writable(cause: &Cause) -> bool {
    let unusable = cause.downcast_ref::<Unusable>();
    unusable.is_some_and(|unusable| unusable.cause == Trouble::NotWritable)
}
