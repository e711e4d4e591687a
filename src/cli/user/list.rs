//! `nox user list`.

use anyhow::Result;

use super::show;
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::operator;
use crate::time::Timestamp;

pub(super) fn list(app: &App, output: Output, search: &str, now: Timestamp) -> Result<()> {
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
