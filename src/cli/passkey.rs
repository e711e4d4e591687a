//! `nox passkey`.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::TO_RECORD;
use super::output::{Output, Stop};
use super::user::with_user;
use crate::domain::App;
use crate::domain::passkeys::PasskeyId;
use crate::domain::passkeys::operator::{self, Chosen, NamedPasskey, Removed};
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Passkey {
    /// List the passkeys of all accounts or of one
    List {
        /// A username, an id or an email address
        name: Option<String>,
    },
    /// Remove passkeys of an account, and end all its sessions
    Remove(Remove),
}

#[derive(Args)]
pub(super) struct Remove {
    /// A username, an id or an email address
    name: String,
    /// Ids of passkeys, as `nox passkey list` shows them
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// Remove every passkey of the account
    #[arg(long)]
    all: bool,
    /// Do not ask for confirmation of --all
    #[arg(long, requires = "all")]
    yes: bool,
}

impl Passkey {
    /// The keys of the configuration that the command uses, beside those of the files.
    pub(super) const fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::List { .. } => &["passkeys", "server.public_url"],
            Self::Remove(_) => &[TO_RECORD],
        }
    }

    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::List { name } => list(app, output, name.as_deref()),
            Self::Remove(command) => command.run(app, output),
        }
    }
}

impl Remove {
    fn run(self, app: &App, output: Output) -> Result<()> {
        let name = &self.name;
        let chosen = if self.all {
            if !self.yes {
                let question = format!("Remove every passkey of {name}? [y/N] ");
                output.confirm(question, "--yes")?;
            }
            Chosen::All
        } else {
            let ids = self.ids.iter().map(|id| PasskeyId::parse(id));
            let ids = ids.collect::<Option<BTreeSet<_>>>();
            Chosen::These(ids.ok_or_else(|| unknown(name, self.all))?)
        };
        let removed = operator::remove(app, name, &chosen, Timestamp::now());
        let removed = removed.map_err(|error| match error {
            Error::NotFound { .. } => unknown(name, self.all).into(),
            other => with_user(other, name),
        })?;
        let Removed { username, count, left, ended_factor } = &removed;
        let facts = json!({ "username": username, "removed": count, "left": left });
        output.done(&facts, sentence(&removed))?;
        if *ended_factor {
            output.say(format_args!("a login of {username} asks for no passkey any more"));
        }
        Ok(())
    }
}

fn sentence(removed: &Removed) -> String {
    let Removed { username, count, left, .. } = removed;
    let left = match left {
        0 => "which were all".into(),
        left => format!("{left} left"),
    };
    format!("removed {count} passkey(s) of {username}, {left}; all its sessions have ended")
}

/// Tells of the passkeys of an account whose password or second factor was changed: they go on
/// logging in.
pub(super) fn tell_passkeys(output: Output, name: &str, passkeys: u32) {
    if passkeys > 0 {
        output.say(format_args!(
            "{name} still has {passkeys} passkey(s), which log in without the password; nox \
             passkey remove {name} --all removes them"
        ));
    }
}

fn unknown(name: &str, all: bool) -> Stop {
    let text = if all {
        format!("{name} has no passkey")
    } else {
        format!(
            "{name} has no passkey of this id, so none was removed; nox passkey list {name} prints \
             them"
        )
    };
    Stop::refused(&Error::NotFound { what: "Passkey" }, text)
}

fn list(app: &App, output: Output, name: Option<&str>) -> Result<()> {
    let mut list =
        output.list(["ID", "USERNAME", "NAME", "DOMAIN", "SYNCED", "ADDED", "LAST USED"]);
    let shown = operator::list_all(app, name, |named| {
        let NamedPasskey { username, passkey } = named;
        if list.is_json() {
            return list.json(&json!({
                "id": passkey.id.to_string(),
                "username": username,
                "name": passkey.name,
                "rp_id": passkey.rp_id,
                "usable": passkey.is_usable,
                "synced": passkey.is_synced,
                "aaguid": passkey.aaguid.to_string(),
                "created_at": passkey.created_at,
                "last_used_at": passkey.last_used_at,
            }));
        }
        let last_used = passkey.last_used_at.map_or_else(|| "-".into(), |at| at.to_string());
        list.row([
            passkey.id.to_string(),
            username,
            passkey.name,
            passkey.rp_id,
            if passkey.is_synced { "yes" } else { "no" }.into(),
            passkey.created_at.to_string(),
            last_used,
        ])
    });
    shown.map_err(|error| with_user(error, name.unwrap_or_default()))?;
    list.finish()
}
