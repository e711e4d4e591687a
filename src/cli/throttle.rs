//! `nox throttle`.

use std::io::{self, IsTerminal};

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::{Output, Stop};
use crate::domain::App;
use crate::domain::lockouts::{clear, list};
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(crate) enum Throttle {
    /// List what is locked out, and until when; nox user list --disabled lists disabled accounts
    List,
    /// End the lockouts of an account or an address, or all of them
    Clear {
        /// A username, an id, an email address, an IP address, or a network such as 192.0.2.0/24
        #[arg(value_name = "NAME|ADDRESS")]
        target: Option<String>,
    },
}

impl Throttle {
    /// Runs the command.
    ///
    /// # Errors
    /// The account is not found, or the database or stdout fails.
    pub(crate) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::List => show(app, output),
            Self::Clear { target } => {
                let had_any = clear(app, target.as_deref(), Timestamp::now())
                    .map_err(|error| without_target(error, target.as_deref()))?;
                let sentence = match (&target, had_any) {
                    (Some(target), true) => format!("no attempts count against {target} any more"),
                    (Some(target), false) => format!("no attempts counted against {target}"),
                    (None, true) => "no attempts count any more".into(),
                    (None, false) => "no attempts counted against any account or address".into(),
                };
                output.done(&json!({ "target": target, "had_any": had_any }), sentence)
            }
        }
    }
}

fn without_target(error: Error, target: Option<&str>) -> anyhow::Error {
    match (&error, target) {
        (Error::UserNotFound, Some(target)) => {
            let text = format!(
                "{target:?} is no user, no address and no network; nox throttle list prints what \
                 is locked out"
            );
            Stop::refused(&error, text).into()
        }
        _ => error.into(),
    }
}

fn show(app: &App, output: Output) -> Result<()> {
    let lockouts = list(app, Timestamp::now())?;
    let is_empty = lockouts.is_empty();
    let mut list = output.list(["WHAT", "USERNAME", "ADDRESS", "TRIES", "UNTIL"]);
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    for lockout in lockouts {
        if list.is_json() {
            list.json(&lockout)?;
            continue;
        }
        list.row([
            lockout.what.into(),
            optional(lockout.username),
            optional(lockout.address),
            lockout.tries.to_string(),
            lockout.until.to_string(),
        ])?;
    }
    list.finish()?;
    // An operator who looks for a suspended account finds it elsewhere.
    if !output.json && (is_empty || io::stdout().is_terminal()) {
        let found = if is_empty { "no account and no address is locked out; " } else { "" };
        output.say(format_args!("{found}nox user list --disabled lists disabled accounts"));
    }
    Ok(())
}
