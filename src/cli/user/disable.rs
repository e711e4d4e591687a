//! `nox user disable`.

use anyhow::Result;
use clap::Args;

use super::{Account, Permission, show, with_user};
use crate::cli::moment;
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::operator;
use crate::domain::accounts::suspension::Suspension;
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Disable {
    #[command(flatten)]
    account: Account,
    /// The reason, which the user reads at the login
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The end: a time such as 2026-12-31T18:00:00Z, a date (its beginning in UTC), or a length of
    /// time such as 7d [default: no end]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    permission: Permission,
}

impl Disable {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let Self { account: Account { name }, reason, until, permission } = self;
        let until = until.map(|text| moment::later("--until", &text, now)).transpose()?;
        operator::disable(app, &name, &Suspension { until, reason }, permission.into(), now)
            .map_err(|error| with_user(error, &name))?;
        let sentence = format!("{name} can no longer log in; all its sessions have ended");
        show::done(app, output, &name, sentence)
    }
}
