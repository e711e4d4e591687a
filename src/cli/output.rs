//! What people and scripts read: data on stdout, talk on stderr, and an exit status that means
//! something.

use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use crate::config::ConfigError;
use crate::domain::backup::BackupError;
use crate::domain::{OpenError, StartError};
use crate::error::Error;

/// The most lines that an error may take.
const ERROR_LINES: usize = 20;

/// How a command speaks.
#[derive(Clone, Copy)]
pub struct Output {
    /// JSON instead of text.
    pub json: bool,
    /// No talk.
    pub quiet: bool,
}

impl Output {
    /// Writes one line of data.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn line(self, text: impl Display) -> Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Writes one line of data that is shown only once: whoever does not get it must not go on as
    /// if they had. It is written while the database is locked, so a reader that stops reading
    /// stops everybody who writes.
    ///
    /// # Errors
    /// stdout cannot be written, a closed pipe among it.
    pub fn secret(self, text: impl Display) -> Result<()> {
        let lost = |error| {
            Stop::failed(format!(
                "nobody could read what is shown only once, so nothing was changed: {error}"
            ))
        };
        Ok(self.line(text).map_err(lost)?)
    }

    /// Writes one value as a line of JSON.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn json(self, value: &impl Serialize) -> Result<()> {
        self.line(serde_json::to_string(value)?)
    }

    /// Writes rows: aligned under their heads on a terminal, separated by tabs on a pipe.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn table<const N: usize>(self, heads: [&str; N], rows: &[[String; N]]) -> Result<()> {
        if !io::stdout().is_terminal() {
            return rows.iter().try_for_each(|row| self.line(row.join("\t")));
        }
        let heads = heads.map(Into::into);
        let width = |column: usize| {
            rows.iter().chain([&heads]).map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        [&heads].into_iter().chain(rows).try_for_each(|row| {
            let cells: Vec<_> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            self.line(cells.join("  ").trim_end())
        })
    }

    /// Tells a person what was done.
    pub fn say(self, text: impl Display) {
        if !self.quiet {
            // Nobody to tell it to is no failure.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Asks a person whether to go on; `flag` is how a program says so.
    ///
    /// # Errors
    /// The answer is not yes, or there is nobody to ask.
    pub fn confirm(self, question: impl Display, flag: &str) -> Result<()> {
        if !io::stdin().is_terminal() {
            return Err(Stop::usage(format!(
                "there is no terminal to ask whether to go on: use {flag}"
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

    /// Asks a person something that is answered on stdin; for programs, which need no question,
    /// says nothing.
    pub fn prompt(self, question: impl Display) {
        if io::stdin().is_terminal() {
            let _ = write!(io::stderr(), "{question}");
        }
    }
}

/// What a command stops with: a line that says what to do, and its exit status.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Stop {
    text: String,
    status: u8,
}

impl Stop {
    /// It did not work.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 1 }
    }

    /// The configuration or the environment is wrong.
    pub fn environment(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 5 }
    }

    /// The command was called in a wrong way.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 2 }
    }

    /// A code or a password is wrong.
    pub fn not_verified(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 7 }
    }

    /// The database is damaged.
    pub fn damaged(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 6 }
    }

    /// The rules refused it: says so in an operator's words.
    pub fn refused(error: &Error, text: impl Into<String>) -> Self {
        Self { text: text.into(), status: refusal(error) }
    }
}

/// A text without control characters, which a terminal would obey.
#[must_use]
pub fn printable(text: &str) -> String {
    let show = |letter: char| {
        if letter.is_control() { letter.escape_debug().to_string() } else { letter.into() }
    };
    text.chars().map(show).collect()
}

/// Says on stderr what went wrong and why, and gives the exit status. A reader that closed the pipe
/// has had enough: that is success.
#[must_use]
pub fn fail(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &io::Error| cause.kind() == ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    let mut text = format!("nox: {}", operator_words(error));
    let mut shown = text.clone();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors repeat their cause in their own text.
        if !shown.contains(&cause) {
            let _ = write!(text, ": {cause}");
            shown = cause;
        }
    }
    let lines: Vec<&str> = text.lines().take(ERROR_LINES).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
    ExitCode::from(status(error))
}

/// What the outermost error says; for those that the API has other words for, what an operator can
/// do.
fn operator_words(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(Error::ServerNotReady { .. }) => {
            "the database cannot be used: it may be locked or damaged, its disk full, or its folder not writable".into()
        }
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
    if error.is::<ConfigError>() {
        return 5;
    }
    if let Some(error) = error.downcast_ref() {
        return match error {
            BackupError::Exists(_) => 4,
            BackupError::Foreign(_)
            | BackupError::Unfinished(_)
            | BackupError::WrongKey(_)
            | BackupError::Open(_)
            | BackupError::Damaged { .. } => 7,
            BackupError::Key(_) => 5,
            BackupError::File { .. } | BackupError::Query(_) => 1,
        };
    }
    match error.downcast_ref() {
        Some(
            StartError::Key(_)
            | StartError::KeyLost(_)
            | StartError::KeyForeign(_)
            | StartError::Mail(_)
            | StartError::Database(OpenError::File { .. }),
        ) => 5,
        Some(StartError::Database(_)) => 6,
        Some(StartError::Query(error)) => refusal(error),
        None => error.downcast_ref().map_or(1, refusal),
    }
}

fn refusal(error: &Error) -> u8 {
    match error {
        error if error.invalid_field().is_some() => 2,
        Error::UserNotFound | Error::SessionNotFound | Error::NotFound { .. } => 3,
        Error::AlreadyExists { .. } => 4,
        Error::ServerNotReady { .. } => 6,
        _ => 1,
    }
}
