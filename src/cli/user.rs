//! `nox user`.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::{Output, Stop};
use super::password::Source;
use crate::domain::App;
use crate::domain::users::{self, Profile, Registration};
use crate::error::Error;
use crate::time::{Span, Timestamp};

/// NAME is a username or an id.
#[derive(Subcommand)]
pub enum User {
    /// Make an account
    Add(Add),
    /// List the accounts
    List {
        /// Only those whose name, display name or email contains TEXT
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
    },
    /// Show an account
    Show {
        /// A username or an id
        name: String,
    },
    /// Set another password and end the account's sessions
    Passwd {
        /// A username or an id
        name: String,
        #[command(flatten)]
        source: Source,
    },
    /// Keep an account from logging in and end its sessions
    Disable {
        /// A username or an id
        name: String,
        /// Why, for whoever reads it later
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Until when: a time such as 2026-12-31T18:00:00Z, or how long, such as 7d
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Let an account log in again
    Enable {
        /// A username or an id
        name: String,
    },
}

#[derive(Args)]
pub struct Add {
    /// 3 to 16 of a-z, 0-9, _, . and -, not digits alone
    name: String,
    /// The name that others see [default: NAME]
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// An email address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Make the user an administrator
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    source: Source,
}

/// A user, with the password where it was drawn just now.
#[derive(Serialize)]
struct Shown<'password> {
    #[serde(flatten)]
    user: Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'password str>,
}

impl User {
    /// Runs the command.
    ///
    /// # Errors
    /// What the rules refuse, or the database or stdout fails.
    pub fn run(self, app: &App, output: Output) -> Result<()> {
        let now = Timestamp::now();
        match self {
            Self::Add(command) => command.run(app, output, now),
            Self::List { search } => list(app, output, &search, now),
            Self::Show { name } => show(app, output, &name, now),
            Self::Passwd { name, source } => passwd(app, output, &name, &source, now),
            Self::Disable { name, reason, until } => {
                let until = until.map(|text| read_time(&text, now)).transpose()?;
                users::disable(app, &name, reason.as_deref(), until, now).map_err(|error| named(error, &name))?;
                output.say(format_args!("{name} cannot log in any more; all of its sessions ended"));
                Ok(())
            }
            Self::Enable { name } => {
                users::enable(app, &name).map_err(|error| named(error, &name))?;
                output.say(format_args!("{name} can log in again"));
                Ok(())
            }
        }
    }
}

impl Add {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let password = self.source.obtain()?;
        let registration = Registration {
            username: self.name.clone(),
            display: self.display,
            email: self.email,
            password: password.text.to_string().into(),
            is_admin: self.admin,
        };
        let user = users::register(app, registration, now).map_err(|error| named(error, &self.name))?;
        let said = format!("added {} with id {}", user.username, user.id);
        let drawn = password.is_generated.then_some(password.text.as_str());
        if output.json {
            output.json(&Shown { user, password: drawn })?;
        } else if let Some(password) = drawn {
            output.line(password)?;
        }
        output.say(said);
        Ok(())
    }
}

fn list(app: &App, output: Output, search: &str, now: Timestamp) -> Result<()> {
    let found = users::search(app, search, now)?;
    if output.json {
        return found.iter().try_for_each(|user| output.json(user));
    }
    let row = |user: Profile| {
        let factor = if user.twofa_enabled { "totp" } else { "-" };
        let email = user.email.unwrap_or_else(|| "-".into());
        [user.id.to_string(), user.username, user.display, email, factor.into(), user.tags.join(",")]
    };
    let rows: Vec<_> = found.into_iter().map(row).collect();
    output.table(["ID", "USERNAME", "DISPLAY", "EMAIL", "2FA", "TAGS"], &rows)
}

fn show(app: &App, output: Output, name: &str, now: Timestamp) -> Result<()> {
    let user = users::find(app, name, now).map_err(|error| named(error, name))?;
    if output.json {
        return output.json(&user);
    }
    let verified = if user.email_verified { " (verified)" } else { " (not verified)" };
    let rows = [
        ["id".into(), user.id.to_string()],
        ["username".into(), user.username],
        ["display".into(), user.display],
        ["email".into(), user.email.map_or_else(|| "-".into(), |email| email + verified)],
        ["tags".into(), user.tags.join(", ")],
        ["rank".into(), user.rank.to_string()],
        ["second factor".into(), if user.twofa_enabled { "totp" } else { "off" }.into()],
        ["created".into(), user.created_at.to_string()],
    ];
    rows.iter().try_for_each(|[key, value]| output.line(format_args!("{key:<14}{value}")))
}

fn passwd(app: &App, output: Output, name: &str, source: &Source, now: Timestamp) -> Result<()> {
    // Nobody should type a password twice for a name that is not there.
    let user = users::find(app, name, now).map_err(|error| named(error, name))?;
    let password = source.obtain()?;
    users::change_password(app, name, &password.text.to_string().into(), now)?;
    match (password.is_generated, output.json) {
        (true, true) => output.json(&Shown { user, password: Some(&password.text) })?,
        (true, false) => output.line(password.text.as_str())?,
        (false, true) => output.json(&user)?,
        (false, false) => (),
    }
    output.say(format_args!("changed the password of {name}; all of its sessions ended"));
    Ok(())
}

/// Says whom an error is about.
pub(super) fn named(error: Error, name: &str) -> anyhow::Error {
    let text = match &error {
        Error::UserNotFound => format!("there is no user {name:?}; nox user list shows them all"),
        Error::AlreadyExists { with, .. } => format!("{name:?} cannot be added: {with} is taken"),
        Error::InvalidField { field, rule } => format!("the {field} {rule}"),
        _ => return error.into(),
    };
    Stop::refused(&error, text).into()
}

fn read_time(text: &str, now: Timestamp) -> Result<Timestamp> {
    let length = text.parse::<Span>().map(|span| now.after(span.into()));
    let time = length
        .or_else(|_| text.parse())
        .map_err(|message| Stop::usage(format!("--until: {message}, nor a length of time such as 7d")))?;
    if time <= now { Err(Stop::usage(format!("--until: {text:?} is over already")).into()) } else { Ok(time) }
}
