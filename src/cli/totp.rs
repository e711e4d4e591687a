//! `nox totp`.

use std::fs::{self, File, FileType};
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;

use super::TO_RECORD;
use super::output::{Output, Stop};
use super::passkey::tell_passkeys;
use super::terminal::has_style;
use super::user::with_user;
use crate::domain::App;
use crate::domain::factors::Code;
use crate::domain::factors::operator::{Reset, issue_code, renew_recovery_codes, reset};
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::totp::{self, Enrollment, Status};
use crate::error::Error;
use crate::files;
use crate::qr;
use crate::time::Timestamp;

/// How many times `nox totp enroll` asks for a code.
const TRIES: usize = 3;

/// NAME is a username, an id or an email address.
#[derive(Subcommand)]
pub(super) enum Totp {
    /// Set up an authenticator app for an account: print the secret, ask for a code, enable the app
    Enroll(Enroll),
    /// Print the second factors of an account, how early or late the last code was, and how many
    /// recovery codes are left
    Status {
        /// A username, an id or an email address
        name: String,
    },
    /// Remove every second factor of an account
    Reset {
        /// A username, an id or an email address
        name: String,
    },
    /// Replace the recovery codes of an account and print the new ones, once
    Recovery {
        /// A username, an id or an email address
        name: String,
    },
    /// Print a code that an account can log in with, once and within ten minutes, instead of a code
    /// from its app
    Code {
        /// A username, an id or an email address
        name: String,
    },
}

#[derive(Args)]
pub(super) struct Enroll {
    /// A username, an id or an email address
    name: String,
    /// Enable the app at once, without asking for a code
    #[arg(long)]
    no_confirm: bool,
    /// Also write the QR code to a new file, with mode 0600; it contains the secret
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Totp {
    /// The keys of the configuration that the command uses, beside those of the files.
    pub(super) const fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::Status { .. } => &[],
            Self::Enroll(_) => {
                &["totp", "instance.title", "server.address", "server.public_url", TO_RECORD]
            }
            Self::Reset { .. } | Self::Recovery { .. } | Self::Code { .. } => &[TO_RECORD],
        }
    }

    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        let now = Timestamp::now();
        match self {
            Self::Enroll(command) => command.run(app, output),
            Self::Status { name } => {
                let status = totp::status(app, &name).map_err(|error| with_user(error, &name))?;
                if output.json { output.json(&status) } else { show_status(output, &status) }
            }
            Self::Reset { name } => {
                let Reset { had_one, passkeys } =
                    reset(app, &name, now).map_err(|error| with_user(error, &name))?;
                let sentence = if had_one {
                    format!(
                        "{name} no longer has a second factor and logs in with the password alone; \
                         all its sessions have ended"
                    )
                } else {
                    format!("{name} had no second factor")
                };
                let facts = json!({ "username": name, "had_one": had_one, "passkeys": passkeys });
                output.done(&facts, sentence)?;
                tell_passkeys(output, &name, passkeys);
                Ok(())
            }
            Self::Recovery { name } => {
                let reveal = |codes: &RecoveryCodes| show_codes(output, codes);
                renew_recovery_codes(app, &name, now, reveal)
                    .map_err(|error| without_factor(error, &name))
            }
            Self::Code { name } => issue_code(app, &name, now, |code| {
                output.reveal(&json!({ "code": code.as_str() }), code.as_str())
            })
            .map_err(|error| without_factor(error, &name)),
        }
    }
}

fn show_codes(output: Output, codes: &RecoveryCodes) -> Result<()> {
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    output.reveal(&json!({ "recovery_codes": codes }), codes.join("\n"))
}

fn show_status(output: Output, status: &Status) -> Result<()> {
    let Status { enabled_at, last_skew, email, passkey, passkeys, recovery_codes, .. } = status;
    output.line(enabled_at.map_or_else(|| "off".into(), |since| format!("on since {since}")))?;
    if let Some(steps) = last_skew {
        output.line(format_args!("last code: {}", skew(*steps)))?;
    }
    if *email {
        output.line("codes by mail are on")?;
    }
    if *passkey {
        output.line("a login by password asks for a passkey or a code")?;
    }
    if *passkeys > 0 {
        output.line(format_args!("passkeys: {passkeys}"))?;
    }
    if enabled_at.is_some() || *email || *passkey {
        output.line(format_args!("recovery codes left: {recovery_codes}"))?;
    }
    Ok(())
}

