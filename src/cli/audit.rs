//! `nox audit`.

use anyhow::Result;
use clap::Subcommand;

use super::output::Output;
use super::user::with_user;
use crate::domain::App;
use crate::domain::audit::list;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// List the events of all accounts or of one, the oldest first
    List {
        /// A username or an id, also of a removed account
        name: Option<String>,
    },
}

impl Audit {
    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        let Self::List { name } = self;
        let found = list(app, name.as_deref())
            .map_err(|error| with_user(error, name.as_deref().unwrap_or_default()))?;
        if output.json {
            return found.iter().try_for_each(|line| output.json(line));
        }
        let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let rows: Vec<_> = found
            .into_iter()
            .map(|line| {
                [
                    line.at.to_string(),
                    line.event,
                    optional(line.username),
                    line.by.into(),
                    optional(line.ip),
                    optional(line.user_agent),
                ]
            })
            .collect();
        output.table(["TIME", "EVENT", "USERNAME", "BY", "ADDRESS", "USER AGENT"], rows)
    }
}
