//! `nox bans`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::Output;
use super::user::with_user;
use crate::domain::App;
use crate::domain::bans::{clear, list};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(crate) enum Bans {
    /// List which accounts and addresses are locked out after too many attempts, and until when
    List,
    /// Reset the attempts counted against an account or an address, or all of them
    Clear {
        /// A username, an id, or an address
        #[arg(value_name = "NAME|ADDRESS")]
        target: Option<String>,
    },
}

impl Bans {
    /// Runs the command.
    ///
    /// # Errors
    /// The account is not found, or the database or stdout fails.
    pub(crate) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::List => show(app, output),
            Self::Clear { target } => {
                clear(app, target.as_deref())
                    .map_err(|error| with_user(error, target.as_deref().unwrap_or_default()))?;
                let sentence = match &target {
                    Some(target) => format!("no attempts count against {target} any more"),
                    None => "no attempts count any more".into(),
                };
                output.done(&json!({ "target": target }), sentence)
            }
        }
    }
}

fn show(app: &App, output: Output) -> Result<()> {
    let lockouts = list(app, Timestamp::now())?;
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
    list.finish()
}
