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
pub(super) enum Relay {
    /// Register a relay, which may then check tokens of users, and print its own token, once
    Add {
        /// The name of the new relay
        name: String,
    },
    /// List the relays
    List,
    /// Remove a relay; its token is no longer valid
    Remove {
        /// The name of the relay
        name: String,
    },
}

impl Relay {
    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::Add { name } => {
                let reveal =
                    |token: &str| output.reveal(&json!({ "name": name, "token": token }), token);
                relays::add(app, &name, Timestamp::now(), reveal)
                    .map_err(|error| with_relay(error, &name))?;
                output.say(format_args!("added the relay {name}"));
                Ok(())
            }
            Self::List => {
                let mut list = output.list(["NAME", "ADDED"]);
                for relay in relays::list(app)? {
                    if list.is_json() {
                        let relay = json!({ "name": relay.name, "created_at": relay.created_at });
                        list.json(&relay)?;
                    } else {
                        list.row([relay.name, relay.created_at.to_string()])?;
                    }
                }
                list.finish()
            }
            Self::Remove { name } => {
                relays::remove(app, &name, Timestamp::now())
                    .map_err(|error| with_relay(error.into(), &name))?;
                let sentence = format!("removed the relay {name}");
                output.done(&json!({ "name": name }), sentence)
            }
        }
    }
}

fn with_relay(error: anyhow::Error, name: &str) -> anyhow::Error {
    let Some(refusal) = error.downcast_ref() else { return error };
    let text = match refusal {
        Error::NotFound { .. } => {
            format!("there is no relay {name:?}; nox relay list prints all relays")
        }
        Error::AlreadyExists(_) => format!("there is already a relay {name:?}"),
        refusal => match refusal.invalid_field() {
            Some((field, rule)) => format!("the {field} {rule}"),
            None => return error,
        },
    };
    Stop::refused(refusal, text).into()
}
