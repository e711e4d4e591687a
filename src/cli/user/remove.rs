//! `nox user remove`.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Account, Permission, with_user};
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::operator::{self, Removal};
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    account: Account,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    /// Delete the lines of the account from the audit log, too; backups keep them until they are
    /// deleted themselves
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    permission: Permission,
}

impl Remove {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = &self.account.name;
        let last_administrator = self.permission.into();
        let removal = Removal { last_administrator, forget: self.forget };
        let user = operator::check_removal(app, name, last_administrator, now)
            .map_err(|error| with_user(error, name))?
            .public;
        if !self.yes {
            output.confirm(
                format_args!("Remove {} (id {}) permanently? [y/N] ", user.username, user.id),
                "--yes",
            )?;
        }
        operator::remove(app, user.id, removal, now).map_err(|error| with_user(error, name))?;
        let lines = if self.forget { ", its lines in the audit log included" } else { "" };
        let sentence =
            format!("removed {} and everything that belonged to it{lines}", user.username);
        output.done(&json!({ "id": user.id, "username": user.username }), sentence)
    }
}
