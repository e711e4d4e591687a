//! `nox user show`.

use std::fmt::Display;

use anyhow::Result;
use serde::Serialize;

use super::with_user;
use crate::cli::output::Output;
use crate::cli::terminal::printable;
use crate::domain::App;
use crate::domain::accounts::inspection::{Account, inspect};
use crate::domain::accounts::profile::{FactorStates, Link, Profile};
use crate::domain::accounts::suspension::Suspension;
use crate::domain::lockouts::Lockout;
use crate::time::Timestamp;
use crate::words::Language;

/// A user, with the suspension in force, as JSON.
#[derive(Serialize)]
pub(super) struct Inspected<'user> {
    #[serde(flatten)]
    user: &'user Profile,
    has_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ban: Option<&'user Suspension>,
    language: Option<Language>,
    sessions: u32,
    last_login: Option<Timestamp>,
    lockouts: &'user [Lockout],
    last_administrator: bool,
}

impl<'user> From<&'user Account> for Inspected<'user> {
    fn from(account: &'user Account) -> Self {
        Self {
            user: &account.profile,
            has_password: account.has_password,
            ban: account.suspension.as_ref(),
            language: account.language,
            sessions: account.sessions,
            last_login: account.last_login,
            lockouts: &account.lockouts,
            last_administrator: account.is_last_administrator,
        }
    }
}

/// Tells that a change of an account is done: with `--json` by the account as it is now.
pub(super) fn done(app: &App, output: Output, name: &str, sentence: impl Display) -> Result<()> {
    if !output.json {
        output.say(sentence);
        return Ok(());
    }
    let account = inspect(app, name, Timestamp::now())?;
    output.ok(&Inspected::from(&account))
}

pub(super) fn run(app: &App, output: Output, name: &str, now: Timestamp) -> Result<()> {
    let account = inspect(app, name, now).map_err(|error| with_user(error, name))?;
    if output.json {
        return output.json(&Inspected::from(&account));
    }
    for (key, value) in rows(account) {
        output.line(format_args!("{key:<14}{}", printable(&value)))?;
    }
    Ok(())
}

fn rows(account: Account) -> impl Iterator<Item = (&'static str, String)> {
    let user = account.profile;
    let verified = match (user.email_verified, user.login.awaits_confirmation) {
        (true, _) => " (verified)",
        (false, false) => " (not verified)",
        (false, true) => " (not verified; no login before it is confirmed)",
    };
    let second_factor = second_factors(&user.factors) + &demand(&user);
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let public = user.public;
    let presence = public.presence.text.map_or_else(String::new, |text| format!(": {text}"));
    let no_password = (!account.has_password)
        .then(|| ("password", format!("none: nox user passwd {} sets one", public.username)));
    let is_last = account.is_last_administrator;
    let administrator = is_last
        .then(|| ("note", "the last administrator who can log in, whom commands keep".into()));
    let rows = [
        ("id", public.id.to_string()),
        ("username", public.username),
        ("display", public.display),
        ("email", optional(user.email.map(|email| email + verified))),
        ("second factor", second_factor),
        ("passkeys", user.passkeys.to_string()),
        ("tags", public.tags.join(", ")),
        ("rank", public.rank.to_string()),
        ("banned", optional(account.suspension.map(ban))),
        ("locked out", optional(lockouts(&account.lockouts))),
        ("sessions", account.sessions.to_string()),
        ("last login", optional(account.last_login.map(|at| at.to_string()))),
        ("language", optional(account.language.map(|language| language.tag().into()))),
        ("bio", optional(public.bio)),
        ("home", optional(user.home)),
        ("links", links(&public.links)),
        ("pronoun", optional(public.pronoun)),
        ("avatar", optional(public.avatar)),
        ("presence", public.presence.status + &presence),
        ("thumbnail", optional(public.thumbnail)),
        ("banner", optional(public.banner)),
        ("created", public.created_at.to_string()),
    ];
    rows.into_iter().chain(no_password).chain(administrator)
}

fn ban(ban: Suspension) -> String {
    let end = ban.until.map_or_else(|| "for good".into(), |until| format!("until {until}"));
    ban.reason.map_or(end.clone(), |reason| format!("{end}: {reason}"))
}

/// What is refused, from where, and until when.
fn lockouts(lockouts: &[Lockout]) -> Option<String> {
    let lockouts = lockouts.iter().map(|Lockout { what, address, until, .. }| match address {
        Some(address) => format!("{what} from {address} until {until}"),
        None => format!("{what} until {until}"),
    });
    Some(lockouts.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

pub(super) fn second_factors(factors: &FactorStates) -> String {
    let states = [("totp", factors.totp), ("email", factors.email), ("passkey", factors.passkey)];
    let on: Vec<_> = states.into_iter().filter_map(|(name, is_on)| is_on.then_some(name)).collect();
    if on.is_empty() { "-".into() } else { on.join(", ") }
}

/// What the demand for a second factor means for a user who has none.
fn demand(user: &Profile) -> String {
    match user.login.second_factor_grace_until {
        _ if user.twofa_enabled || !user.login.second_factor_demanded => String::new(),
        Some(until) => format!(" (demanded; logins without one until {until})"),
        None => " (demanded)".into(),
    }
}

/// The links, each with its label in the form that `nox user set` reads.
fn links(links: &[Link]) -> String {
    let links = links.iter().map(|Link { label, value }| match label {
        Some(label) => format!("{label}={value}"),
        None => value.clone(),
    });
    links.collect::<Vec<_>>().join(", ")
}
