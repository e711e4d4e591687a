//! `nox bans`.

use anyhow::Result;
use clap::Subcommand;

use super::output::Output;
use super::user::with_user;
use crate::domain::App;
use crate::domain::bans::{clear, list};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(crate) enum Bans {
    /// List who is refused for too many attempts, and until when
    List,
    /// Forget what was counted against an account or an address, or everything
    Clear {
        /// A username, an id, or an address
        #[arg(value_name = "NAME|ADDRESS")]
        whom: Option<String>,
    },
}

impl Bans {
    /// Runs the command.
    ///
    /// # Errors
    /// What the rules refuse, or the database or stdout fails.
    pub(crate) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::List => show(app, output),
            Self::Clear { whom } => {
                clear(app, whom.as_deref())
                    .map_err(|error| with_user(error, whom.as_deref().unwrap_or_default()))?;
                output.say(match whom {
                    Some(whom) => format!("{whom} starts anew"),
                    None => "everybody starts anew".into(),
                });
                Ok(())
            }
        }
    }
}

fn show(app: &App, output: Output) -> Result<()> {
    let bans = list(app, Timestamp::now())?;
    if output.json {
        return bans.iter().try_for_each(|ban| output.json(ban));
    }
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let rows: Vec<_> = bans
        .into_iter()
        .map(|ban| {
            let (username, address) = (optional(ban.username), optional(ban.address));
            [ban.what.into(), username, address, ban.tries.to_string(), ban.until.to_string()]
        })
        .collect();
    output.table(["WHAT", "USERNAME", "ADDRESS", "TRIES", "UNTIL"], &rows)
}