fn skew(steps: i64) -> String {
    match steps {
        0 => "on time".into(),
        1.. => format!("{steps} step(s) of 30 seconds early: the app's clock is ahead"),
        _ => format!("{} step(s) of 30 seconds late", -steps),
    }
}

impl Enroll {
    fn run(self, app: &App, output: Output) -> Result<()> {
        let name = &self.name;
        if !self.no_confirm && !can_answer() {
            let text = "no terminal answers with a code of the app, so nothing was changed; \
                --no-confirm enables the app without a code";
            return Err(Stop::usage(text).into());
        }
        let enrollment = totp::enroll(app, name).map_err(|error| refused(error.into(), name))?;
        if let Some(file) = &self.svg {
            write_picture(file, &enrollment)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        if let Err(error) = self.enable(app, output, &enrollment) {
            // The secret in the picture is of no use any more.
            if let Some(file) = &self.svg {
                remove_picture(file);
            }
            return Err(error);
        }
        output.say(format_args!(
            "{name} now needs a code from the authenticator app to log in; \
             nox totp recovery {name} prints recovery codes"
        ));
        Ok(())
    }

    /// Prints the secret, and enables the app.
    fn enable(&self, app: &App, output: Output, enrollment: &Enrollment) -> Result<()> {
        if self.no_confirm {
            let reveal = |enrollment: &Enrollment| show(output, enrollment);
            return totp::enable_unconfirmed(app, enrollment, Timestamp::now(), reveal)
                .map_err(|error| refused(error, &self.name));
        }
        show(output, enrollment)?;
        confirm(app, output, enrollment, &self.name)
    }
}

/// Whether a person or a program reads the secret and types a code: standard input is a terminal,
/// or its other end is a program.
fn can_answer() -> bool {
    let stdin = io::stdin();
    let kind = stdin.as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    let is_program = |kind: FileType| kind.is_fifo() || kind.is_socket();
    stdin.is_terminal() || kind.is_ok_and(|found| is_program(found.file_type()))
}

/// Writes the QR code to a new file for its owner alone.
fn write_picture(path: &Path, enrollment: &Enrollment) -> Result<()> {
    let picture = qr::svg(&enrollment.otpauth_url)?;
    let mut file = files::create(path)?;
    let written = file.write_all(picture.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        remove_picture(path);
    }
    Ok(written?)
}

fn remove_picture(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = path.display().to_string(), "the picture was not removed");
    }
}

fn show(output: Output, enrollment: &Enrollment) -> Result<()> {
    let Enrollment { secret, otpauth_url, .. } = enrollment;
    let draw = if has_style(&io::stdout()) { qr::black_on_white } else { qr::terminal };
    let picture = draw(otpauth_url)?;
    let (url, groups) = (otpauth_url.as_str(), enrollment.secret_in_groups());
    output.reveal(
        &json!({ "secret": secret.as_str(), "otpauth_url": url }),
        format_args!("{picture}\n{url}\n{}", groups.as_str()),
    )
}

fn confirm(app: &App, output: Output, enrollment: &Enrollment, name: &str) -> Result<()> {
    for _ in 0..TRIES {
        output.prompt("Code from the app: ");
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).context("cannot read the code from stdin")? == 0
        {
            let text =
                "no code was given, so nothing was enabled; --no-confirm does not ask for a code";
            return Err(Stop::usage(text).into());
        }
        let code = Code::parse("code", line);
        match code.and_then(|code| totp::confirm(app, enrollment, &code, Timestamp::now())) {
            Err(Error::InvalidCode { .. } | Error::WrongCode { .. }) => {
                output.say("Wrong code. Is the clock of the device with the app correct?");
            }
            other => return other.map_err(|error| refused(error.into(), name)),
        }
    }
    Err(Stop::not_verified(
        "no correct code was given, so nothing was enabled; run nox totp enroll again",
    )
    .into())
}

fn without_factor(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast_ref() {
        Some(error @ Error::ServiceDisabled) => Stop::refused(
            error,
            format!("{name} has no second factor and logs in with the password alone"),
        )
        .into(),
        _ => with_user(error, name),
    }
}

fn refused(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast_ref() {
        Some(error @ Error::AlreadyExists(_)) => {
            let text = format!(
                "{name} already has an authenticator app; nox totp reset {name} removes it"
            );
            Stop::refused(error, text).into()
        }
        _ => with_user(error, name),
    }
}
