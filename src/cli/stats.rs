//! `nox stats`.

use anyhow::Result;

use super::output::Output;
use crate::domain::App;
use crate::domain::stats::{count, details};
use crate::time::Timestamp;

/// Prints figures of the instance.
pub(super) fn run(app: &App, output: Output) -> Result<()> {
    let now = Timestamp::now();
    let stats = count(app, now)?;
    if output.json {
        return output.json(&stats);
    }
    let details = details(app, now)?;
    let kinds = details.accounts;
    let rows = [
        ("users", stats.users.to_string()),
        ("  administrators", kinds.administrators.to_string()),
        ("  disabled", kinds.disabled.to_string()),
        ("  with a second factor", kinds.with_second_factor.to_string()),
        ("open sessions", stats.sessions.to_string()),
        ("logins in 24 hours", stats.logins_24h.to_string()),
        ("failed logins today (UTC)", details.failed_logins_today.to_string()),
        ("database", format!("{} KiB", stats.database_bytes / 1024)),
    ];
    output.table(["FIGURE", "VALUE"], rows.map(|(name, value)| [name.into(), value]))
}
