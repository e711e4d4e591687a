//! What is told of an import: numbers, and a line for each user who loses or changes something.

use anyhow::Result;
use serde::ser::{Error as _, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::cli::output::{Output, Stop};
use crate::config::Config;
use crate::domain::import::{Counts, LossKind, Note, Outcome, Report};
use crate::error::Error;

/// Prints the report. A refused row is a failure.
pub(super) fn print(
    outcome: &Outcome,
    config: &Config,
    dry_run: bool,
    output: Output,
) -> Result<()> {
    let report = &outcome.report;
    if output.json {
        output.large_json(&Object::of(outcome, dry_run))?;
    } else {
        numbers(report, output)?;
        losses(outcome, output)?;
        refusals(outcome, output)?;
    }
    if report.counts.refused > 0 {
        let text = format!(
            "{} row(s) cannot be taken, so nothing was changed: what solves each is said {}",
            report.counts.refused,
            if output.json { "on stdout" } else { "above" }
        );
        return Err(Stop::failed(text).into());
    }
    advice(report, config, output);
    let imported = report.imported();
    output.say(if dry_run {
        format!("dry run: {imported} account(s) would be imported; nothing was written")
    } else {
        format!(
            "imported {imported} account(s). The dump is a full set of secrets: delete it now. The \
             old database, which was not touched, is the way back"
        )
    });
    Ok(())
}

/// The numbers, one kind a line.
fn numbers(report: &Report, output: Output) -> Result<()> {
    let Counts { read, skipped, refused, .. } = report.counts;
    let counts = &report.counts;
    let mut lines = vec![("dump", report.shape.describe().to_owned())];
    lines.extend(report.about.iter().map(|text| ("", text.clone())));
    let taken = read - skipped - refused;
    lines.push((
        "users",
        format!("{read} read, {taken} to import, {skipped} left out, {refused} refused"),
    ));
    let hashes = counts.hashes.iter().map(|(form, count)| format!("{count} {form}"));
    lines.push(("passwords", joined(hashes)));
    lines.push((
        "second factors",
        format!(
            "{} authenticator app(s), {} by mail, {} passkey(s)",
            counts.apps, counts.mail_factors, counts.passkeys
        ),
    ));
    let named = &counts.administrators;
    let more = if named.count > named.first.len() as u64 { ", …" } else { "" };
    let first = named.first.join(", ");
    lines.push(("administrators", format!("{}: {first}{more}", named.count)));
    lines.push(("suspended", counts.suspended.to_string()));
    lines.push(("pictures", counts.pictures.to_string()));
    lines.push(("relays", counts.relays.to_string()));
    let others = report.others.iter().filter(|(_, rows)| **rows > 0);
    lines.push(("left behind", joined(others.map(|(name, rows)| format!("{name} ({rows})")))));
    if refused == 0 {
        lines.push(("next id", report.next_id.to_string()));
    }
    for (kind, count) in &counts.lost {
        lines.push((
            if lines.iter().any(|(name, _)| *name == "changed") { "" } else { "changed" },
            format!("{count} × {}", kind.text()),
        ));
    }
    lines.iter().try_for_each(|(name, text)| output.line(format_args!("{name:<15} {text}")))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn losses(outcome: &Outcome, output: Output) -> Result<()> {
    let mut list = output.list(["ID", "USERNAME", "CHANGED", "WHAT"]);
    outcome.for_each_loss(|note| list.row([note.id, note.username, note.text, note.advice]))?;
    list.finish()
}

fn refusals(outcome: &Outcome, output: Output) -> Result<()> {
    outcome.for_each_refusal(|Note { id, username, text, advice, .. }| {
        output.say(format_args!("refused: id {id}, {username}: {text}: {advice}"));
        anyhow::Ok(())
    })
}

/// What the operator has to think of.
fn advice(report: &Report, config: &Config, output: Output) {
    let counts = &report.counts;
    if report.shape.is_first_generation() && counts.apps > 0 && config.totp.skew.get() < 2 {
        output.say(
            "the old server took codes of authenticator apps that were up to a minute late: with \
             totp.skew = 2 this one does, too, which helps where phones are wrong",
        );
    }
    if counts.administrators.count == 0 && report.imported() > 0 {
        output.say("no account is an administrator: nox user set NAME --admin true makes one");
    }
    output.say(format_args!(
        "users are known to other servers as NAME@{}: it must be the address of the old server \
         (server.address)",
        config.server.address.as_str()
    ));
}

/// The report for programs.
#[derive(Serialize)]
struct Object<'a> {
    ok: bool,
    dry_run: bool,
    shape: &'a crate::domain::import::Shape,
    about: &'a [String],
    read: u64,
    imported: u64,
    skipped: u64,
    refused: Notes<'a>,
    lost: Map<String, Value>,
    hashes: &'a std::collections::BTreeMap<String, u64>,
    factors: Value,
    administrators: u64,
    suspended: u64,
    pictures: u64,
    relays: u64,
    left_behind: &'a std::collections::BTreeMap<String, u64>,
    /// None, if a row is refused.
    next_id: Option<u64>,
    users: Notes<'a>,
}

impl<'a> Object<'a> {
    fn of(outcome: &'a Outcome, dry_run: bool) -> Self {
        let report = &outcome.report;
        let counts = &report.counts;
        let lost =
            counts.lost.iter().map(|(kind, count)| (LossKind::name(*kind).into(), (*count).into()));
        Self {
            ok: counts.refused == 0,
            dry_run,
            shape: &report.shape,
            about: &report.about,
            read: counts.read,
            imported: report.imported(),
            skipped: counts.skipped,
            refused: Notes::Refused(outcome),
            lost: lost.collect(),
            hashes: &counts.hashes,
            factors: json!({ "apps": counts.apps, "mail": counts.mail_factors,
                "passkeys": counts.passkeys }),
            administrators: counts.administrators.count,
            suspended: counts.suspended,
            pictures: counts.pictures,
            relays: counts.relays,
            left_behind: &report.others,
            next_id: (counts.refused == 0).then_some(report.next_id),
            users: Notes::Changed(outcome),
        }
    }
}

/// Notes, which are written as they are read: there can be as many as users.
enum Notes<'a> {
    Refused(&'a Outcome),
    Changed(&'a Outcome),
}

impl Serialize for Notes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut failed = None;
        let mut add = |value: Value| {
            list.serialize_element(&value).map_err(|error| {
                failed = Some(error);
                Error::internal("print the report", "stdout cannot be written")
            })
        };
        let visited = match self {
            Self::Refused(outcome) => outcome.for_each_refusal(|note| {
                let Note { id, username, text, advice, .. } = note;
                add(json!({ "id": number(id), "username": username, "why": text,
                    "solution": advice }))
            }),
            Self::Changed(outcome) => outcome.for_each_loss(|note| {
                let Note { id, username, name, text, advice } = note;
                add(json!({ "id": number(id), "username": username, "lost": name, "text": text,
                    "what": advice }))
            }),
        };
        match failed {
            Some(error) => Err(error),
            None => visited.map_err(S::Error::custom).and_then(|()| list.end()),
        }
    }
}

/// An id is a number, unless the dump has another text in its place.
fn number(id: String) -> Value {
    id.parse::<u32>().map_or_else(|_| id.into(), Into::into)
}
