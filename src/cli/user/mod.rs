//! `nox user`.

mod set;
mod show;
mod tag;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::TO_RECORD;
use super::output::{Output, Stop};
use super::password::{ObtainedPassword, PasswordSource};
use crate::domain::App;
use crate::domain::accounts::fields::{Display, Email, Username};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::operator;
use crate::domain::accounts::profile::Profile;
use crate::domain::accounts::registration::{NewAccount, register};
use crate::error::{AccountField, Error};
use crate::normalization::{fold, trim};
use crate::time::{Span, Timestamp};

/// NAME is a username or an id.
#[derive(Subcommand)]
pub(super) enum User {
    /// Create an account
    Add(Add),
    /// List the accounts
    List {
        /// List only accounts whose name, display name or email address contains TEXT
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
    },
    /// Show an account
    Show(Account),
    /// Set a new password and end the sessions of the account
    Passwd(Passwd),
    /// Change fields of an account; an empty text clears an optional field
    Set(Box<set::Set>),
    /// Add or remove tags
    #[command(subcommand)]
    Tag(tag::Tag),
    /// Prevent an account from logging in, and end its sessions
    Disable(Disable),
    /// Let an account log in again
    Enable(Account),
    /// Remove an account and everything that belongs to it
    Remove(Remove),
}

#[derive(Args)]
pub(super) struct Account {
    /// A username or an id
    name: String,
}

#[derive(Args)]
pub(super) struct Add {
    /// The username: 3 to 16 of a-z, 0-9, _, . and -, not only digits
    name: String,
    /// The display name [default: NAME]
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// An email address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Make the user an administrator
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    source: PasswordSource,
}

#[derive(Args)]
pub(super) struct Passwd {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    source: PasswordSource,
}

#[derive(Args)]
pub(super) struct Disable {
    #[command(flatten)]
    account: Account,
    /// The reason, for operators
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The end: a time such as 2026-12-31T18:00:00Z, or a length of time such as 7d [default: no
    /// end]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

#[derive(Args)]
pub(super) struct Remove {
    #[command(flatten)]
    account: Account,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

/// A user and the generated password, as JSON.
#[derive(Serialize)]
struct WithPassword<'user> {
    #[serde(flatten)]
    user: &'user Profile,
    password: &'user str,
}

impl User {
    /// The keys of the configuration that the command uses, beside those of the files.
    pub(super) const fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::List { .. } | Self::Show(_) => &["users", "server.address"],
            Self::Add(_) | Self::Passwd(_) => &["users", "server.address", "password", TO_RECORD],
            Self::Set(_) => &["users", "server.address", "limits.picture_bytes", TO_RECORD],
            Self::Tag(_) | Self::Disable(_) | Self::Enable(_) | Self::Remove(_) => {
                &["users", "server.address", TO_RECORD]
            }
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
            Self::List { search } => list(app, output, &search, now),
            Self::Show(Account { name }) => show::run(app, output, &name, now),
            Self::Passwd(command) => command.run(app, output, now),
            Self::Set(command) => command.run(app, output, now),
            Self::Tag(command) => command.run(app, output, now),
            Self::Disable(command) => command.run(app, output, now),
            Self::Enable(Account { name }) => {
                operator::enable(app, &name, now).map_err(|error| with_user(error, &name))?;
                show::done(app, output, &name, format_args!("{name} can log in again"))
            }
            Self::Remove(command) => command.run(app, output, now),
        }
    }
}

impl Add {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let refused = |error: Error| with_user(error, &self.name);
        let username = Username::parse(fold(trim(&self.name))).map_err(refused)?;
        let email = self.email.map(Email::parse).transpose().map_err(refused)?;
        let display = self.display.map(Display::parse).transpose().map_err(refused)?;
        // Checked before the password is asked for.
        if operator::find(app, &self.name, now).is_ok() {
            return Err(refused(Error::AlreadyExists { what: "User", with: "this username" }));
        }
        if app.is_new {
            let database = app.config.storage.database.display();
            output.say(format_args!("created the database {database}"));
        }
        let password = self.source.obtain(app)?;
        let new = password.parse(app).map_err(refused)?;
        let account = NewAccount { username, password: new, email, display, is_admin: self.admin };
        let reveal = |user: &Profile| show_password(output, user, &password);
        let user =
            register(app, account, now, reveal).map_err(|error| with_user(error, &self.name))?;
        let sentence = format!("added {} with id {}", user.public.username, user.public.id);
        password_done(output, &user, &password, &sentence)
    }
}

