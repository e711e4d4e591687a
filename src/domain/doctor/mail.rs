//! Whether mail is set up well, and arrives.

use super::{Finding, observed};
use crate::config::Config;
use crate::domain::mail::{can_reach, check};
use crate::error::{Result, causes};
use crate::storage::observations::{Kind, Observation};
use crate::storage::{Connection, users};
use crate::time::Timestamp;

/// How many accounts a finding names.
const MAX_NAMES: usize = 5;

/// What is wrong with the settings.
pub(super) fn examine_settings(config: &Config) -> Vec<Finding> {
    let fault = check(config).err().map(|error| Finding::fault("mail", error.to_string()));
    let contradiction = config.mail.contradiction().map(|text| Finding::warning("mail", text));
    fault.into_iter().chain(contradiction).collect()
}

/// What the database tells: mails that were given up, and addresses that no mail reaches.
pub(super) fn examine_stored(
    config: &Config,
    connection: &Connection,
    now: Timestamp,
) -> Vec<Finding> {
    let failed = |error| Some(Finding::fault("mail", causes(&error)));
    let sent = given_up(config, connection, now).map_or_else(failed, Some);
    let addresses = unreachable(connection).unwrap_or_else(failed);
    sent.into_iter().chain(addresses).collect()
}

fn given_up(config: &Config, connection: &Connection, now: Timestamp) -> Result<Finding> {
    Ok(match observed(connection, Kind::MailGivenUp, now)? {
        Some(Observation { count, first_at, last_at, text }) => Finding::warning(
            "mail",
            format!(
                "{count} mail(s) were given up since {first_at}, the last at {last_at}: {text}; \
                 when it is mended, nox mail test ADDRESS shows it"
            ),
        ),
        None if config.mail.host.is_none() => {
            Finding::ok("mail", "mail.host is not set: no mail is sent")
        }
        None => Finding::ok("mail", "no mail was given up in the last week"),
    })
}

/// Earlier versions took addresses that no mail can be sent to.
fn unreachable(connection: &Connection) -> Result<Option<Finding>> {
    let mut names = Vec::new();
    users::for_each_email(connection, |username, email| {
        if !can_reach(email) {
            names.push(username.to_owned());
        }
    })?;
    let more = if names.len() > MAX_NAMES { ", …" } else { "" };
    let shown = names.iter().take(MAX_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok((!names.is_empty()).then(|| {
        Finding::warning(
            "addresses",
            format!(
                "no mail can be sent to the address of {} account(s): {shown}{more}; see nox user \
                 show NAME, and set another one with nox user set NAME --email ADDRESS",
                names.len()
            ),
        )
    }))
}
