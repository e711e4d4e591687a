//! `nox key`.

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::Output;
use crate::config::Config;
use crate::domain::App;
use crate::domain::keys::{Lost, Replaced, find_lost, replace, rotate};
use crate::time::Timestamp;

/// How many users a sentence names; the list on stdout has all.
const NAMED: usize = 10;

#[derive(Subcommand)]
pub(super) enum Key {
    /// Replace the key file, encrypt everything with the new key, and end every session; stop the
    /// server first
    Rotate {
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Make a new key file where the one of the database is lost for good; stop the server first
    ///
    /// Accounts, passwords and codes by mail stay. What only the lost key opens is deleted: every
    /// session, authenticator app and recovery code. Their users log in with the password alone
    /// until they set up another app.
    Replace(Replace),
}

#[derive(Args)]
pub(super) struct Replace {
    /// Confirm that authenticator apps, recovery codes and sessions are deleted
    #[arg(long, required = true)]
    lose_second_factors: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

impl Key {
    pub(super) fn run(self, config: Config, output: Output) -> Result<()> {
        match self {
            Self::Rotate { yes } => rotate_key(&App::open_existing(config)?, output, yes),
            Self::Replace(Replace { lose_second_factors: _, yes }) => {
                replace_key(&config, output, yes)
            }
        }
    }
}

fn rotate_key(app: &App, output: Output, yes: bool) -> Result<()> {
    if !yes {
        let question =
            "Replace the key file? Every session ends, and all users must log in again. [y/N] ";
        output.confirm(question, "--yes")?;
    }
    let kept = rotate(app, Timestamp::now())?;
    if output.json {
        return output.ok(&json!({ "kept": shown(kept.as_deref()) }));
    }
    let key_file = app.config.secrets.key_file.display();
    output.say("replaced the key file; every session has ended");
    if let Some(kept) = kept {
        output.say(format_args!(
            "backups without the key that were made until now need the old key, which is kept as \
             {}; those that are made from now on need {key_file}. Back up both; once no old backup \
             is left, delete the old key",
            kept.display()
        ));
    }
    Ok(())
}

fn replace_key(config: &Config, output: Output, yes: bool) -> Result<()> {
    let lost = find_lost(config, Timestamp::now())?;
    if !yes {
        let key_file = config.secrets.key_file.display();
        let question = format!(
            "Make a new key file {key_file}? The database keeps accounts and passwords. These are \
             lost for good, unless a copy of the old key is found: {}. [y/N] ",
            sentence(&lost)
        );
        output.confirm(question, "--yes")?;
    }
    let Replaced { lost, kept } = replace(config, Timestamp::now())?;
    if output.json {
        let Lost { sessions, apps, recovery_codes } = lost;
        return output.ok(&json!({ "sessions": sessions, "apps": apps,
            "recovery_codes": recovery_codes, "kept": shown(kept.as_deref()) }));
    }
    let kept = kept.map(|kept| format!("; the file before is kept as {}", kept.display()));
    output.say(format_args!(
        "made a new key file {}: back it up{}",
        config.secrets.key_file.display(),
        kept.unwrap_or_default()
    ));
    output.say(format_args!("lost: {}", sentence(&lost)));
    if !lost.apps.is_empty() {
        output.say(
            "users who had an authenticator app log in with the password alone until they set up \
             another one: tell them, or use nox totp enroll NAME",
        );
    }
    if lost.apps.is_empty() && lost.recovery_codes.is_empty() {
        return Ok(());
    }
    let mut table = output.list(["LOST", "USERNAME"]);
    for (what, names) in [("app", lost.apps), ("recovery codes", lost.recovery_codes)] {
        names.into_iter().try_for_each(|name| table.row([what.into(), name]))?;
    }
    table.finish()
}

fn shown(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

/// What is lost, with the first of the users.
fn sentence(lost: &Lost) -> String {
    let Lost { sessions, apps, recovery_codes } = lost;
    let mut parts = vec![format!("{sessions} session(s)")];
    for (what, names) in [("authenticator app(s)", apps), ("recovery codes", recovery_codes)] {
        if !names.is_empty() {
            let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if names.len() > NAMED { ", …" } else { "" };
            parts.push(format!("the {what} of {} user(s) ({first}{more})", names.len()));
        }
    }
    parts.join(", ")
}
