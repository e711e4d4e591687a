//! `nox relay`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::{Output, Stop};
use crate::domain::App;
use crate::domain::relays;
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub enum Relay {
    /// Let a relay check tokens, and print its own token, once
    Add {
        /// A name for it
        name: String,
    },
    /// List the relays
    List,
    /// Remove a relay; its token is worth nothing from then on
    Remove {
        /// Its name
        name: String,
    },
}

impl Relay {
    /// Runs the command.
    ///
    /// # Errors
    /// What the rules refuse, or the database or stdout fails.
    pub fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::Add { name } => {
                let show = |token: &str| {
                    if output.json {
                        output.secret(json!({ "name": name, "token": token }))
                    } else {
                        output.secret(token)
                    }
                };
                relays::add(app, &name, Timestamp::now(), show)
                    .map_err(|error| with_relay(error, &name))?;
                output.say(format_args!("added the relay {name}"));
                Ok(())
            }
            Self::List => {
                let found = relays::list(app)?;
                if output.json {
                    let json = |relay: &relays::Relay| json!({ "name": relay.name, "created_at": relay.created_at });
                    return found.iter().try_for_each(|relay| output.json(&json(relay)));
                }
                let rows: Vec<_> = found
                    .into_iter()
                    .map(|relay| [relay.name, relay.created_at.to_string()])
                    .collect();
                output.table(["NAME", "ADDED"], &rows)
            }
            Self::Remove { name } => {
                relays::remove(app, &name).map_err(|error| with_relay(error.into(), &name))?;
                output.say(format_args!("removed the relay {name}"));
                Ok(())
            }
        }
    }
}

fn with_relay(error: anyhow::Error, name: &str) -> anyhow::Error {
    let Some(refusal) = error.downcast_ref() else { return error };
    let text = match refusal {
        Error::NotFound { .. } => {
            format!("there is no relay {name:?}; nox relay list shows them all")
        }
        Error::AlreadyExists { .. } => format!("there is a relay {name:?} already"),
        refusal => match refusal.invalid_field() {
            Some((field, rule)) => format!("the {field} {rule}"),
            None => return error,
        },
    };
    Stop::refused(refusal, text).into()
}
