//! `nox totp`.

use std::io::{self, BufRead};

use anyhow::{Context, Result, anyhow};
use clap::Subcommand;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::json;

use super::output::{Output, Stop};
use super::user::named;
use crate::domain::App;
use crate::domain::factors::{self, Code, Enrollment};
use crate::error::Error;
use crate::time::Timestamp;

/// How often a code may be typed.
const TRIES: usize = 3;

/// NAME is a username or an id.
#[derive(Subcommand)]
pub enum Totp {
    /// Give an account an authenticator app: show its secret, ask for a code, enable it
    Enroll {
        /// A username or an id
        name: String,
        /// Enable it at once, without asking for a code
        #[arg(long)]
        no_confirm: bool,
    },
    /// Show whether an account has an authenticator app
    Status {
        /// A username or an id
        name: String,
    },
    /// Remove an account's authenticator app
    Reset {
        /// A username or an id
        name: String,
    },
}

impl Totp {
    /// Runs the command.
    ///
    /// # Errors
    /// What the rules refuse, or the database or stdout fails.
    pub fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::Enroll { name, no_confirm } => enroll(app, output, &name, no_confirm),
            Self::Status { name } => {
                let since = factors::enabled_at(app, &name).map_err(|error| named(error, &name))?;
                match since {
                    _ if output.json => output.json(&json!({ "enabled": since.is_some(), "enabled_at": since })),
                    Some(since) => output.line(format_args!("on since {since}")),
                    None => output.line("off"),
                }
            }
            Self::Reset { name } => {
                let had_one = factors::reset(app, &name).map_err(|error| named(error, &name))?;
                output.say(if had_one {
                    format!("{name} no longer has an authenticator app and logs in with the password alone")
                } else {
                    format!("{name} had no authenticator app")
                });
                Ok(())
            }
        }
    }
}

fn enroll(app: &App, output: Output, name: &str, no_confirm: bool) -> Result<()> {
    let enrollment = factors::enroll(app, name).map_err(|error| refused(error.into(), name))?;
    if no_confirm {
        let show = || show(output, &enrollment);
        factors::enable_unconfirmed(app, &enrollment, Timestamp::now(), show).map_err(|error| refused(error, name))?;
    } else {
        show(output, &enrollment)?;
        confirm(app, output, &enrollment, name)?;
    }
    output.say(format_args!("{name} now needs a code from the authenticator app to log in"));
    Ok(())
}

fn show(output: Output, enrollment: &Enrollment) -> Result<()> {
    if output.json {
        let (secret, otpauth_url) = (enrollment.secret.as_str(), enrollment.otpauth_url.as_str());
        return output.secret(json!({ "secret": secret, "otpauth_url": otpauth_url }));
    }
    let code = QrCode::with_error_correction_level(enrollment.otpauth_url.as_bytes(), EcLevel::L);
    let code = code.map_err(|error| anyhow!("cannot draw the QR code: {error}"))?;
    // Terminals are mostly dark: what is light in the code is drawn.
    let picture = code.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    let groups: Vec<&str> = (0..enrollment.secret.len()).step_by(4).map(|at| group(&enrollment.secret, at)).collect();
    output.secret(format_args!("{picture}\n{}\n{}", enrollment.otpauth_url.as_str(), groups.join(" ")))
}

fn group(secret: &str, at: usize) -> &str {
    &secret[at..secret.len().min(at + 4)]
}

fn confirm(app: &App, output: Output, enrollment: &Enrollment, name: &str) -> Result<()> {
    for _ in 0..TRIES {
        output.prompt("Code from the app: ");
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).context("cannot read the code from stdin")? == 0 {
            let text = "no code was given and nothing was enabled: use --no-confirm where nobody can type one";
            return Err(Stop::usage(text).into());
        }
        let digits: String = line.split_whitespace().collect();
        let code = Code::parse("code", digits);
        match code.and_then(|code| factors::confirm(app, enrollment, &code, Timestamp::now())) {
            Err(Error::InvalidField { .. }) => output.say("That is not the code; is the clock right?"),
            other => return other.map_err(|error| refused(error.into(), name)),
        }
    }
    Err(Stop::not_verified("no right code was given and nothing was enabled; start again with nox totp enroll").into())
}

fn refused(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast_ref() {
        Some(error @ Error::AlreadyExists { .. }) => {
            let text = format!("{name} has an authenticator app already; nox totp reset {name} removes it");
            Stop::refused(error, text).into()
        }
        _ => named(error, name),
    }
}