fn list(app: &App, output: Output, search: &str, now: Timestamp) -> Result<()> {
    let mut list = output.list(["ID", "USERNAME", "DISPLAY", "EMAIL", "2FA", "TAGS"]);
    operator::list_all(app, search, now, |user| {
        if list.is_json() {
            return list.json(&user);
        }
        let factors = show::second_factors(&user.factors);
        let email = user.email.unwrap_or_else(|| "-".into());
        let public = user.public;
        list.row([
            public.id.to_string(),
            public.username,
            public.display,
            email,
            factors,
            public.tags.join(","),
        ])
    })?;
    list.finish()
}

impl Passwd {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let refused = |error: anyhow::Error| with_user(error, name);
        // Checked before the password is asked for.
        let user = operator::find(app, name, now).map_err(|error| refused(error.into()))?;
        let password = self.source.obtain(app)?;
        let new = password.parse(app).map_err(|error| refused(error.into()))?;
        let reveal = |_: &NewPassword| show_password(output, &user, &password);
        operator::change_password(app, name, &new, now, reveal).map_err(refused)?;
        let sentence = format!("changed the password of {name}; all its sessions have ended");
        password_done(output, &user, &password, &sentence)
    }
}

impl Disable {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let Self { account: Account { name }, reason, until } = self;
        let until = until.map(|text| read_time(&text, now)).transpose()?;
        operator::disable(app, &name, reason.as_deref(), until, now)
            .map_err(|error| with_user(error, &name))?;
        let sentence = format!("{name} can no longer log in; all its sessions have ended");
        show::done(app, output, &name, sentence)
    }
}

impl Remove {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let user = operator::find(app, name, now).map_err(|error| with_user(error, name))?.public;
        if !self.yes {
            output.confirm(
                format_args!("Remove {} (id {}) permanently? [y/N] ", user.username, user.id),
                "--yes",
            )?;
        }
        operator::remove(app, name, now).map_err(|error| with_user(error, name))?;
        let sentence = format!("removed {} and everything that belonged to it", user.username);
        output.done(&json!({ "id": user.id, "username": user.username }), sentence)
    }
}

/// Prints a generated password.
fn show_password(output: Output, user: &Profile, password: &ObtainedPassword) -> Result<()> {
    if password.is_generated {
        output.reveal(&WithPassword { user, password: &password.text }, password.text.as_str())
    } else {
        Ok(())
    }
}

/// Tells that a password is set. With `--json`, a generated one was printed with the user.
fn password_done(
    output: Output,
    user: &Profile,
    password: &ObtainedPassword,
    sentence: &str,
) -> Result<()> {
    if password.is_generated {
        output.say(sentence);
        Ok(())
    } else {
        output.done(user, sentence)
    }
}

/// Turns an error of the domain into a message that names the user.
pub(super) fn with_user(error: impl Into<anyhow::Error>, name: &str) -> anyhow::Error {
    let error = error.into();
    let Some(refusal) = error.downcast_ref() else { return error };
    let text = match refusal {
        Error::UserNotFound => format!("there is no user {name:?}; nox user list prints all users"),
        Error::AlreadyExists { with, .. } => format!("cannot store {name:?}: {with} is taken"),
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

fn read_time(text: &str, now: Timestamp) -> Result<Timestamp> {
    let length = text.parse::<Span>().map(|span| now.after(span.into()));
    let wrong = |message| Stop::usage(format!("--until: {message} or a length of time such as 7d"));
    let time = length.or_else(|_| text.parse()).map_err(wrong)?;
    if time <= now {
        Err(Stop::usage(format!("--until: {text:?} is in the past")).into())
    } else {
        Ok(time)
    }
}
