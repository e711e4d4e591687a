//! `nox user`.

mod add;
mod disable;
mod export;
mod list;
mod passwd;
mod remove;
mod rename;
mod set;
mod show;
mod tag;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::TO_RECORD;
use super::output::{Output, Stop};
use crate::domain::App;
use crate::domain::accounts::LastAdministrator;
use crate::domain::accounts::operator;
use crate::error::{AccountField, Error};
use crate::time::Timestamp;
pub(super) use tag::warn_of_unknown;

/// NAME is a username, an id or an email address.
#[derive(Subcommand)]
pub(super) enum User {
    /// Create an account
    Add(add::Add),
    /// List the accounts
    List(list::List),
    /// Show an account
    Show(Account),
    /// Set a new password and end the sessions of the account, or print a link that does so
    Passwd(passwd::Passwd),
    /// Change fields of an account; an empty text clears an optional field
    Set(Box<set::Set>),
    /// Give an account another username; its user logs in by that name from then on
    Rename(rename::Rename),
    /// Add or remove tags
    #[command(subcommand)]
    Tag(tag::Tag),
    /// Prevent an account from logging in, and end its sessions
    Disable(disable::Disable),
    /// Let an account log in again
    Enable(Account),
    /// Write everything that is kept about an account to a new JSON file, for its owner
    Export(export::Export),
    /// Remove an account and everything that belongs to it
    Remove(remove::Remove),
}

#[derive(Args)]
pub(super) struct Account {
    /// A username, an id or an email address
    name: String,
}

/// Permits what is refused so that it does not happen by accident.
#[derive(Args, Clone, Copy)]
pub(super) struct Permission {
    /// Permit it for the last administrator who can log in
    #[arg(long)]
    last_administrator: bool,
}

impl From<Permission> for LastAdministrator {
    fn from(permission: Permission) -> Self {
        if permission.last_administrator { Self::MayGo } else { Self::Stays }
    }
}

impl User {
    /// The keys of the configuration that the command uses, beside those of the files.
    pub(super) const fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::List(_) | Self::Show(_) | Self::Export(_) => {
                &["users", "login", "server.address"]
            }
            Self::Add(_) | Self::Passwd(_) => {
                &["users", "login", "server.address", "password", TO_RECORD]
            }
            Self::Set(_) => {
                &["users", "login", "server.address", "limits.picture_bytes", TO_RECORD]
            }
            Self::Rename(_)
            | Self::Tag(_)
            | Self::Disable(_)
            | Self::Enable(_)
            | Self::Remove(_) => &["users", "login", "server.address", TO_RECORD],
        }
    }

    /// Whether the command makes a new instance where there is none.
    pub(super) const fn may_create_the_instance(&self) -> bool {
        matches!(self, Self::Add(_))
    }

    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        let now = Timestamp::now();
        match self {
            Self::Add(command) => command.run(app, output, now),
            Self::List(command) => list::list(app, output, &command, now),
            Self::Show(Account { name }) => show::run(app, output, &name, now),
            Self::Passwd(command) => command.run(app, output, now),
            Self::Set(command) => command.run(app, output, now),
            Self::Rename(command) => command.run(app, output, now),
            Self::Tag(command) => command.run(app, output, now),
            Self::Disable(command) => command.run(app, output, now),
            Self::Enable(Account { name }) => {
                let was_disabled =
                    operator::enable(app, &name, now).map_err(|error| with_user(error, &name))?;
                let sentence = if was_disabled { "can log in again" } else { "was not disabled" };
                show::done(app, output, &name, format_args!("{name} {sentence}"))
            }
            Self::Export(command) => command.run(app, output, now),
            Self::Remove(command) => command.run(app, output, now),
        }
    }
}

/// Turns an error of the domain into a message that names the user.
pub(super) fn with_user(error: impl Into<anyhow::Error>, name: &str) -> anyhow::Error {
    let error = error.into();
    let Some(refusal) = error.downcast_ref() else { return error };
    let text = match refusal {
        Error::UserNotFound => format!("there is no user {name:?}; nox user list prints all users"),
        Error::AlreadyExists(taken) => format!("cannot store {name:?}: {} is taken", taken.with()),
        Error::InvalidAccountField { field: AccountField::PresenceText, rule } => {
            format!("the presence text {rule}")
        }
        refusal => match refusal.invalid_field() {
            Some((field, rule)) => format!("the {field} {rule}"),
            None => return error,
        },
    };
    Stop::refused(refusal, text).into()
}
