//! `nox user passwd`.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::show::{self, Inspected, second_factors};
use super::{Account, with_user};
use crate::cli::invite::warn_of_local_address;
use crate::cli::output::Output;
use crate::cli::passkey::tell_passkeys;
use crate::cli::password::{ObtainedPassword, PasswordSource};
use crate::domain::App;
use crate::domain::accounts::inspection::Account as Inspection;
use crate::domain::accounts::operator;
use crate::domain::accounts::profile::Profile;
use crate::domain::password_links::{self, LONGEST, NewLink};
use crate::time::{Span, Timestamp};

#[derive(Args)]
pub(in crate::cli) struct Passwd {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    source: PasswordSource,
    /// Print a link by which the user sets the password, once; the present one works until then
    #[arg(long, conflicts_with = "PasswordSource")]
    link: bool,
    /// How long the link is good, at most 30d: a number with s, m, h or d
    #[arg(long, value_name = "SPAN", default_value = "24h", requires = "link")]
    #[arg(value_parser = lifetime)]
    expires: Span,
}

fn lifetime(text: &str) -> Result<Span, String> {
    let span: Span = text.parse()?;
    let is_short = span.seconds() <= LONGEST.seconds();
    is_short.then_some(span).ok_or_else(|| "a link is good for 30d at most".into())
}

/// An account and the generated password, as JSON.
#[derive(Serialize)]
struct WithPassword<'a> {
    #[serde(flatten)]
    account: Inspected<'a>,
    password: &'a str,
}

/// An account and its link, as JSON.
#[derive(Serialize)]
struct WithLink<'a> {
    #[serde(flatten)]
    account: Inspected<'a>,
    url: &'a str,
    expires: Timestamp,
}

impl Passwd {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        if self.link { self.print_link(app, output, now) } else { self.set(app, output, now) }
    }

    fn print_link(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let mut factors = "-".into();
        let reveal = |link: &NewLink| {
            factors = second_factors(&link.account.profile.factors);
            let NewLink { account, url, expires_at } = link;
            let shown = WithLink { account: account.into(), url, expires: *expires_at };
            output.reveal(&shown, url.as_str())
        };
        password_links::make(app, name, self.expires.into(), now, reveal)
            .map_err(|error| with_user(error, name))?;
        warn_of_local_address(app);
        let until = now.after(self.expires.into());
        output.say(format_args!("the link works once, until {until}"));
        if factors != "-" {
            output.say(format_args!("a login still needs the second factor ({factors})"));
        }
        Ok(())
    }

    fn set(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let refused = |error: anyhow::Error| with_user(error, name);
        // Checked before the password is asked for.
        let user = operator::find(app, name, now).map_err(|error| refused(error.into()))?;
        let password = self.source.obtain(app)?;
        let new = password.parse(app).map_err(|error| refused(error.into()))?;
        let reveal = |account: &Inspection| show_password(output, account, &password);
        operator::change_password(app, name, &new, now, reveal).map_err(refused)?;
        let sentence = format!("changed the password of {name}; all its sessions have ended");
        password_done(app, output, &user, &password, sentence)?;
        tell_passkeys(output, name, user.passkeys);
        Ok(())
    }
}

/// Prints a generated password.
pub(super) fn show_password(
    output: Output,
    account: &Inspection,
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
