//! `nox user list`.

use anyhow::Result;
use clap::Args;

use super::show;
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::listing::{Listed, Listing, list_all};
use crate::time::{Span, Timestamp};

/// Several conditions must all hold.
#[derive(Args)]
pub(in crate::cli) struct List {
    /// List only accounts whose name, display name or email address contains TEXT
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    search: String,
    /// List only administrators
    #[arg(long)]
    admin: bool,
    /// List only accounts that cannot log in
    #[arg(long)]
    disabled: bool,
    /// List only accounts without a second factor, disabled ones included
    #[arg(long = "without-2fa")]
    without_2fa: bool,
    /// List only accounts that have not been used for so long, such as 90d, or never
    #[arg(long, value_name = "SPAN")]
    idle: Option<Span>,
}

pub(super) fn list(app: &App, output: Output, command: &List, now: Timestamp) -> Result<()> {
    let listing = Listing {
        text: &command.search,
        admin: command.admin,
        disabled: command.disabled,
        without_2fa: command.without_2fa,
        idle: command.idle,
    };
    let mut list = output.list(["ID", "USERNAME", "DISPLAY", "EMAIL", "2FA", "TAGS", "LAST LOGIN"]);
    list_all(app, listing, now, |listed| {
        if list.is_json() {
            return list.json(&listed);
        }
        let Listed { profile: user, last_login } = listed;
        let factors = show::second_factors(&user.factors);
        let unconfirmed = if user.login.awaits_confirmation { " (not confirmed)" } else { "" };
        let email = user.email.map_or_else(|| "-".into(), |email| email + unconfirmed);
        let public = user.public;
        list.row([
            public.id.to_string(),
            public.username,
            public.display,
            email,
            factors,
            public.tags.join(","),
            last_login.map_or_else(|| "-".into(), |at| at.to_string()),
        ])
    })?;
    list.finish()
}
