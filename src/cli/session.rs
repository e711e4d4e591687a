//! `nox session`.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::TO_RECORD;
use super::output::{Output, Stop};
use super::user::with_user;
use crate::domain::App;
use crate::domain::sessions::{self, NamedSession, SessionId};
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Session {
    /// List the sessions of all accounts or of one
    List {
        /// A username, an id or an email address
        name: Option<String>,
    },
    /// End sessions
    Revoke(Revoke),
}

#[derive(Args)]
#[command(group(ArgGroup::new("which").args(["ids", "user", "all"]).required(true)))]
pub(super) struct Revoke {
    /// Ids of sessions, as `nox session list` shows them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// End every session of this account
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// End every session of every account
    #[arg(long)]
    all: bool,
    /// Do not ask for confirmation of --all
    #[arg(long)]
    yes: bool,
}

impl Session {
    /// The keys of the configuration that the command uses, beside those of the files.
    pub(super) const fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::List { .. } => &[],
            Self::Revoke { .. } => &[TO_RECORD],
        }
    }

    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::List { name } => list(app, output, name.as_deref()),
            Self::Revoke(command) => command.run(app, output),
        }
    }
}

impl Revoke {
    fn run(self, app: &App, output: Output) -> Result<()> {
        if self.all {
            if !self.yes {
                output.confirm(
                    "End every session, so that all users must log in again? [y/N] ",
                    "--yes",
                )?;
            }
            let ended = sessions::revoke_every(app, Timestamp::now())?;
            let sentence = match ended {
                0 => "there was no session to end".into(),
                _ => format!("ended {ended} session(s), which are all"),
            };
            return output.done(&json!({ "ended": ended }), sentence);
        }
        if let Some(name) = self.user {
            let ended = sessions::revoke_all_of(app, &name, Timestamp::now())
                .map_err(|error| with_user(error, &name))?;
            let sentence = match ended {
                0 => format!("{name} had no session"),
                _ => format!("ended {ended} session(s) of {name}, which are all"),
            };
            return output.done(&json!({ "user": name, "ended": ended }), sentence);
        }
        if self.ids.is_empty() {
            let text = "name the sessions to end by their IDs, or give --user NAME or --all";
            return Err(Stop::usage(text).into());
        }
        let unknown = || {
            let text = "a session of this id does not exist, so no session was ended; \
                        nox session list prints all sessions";
            Stop::refused(&Error::SessionNotFound, text)
        };
        let ids = self.ids.iter().map(|id| SessionId::parse(id)).collect::<Option<BTreeSet<_>>>();
        let ids = ids.ok_or_else(unknown)?;
        sessions::revoke_all(app, &ids, Timestamp::now()).map_err(|error| match error {
            Error::SessionNotFound => unknown().into(),
            other => anyhow::Error::from(other),
        })?;
        let sentence = format!("ended {} session(s)", ids.len());
        output.done(&json!({ "ended": ids.len() }), sentence)
    }
}

fn list(app: &App, output: Output, name: Option<&str>) -> Result<()> {
    let mut list = output.list(["ID", "USERNAME", "LAST SEEN", "ADDRESS", "USER AGENT"]);
    let shown = sessions::list_all(app, name, Timestamp::now(), |named| {
        let NamedSession { username, session, is_refused } = named;
        if list.is_json() {
            return list.json(&json!({
                "id": session.id.to_string(),
                "username": username,
                "created_at": session.created_at,
                "expires_at": session.expires_at,
                "last_seen": session.last_seen_at,
                "ip": session.ip,
                "user_agent": session.user_agent,
                "refused": is_refused,
            }));
        }
        let agent = session.user_agent.unwrap_or_else(|| "-".into());
        list.row([
            session.id.to_string(),
            username,
            session.last_seen_at.to_string(),
            session.ip,
            agent,
        ])
    });
    shown.map_err(|error| with_user(error, name.unwrap_or_default()))?;
    list.finish()?;
    if let Some(text) = sessions::describe_refused(app, Timestamp::now())? {
        output.say(text);
    }
    Ok(())
}
