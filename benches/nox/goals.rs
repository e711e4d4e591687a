//! The table of goals: each row with its figure, the limit that it is compared with, and its goal.

use crate::figures::{Figures, Summary};

/// A row of the table.
pub struct Row {
    /// The name for `--only`.
    pub name: &'static str,
    pub what: &'static str,
    /// The figure that is measured.
    pub figure: &'static str,
    /// The figure that it is divided by.
    pub per: Option<&'static str>,
    pub unit: Unit,
    pub goal: Goal,
}

/// The unit of the figures; ratios have none.
#[derive(Clone, Copy)]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Mebibytes,
    Bytes,
}

#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// No goal: the value is only reported.
    Stated,
}

use Goal::{AtLeast, AtMost, Stated};
use Unit::{Bytes, Mebibytes, Milliseconds, PerSecond};

const fn row(name: &'static str, what: &'static str, unit: Unit, goal: Goal) -> Row {
    Row { name, what, figure: name, per: None, unit, goal }
}

impl Row {
    /// A row for the ratio of two figures.
    const fn ratio(self, figure: &'static str, per: &'static str) -> Self {
        Self { figure, per: Some(per), ..self }
    }
}

pub const ROWS: [Row; 24] = [
    row("logins", "logins at 64 connections ÷ raw Argon2id, all cores", PerSecond, AtLeast(0.95))
        .ratio("logins", "argon2"),
    row(
        "logins-fresh",
        "the same ÷ raw Argon2id with a fresh allocation per hash",
        PerSecond,
        AtLeast(1.15),
    )
    .ratio("logins", "argon2-fresh"),
    row(
        "passkeys",
        "logins by passkey at 64 connections ÷ logins by password",
        PerSecond,
        AtLeast(10.0),
    )
    .ratio("passkeys", "logins"),
    row("me", "`GET /api/users/@me` at 32 connections ÷ bare handler", PerSecond, AtLeast(0.65))
        .ratio("me", "bare"),
    row("me-many", "the same, 256 sessions in turn ÷ bare handler", PerSecond, Stated)
        .ratio("me-many", "bare"),
    row(
        "relays",
        "`POST /api/relays/checkbearer` at 32 connections ÷ bare handler",
        PerSecond,
        AtLeast(0.50),
    )
    .ratio("relays", "bare"),
    row(
        "storm-p99",
        "p99 of a session check, 100 a second, while 64 clients log in",
        Milliseconds,
        AtMost(2.0),
    ),
    row(
        "storm-me",
        "`GET /api/users/@me` at 32 connections while 64 clients log in ÷ without",
        PerSecond,
        AtLeast(0.45),
    )
    .ratio("storm-me", "me"),
    row("idle", "memory written after the start and ten requests", Mebibytes, AtMost(3.0)),
    row("idle-file", "pages of files in memory then", Mebibytes, Stated),
    row("storm-memory", "both at the highest, 300 logins at once", Mebibytes, AtMost(55.0)),
    row("idle-after", "memory written, ten idle seconds after them", Mebibytes, AtMost(8.0)),
    row("idle-after-file", "pages of files in memory then", Mebibytes, Stated),
    row(
        "start",
        "start to first 200, 100,000 users and as many sessions",
        Milliseconds,
        AtMost(10.0),
    ),
    row(
        "growth-login",
        "a login with 1,000,000 users and sessions ÷ with 1,000",
        Milliseconds,
        AtMost(1.1),
    )
    .ratio("login-large", "login-small"),
    row(
        "growth-check",
        "a session check with 1,000,000 users and sessions ÷ with 1,000",
        Milliseconds,
        AtMost(1.1),
    )
    .ratio("check-large", "check-small"),
    row(
        "growth-list",
        "a session list with 1,000,000 users and sessions ÷ with 1,000",
        Milliseconds,
        AtMost(1.1),
    )
    .ratio("list-large", "list-small"),
    row(
        "sweep",
        "longest session check, 100 a second, while expired sessions are swept",
        Milliseconds,
        AtMost(10.0),
    ),
    row("swept", "expired sessions swept meanwhile, one client logging in", PerSecond, Stated),
    row("bytes-user", "database, per user", Bytes, Stated),
    row("bytes-session", "database, per session", Bytes, Stated),
    row("commits", "durable commits, one after the other", PerSecond, Stated),
    row("commits-login", "the same ÷ logins at 64 connections", PerSecond, Stated)
        .ratio("commits", "logins"),
    row("load", "session checks offered, the most with a p99 below 2 ms", PerSecond, Stated),
];

/// A row of the table with its measured values.
pub struct Verdict {
    pub row: &'static Row,
    pub measured: Summary,
    pub limit: Option<Summary>,
    pub ratio: Option<Summary>,
    pub met: Met,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Met {
    Yes,
    /// Missed by no more than the spread of the rounds.
    Nearly,
    No,
    /// The row has no goal.
    NoGoal,
}

impl Row {
    /// The names of the figures that the row needs.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> + use<> {
        [self.figure].into_iter().chain(self.per)
    }

    pub fn judge(&'static self, figures: &Figures) -> Option<Verdict> {
        let measured = figures.summary(self.figure)?;
        let limit = self.per.and_then(|per| figures.summary(per));
        let ratio = self.per.and_then(|per| figures.ratio(self.figure, per));
        let judged = ratio.unwrap_or(measured);
        let missed_by = match self.goal {
            AtLeast(goal) => goal - judged.median,
            AtMost(goal) => judged.median - goal,
            Stated => return Some(Verdict { row: self, measured, limit, ratio, met: Met::NoGoal }),
        };
        let met = match missed_by {
            ..=0.0 => Met::Yes,
            by if by <= judged.spread => Met::Nearly,
            _ => Met::No,
        };
        Some(Verdict { row: self, measured, limit, ratio, met })
    }
}
