//! `nox user show`.

use std::fmt::Display;

use anyhow::Result;
use serde::Serialize;

use super::with_user;
use crate::cli::output::Output;
use crate::cli::terminal::printable;
use crate::domain::App;
use crate::domain::accounts::operator::{self, Account, Suspension};
use crate::domain::accounts::profile::{FactorStates, Link, Profile};
use crate::time::Timestamp;

/// A user, with the suspension in force, as JSON.
#[derive(Serialize)]
struct Inspected<'user> {
    #[serde(flatten)]
    user: &'user Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    ban: Option<&'user Suspension>,
}

/// Tells that a change of an account is done: with `--json` by the account as it is now.
pub(super) fn done(app: &App, output: Output, name: &str, sentence: impl Display) -> Result<()> {
    if !output.json {
        output.say(sentence);
        return Ok(());
    }
    let account = operator::inspect(app, name, Timestamp::now())?;
    output.ok(&Inspected { user: &account.profile, ban: account.suspension.as_ref() })
}

pub(super) fn run(app: &App, output: Output, name: &str, now: Timestamp) -> Result<()> {
    let Account { profile: user, suspension: ban } =
        operator::inspect(app, name, now).map_err(|error| with_user(error, name))?;
    if output.json {
        return output.json(&Inspected { user: &user, ban: ban.as_ref() });
    }
    let ban = ban.map(|ban| {
        let end = ban.until.map_or_else(|| "for good".into(), |until| format!("until {until}"));
        ban.reason.map_or(end.clone(), |reason| format!("{end}: {reason}"))
    });
    let verified = if user.email_verified { " (verified)" } else { " (not verified)" };
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let public = user.public;
    let presence = public.presence.text.map_or_else(String::new, |text| format!(": {text}"));
    let presence = public.presence.status + &presence;
    let rows = [
        ("id", public.id.to_string()),
        ("username", public.username),
        ("display", public.display),
        ("email", optional(user.email.map(|email| email + verified))),
        ("second factor", second_factors(&user.factors)),
        ("tags", public.tags.join(", ")),
        ("rank", public.rank.to_string()),
        ("banned", optional(ban)),
        ("bio", optional(public.bio)),
        ("home", optional(user.home)),
        ("links", links(&public.links)),
        ("pronoun", optional(public.pronoun)),
        ("avatar", optional(public.avatar)),
        ("presence", presence),
        ("thumbnail", optional(public.thumbnail)),
        ("banner", optional(public.banner)),
        ("created", public.created_at.to_string()),
    ];
    rows.iter()
        .try_for_each(|(key, value)| output.line(format_args!("{key:<14}{}", printable(value))))
}

pub(super) fn second_factors(factors: &FactorStates) -> String {
    let states = [("totp", factors.totp), ("email", factors.email)];
    let on: Vec<_> = states.into_iter().filter_map(|(name, is_on)| is_on.then_some(name)).collect();
    if on.is_empty() { "-".into() } else { on.join(", ") }
}

/// The links, each with its label in the form that `nox user set` reads.
fn links(links: &[Link]) -> String {
    let links = links.iter().map(|Link { label, value }| match label {
        Some(label) => format!("{label}={value}"),
        None => value.clone(),
    });
    links.collect::<Vec<_>>().join(", ")
}
