//! `nox user rename`.

use anyhow::Result;
use clap::Args;

use super::{Account, show, with_user};
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::fields::Username;
use crate::domain::accounts::operator::{self, Renamed};
use crate::error::Error;
use crate::normalization::{fold, trim};
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Rename {
    #[command(flatten)]
    account: Account,
    /// The new username: 3 to 16 of a-z, 0-9, _, . and -, not only digits
    #[arg(value_name = "NEW")]
    new: String,
}

impl Rename {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let refused = |error: Error| match error {
            // The new name is the one that is taken.
            Error::AlreadyExists(_) => with_user(error, &self.new),
            error => with_user(error, name),
        };
        let new = Username::parse(fold(trim(&self.new))).map_err(refused)?;
        let Renamed { from, profile } = operator::rename(app, name, new, now).map_err(refused)?;
        let user = &profile.public;
        if user.username == from {
            let sentence = format!("nothing was changed: {from} has this username already");
            return show::done(app, output, &from, sentence);
        }
        if user.display == from {
            output.say(format_args!(
                "the display name is still {from}: nox user set {} --display NAME changes it",
                user.username
            ));
        }
        let sentence = format!(
            "renamed {from} to {}, who logs in by that name from now on; sessions stay open",
            user.username
        );
        show::done(app, output, &user.username, sentence)
    }
}
