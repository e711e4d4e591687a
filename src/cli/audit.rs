//! `nox audit`.

use anyhow::Result;
use clap::Subcommand;

use super::output::{Output, printable};
use super::user::with_user;
use crate::domain::App;
use crate::domain::audit::list;

#[derive(Subcommand)]
pub enum Audit {
    /// List what has happened to accounts, the oldest first
    List {
        /// A username or an id, of a removed account too
        name: Option<String>,
    },
}

impl Audit {
    /// Runs the command.
    ///
    /// # Errors
    /// What the rules refuse, or the database or stdout fails.
    pub fn run(self, app: &App, output: Output) -> Result<()> {
        let Self::List { name } = self;
        let found = list(app, name.as_deref())
            .map_err(|error| with_user(error, name.as_deref().unwrap_or_default()))?;
        if output.json {
            return found.iter().try_for_each(|line| output.json(line));
        }
        let optional =
            |text: Option<String>| text.map_or_else(|| "-".into(), |text| printable(&text));
        let rows: Vec<_> = found
            .into_iter()
            .map(|line| {
                let (name, ip, agent) =
                    (optional(line.username), optional(line.ip), optional(line.user_agent));
                [line.at.to_string(), line.event, name, line.by.into(), ip, agent]
            })
            .collect();
        output.table(["TIME", "EVENT", "USERNAME", "BY", "ADDRESS", "USER AGENT"], &rows)
    }
}
