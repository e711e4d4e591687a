//! `nox audit`.

use std::io::{self, IsTerminal};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::list::List as Listing;
use super::moment;
use super::offered::offered;
use super::output::{Output, Stop};
use super::stdout;
use super::user::with_user;
use crate::domain::App;
use crate::domain::audit::{self, Line, Query};
use crate::error::Error;
use crate::time::Timestamp;

/// How many lines are shown on a terminal.
const ON_TERMINAL: u32 = 100;
/// How often `--follow` looks for new lines.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const HEADERS: [&str; 7] = ["TIME", "EVENT", "USERNAME", "BY", "ADDRESS", "USER AGENT", "CHANGES"];

type Rows = Listing<{ HEADERS.len() }>;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// List the events of all accounts or of one, the oldest first
    List(List),
}

#[derive(Args)]
pub(super) struct List {
    /// A username, an id or an email address, also of a removed account or a former one
    name: Option<String>,
    /// Only events since this time: a date, a time, or a length of time before now, such as 24h
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only events before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only events whose name has this form, such as 'totp.*'
    #[arg(long, value_name = "GLOB", hide_possible_values = true,
        value_parser = offered(audit::event_names(), |text| Ok(text.to_owned())))]
    event: Option<String>,
    /// Only so many events, the newest [default: 100 on a terminal, else all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Go on, and print each new event as it happens; one that is counted again is printed again
    #[arg(long, conflicts_with = "until")]
    follow: bool,
}

impl Audit {
    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        let Self::List(command) = self;
        command.run(app, output, Timestamp::now())
    }
}

impl List {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = self.name.as_deref();
        let is_short = self.limit.is_none() && io::stdout().is_terminal();
        let query = Query {
            name,
            since: self.since.map(|text| moment::earlier("--since", &text, now)).transpose()?,
            until: self.until.map(|text| moment::earlier("--until", &text, now)).transpose()?,
            event: self.event.as_deref().map(glob).transpose()?,
            limit: self.limit.or(is_short.then_some(ON_TERMINAL)),
        };
        if let Some(form) = query.event
            && !audit::has_event_of(app, form)?
        {
            output.say(format_args!("No event has the form {form:?}; nox man DIR lists them all."));
        }
        let mut list = output.list(HEADERS);
        let mut count = 0;
        let shown = audit::list(app, query, |line| {
            count += 1;
            show(&mut list, line)
        });
        let mut position = shown.map_err(|error| not_found(error, name.unwrap_or_default()))?;
        list.flush()?;
        if is_short && count == ON_TERMINAL {
            output.say(format_args!("These are the newest {count}; --limit N shows more."));
        }
        while self.follow && stdout::wait(LOOK_EVERY)? {
            position = audit::list_later(app, query, position, |line| show(&mut list, line))?;
            list.flush()?;
        }
        Ok(())
    }
}

fn show(list: &mut Rows, line: Line) -> Result<()> {
    if list.is_json() { list.json(&line) } else { list.row(row(line)) }
}

fn row(line: Line) -> [String; 7] {
    let changes = changes(&line);
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    [
        line.at.to_string(),
        line.event,
        optional(line.username),
        line.by,
        optional(line.ip),
        optional(line.user_agent),
        changes,
    ]
}

/// What an event changed, in the manner of `email: - > ada@example.org`, and how often it happened.
fn changes(line: &Line) -> String {
    let value = |field: &str, value: Option<&Value>| match value {
        None | Some(Value::Null) => "-".into(),
        Some(Value::Number(at)) if field == "until" => {
            at.as_i64().map_or_else(|| at.to_string(), |at| Timestamp::from_millis(at).to_string())
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let times = (line.count > 1).then(|| format!("{} times", line.count));
    let changes = line.changes.iter();
    let changes = changes.map(|(field, both)| {
        let [old, new] = [0, 1].map(|side| value(field, both.get(side)));
        format!("{field}: {old} > {new}")
    });
    let parts: Vec<String> = times.into_iter().chain(changes).collect();
    if parts.is_empty() { "-".into() } else { parts.join("; ") }
}

/// Refuses a pattern with a bracket that is not closed, which no name has the form of.
fn glob(text: &str) -> Result<&str, Stop> {
    let mut rest = text;
    while let Some((_, set)) = rest.split_once('[') {
        // The first character of a set may be a closing bracket.
        let set = set.strip_prefix('^').unwrap_or(set);
        let set = set.strip_prefix(']').unwrap_or(set);
        let Some((_, after)) = set.split_once(']') else {
            return Err(Stop::usage(format!(
                "--event: {text:?} has a [ without its ]; a form has * for any characters, ? for \
                 one, and [abc] for one of these"
            )));
        };
        rest = after;
    }
    Ok(text)
}

/// Says what was searched for a name that was not found.
fn not_found(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast_ref() {
        Some(refusal @ Error::UserNotFound) => {
            let text = format!(
                "no user and no line of the audit log has the username, id or address {name:?}; \
                 addresses are in the lines of accounts that were created with one or changed it"
            );
            Stop::refused(refusal, text).into()
        }
        _ => with_user(error, name),
    }
}
