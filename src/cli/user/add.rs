//! `nox user add`.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::passwd::{password_done, show_password};
use super::show::Inspected;
use super::with_user;
use crate::cli::output::Output;
use crate::cli::password::PasswordSource;
use crate::domain::App;
use crate::domain::accounts::fields::{Display, Email, Username};
use crate::domain::accounts::inspection::{self, Account};
use crate::domain::accounts::registration::{NewAccount, register};
use crate::error::{Error, Taken};
use crate::normalization::{fold, trim};
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Add {
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
    /// Succeed without a change if the account exists already
    #[arg(long)]
    if_missing: bool,
    #[command(flatten)]
    source: PasswordSource,
}

/// An account that was there before, as JSON.
#[derive(Serialize)]
struct Existing<'a> {
    #[serde(flatten)]
    account: Inspected<'a>,
    created: bool,
}

impl Add {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let refused = |error: Error| with_user(error, &self.name);
        let username = Username::parse(fold(trim(&self.name))).map_err(refused)?;
        let email = self.email.map(Email::parse).transpose().map_err(refused)?;
        let display = self.display.map(Display::parse).transpose().map_err(refused)?;
        // Checked before the password is asked for.
        let existing = inspection::inspect(app, &self.name, now).ok();
        if let Some(account) = existing.as_ref().filter(|_| self.if_missing) {
            let id = account.profile.public.id;
            let sentence = format!("{} exists with id {id}; nothing was changed", self.name);
            return output.done(&Existing { account: account.into(), created: false }, sentence);
        }
        if existing.is_some() {
            return Err(refused(Error::AlreadyExists(Taken::Username)));
        }
        if app.is_new {
            let database = app.config.storage.database.display();
            output.say(format_args!("created the database {database}"));
        }
        let password = self.source.obtain(app)?;
        let new = password.parse(app).map_err(refused)?;
        let account = NewAccount { username, password: new, email, display, is_admin: self.admin };
        let reveal = |account: &Account| show_password(output, account, &password);
        let user =
            register(app, account, now, reveal).map_err(|error| with_user(error, &self.name))?;
        let sentence = format!("added {} with id {}", user.public.username, user.public.id);
        password_done(app, output, &user, &password, sentence)
    }
}
