//! `nox user passwd`.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::show::{self, Inspected};
use super::{Account, with_user};
use crate::cli::output::Output;
use crate::cli::password::{ObtainedPassword, PasswordSource};
use crate::domain::App;
use crate::domain::accounts::operator;
use crate::domain::accounts::profile::Profile;
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Passwd {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    source: PasswordSource,
}

/// An account and the generated password, as JSON.
#[derive(Serialize)]
struct WithPassword<'a> {
    #[serde(flatten)]
    account: Inspected<'a>,
    password: &'a str,
}

impl Passwd {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let refused = |error: anyhow::Error| with_user(error, name);
        // Checked before the password is asked for.
        let user = operator::find(app, name, now).map_err(|error| refused(error.into()))?;
        let password = self.source.obtain(app)?;
        let new = password.parse(app).map_err(|error| refused(error.into()))?;
        let reveal = |account: &operator::Account| show_password(output, account, &password);
        operator::change_password(app, name, &new, now, reveal).map_err(refused)?;
        let sentence = format!("changed the password of {name}; all its sessions have ended");
        password_done(app, output, &user, &password, sentence)
    }
}

/// Prints a generated password.
pub(super) fn show_password(
    output: Output,
    account: &operator::Account,
    password: &ObtainedPassword,
) -> Result<()> {
    if password.is_generated {
        let shown = WithPassword { account: account.into(), password: &password.text };
        output.reveal(&shown, password.text.as_str())
    } else {
        Ok(())
    }
}

/// Tells that a password is set. With `--json`, a generated one was printed with the user.
pub(super) fn password_done(
    app: &App,
    output: Output,
    user: &Profile,
    password: &ObtainedPassword,
    sentence: String,
) -> Result<()> {
    if password.is_generated {
        output.say(sentence);
        Ok(())
    } else {
        show::done(app, output, &user.public.username, sentence)
    }
}
