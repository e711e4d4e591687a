//! The table of goals: what is measured, beside which limit, and what it must come to.

use crate::figures::{Figures, Middle};

/// A line of the table.
pub struct Row {
    /// What `--only` calls it.
    pub name: &'static str,
    pub what: &'static str,
    /// What is measured.
    pub figure: &'static str,
    /// The figure that it is divided by.
    pub per: Option<&'static str>,
    pub unit: Unit,
    pub goal: Goal,
}

/// Of the figures; a ratio has none.
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
    /// Only to be known.
    Stated,
}

use Goal::{AtLeast, AtMost, Stated};
use Unit::{Bytes, Mebibytes, Milliseconds, PerSecond};

const fn ratio(
    name: &'static str,
    what: &'static str,
    of: (&'static str, &'static str),
    unit: Unit,
    goal: Goal,
) -> Row {
    Row { name, what, figure: of.0, per: Some(of.1), unit, goal }
}

const fn plain(name: &'static str, what: &'static str, unit: Unit, goal: Goal) -> Row {
    Row { name, what, figure: name, per: None, unit, goal }
}

pub const ROWS: [Row; 21] = [
    ratio(
        "logins",
        "logins at 64 connections ÷ raw Argon2id, all cores",
        ("logins", "argon2"),
        PerSecond,
        AtLeast(0.95),
    ),
    ratio(
        "logins-fresh",
        "the same ÷ raw Argon2id with a fresh allocation per hash",
        ("logins", "argon2-fresh"),
        PerSecond,
        AtLeast(1.15),
    ),
    ratio(
        "me",
        "`GET /api/users/@me` at 32 connections ÷ bare handler",
        ("me", "bare"),
        PerSecond,
        AtLeast(0.65),
    ),
    ratio(
        "me-many",
        "the same, 256 sessions in turn ÷ bare handler",
        ("me-many", "bare"),
        PerSecond,
        Stated,
    ),
    ratio(
        "relays",
        "`POST /api/relays/checkbearer` at 32 connections ÷ bare handler",
        ("relays", "bare"),
        PerSecond,
        AtLeast(0.50),
    ),
    plain(
        "storm-p99",
        "p99 of a session check, 100 a second, while 64 clients log in",
        Milliseconds,
        AtMost(2.0),
    ),
    ratio(
        "storm-me",
        "`GET /api/users/@me` at 32 connections while 64 clients log in ÷ without",
        ("storm-me", "me"),
        PerSecond,
        AtLeast(0.45),
    ),
    plain("idle", "memory after the start and ten requests", Mebibytes, AtMost(10.0)),
    plain("storm-memory", "memory at the highest, 300 logins at once", Mebibytes, AtMost(55.0)),
    plain("idle-after", "memory ten idle seconds after them", Mebibytes, AtMost(10.0)),
    plain(
        "start",
        "start to first 200, 100,000 users and as many sessions",
        Milliseconds,
        AtMost(10.0),
    ),
    ratio(
        "growth-login",
        "a login with 1,000,000 users and sessions ÷ with 1,000",
        ("login-large", "login-small"),
        Milliseconds,
        AtMost(1.1),
    ),
    ratio(
        "growth-check",
        "a session check with 1,000,000 users and sessions ÷ with 1,000",
        ("check-large", "check-small"),
        Milliseconds,
        AtMost(1.1),
    ),
    ratio(
        "growth-list",
        "a session list with 1,000,000 users and sessions ÷ with 1,000",
        ("list-large", "list-small"),
        Milliseconds,
        AtMost(1.1),
    ),
    plain(
        "sweep",
        "longest session check, 100 a second, while expired sessions are swept",
        Milliseconds,
        AtMost(10.0),
    ),
    plain("swept", "expired sessions swept meanwhile, one client logging in", PerSecond, Stated),
    plain("bytes-user", "database, per user", Bytes, Stated),
    plain("bytes-session", "database, per session", Bytes, Stated),
    plain("commits", "durable commits, one after the other", PerSecond, Stated),
    ratio(
        "commits-login",
        "the same ÷ logins at 64 connections",
        ("commits", "logins"),
        PerSecond,
        Stated,
    ),
    plain("load", "session checks offered, the most with a p99 below 2 ms", PerSecond, Stated),
];

/// A line of the table with what was found.
pub struct Verdict {
    pub row: &'static Row,
    pub measured: Middle,
    pub limit: Option<Middle>,
    pub ratio: Option<Middle>,
    pub met: Met,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Met {
    Yes,
    /// Missed, but by no more than the rounds differ.
    Nearly,
    No,
    /// There is no goal.
    Free,
}

impl Row {
    /// The figures that it needs.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> + use<> {
        [self.figure].into_iter().chain(self.per)
    }

    pub fn judge(&'static self, figures: &Figures) -> Option<Verdict> {
        let measured = figures.middle(self.figure)?;
        let limit = self.per.and_then(|per| figures.middle(per));
        let ratio = self.per.and_then(|per| figures.ratio(self.figure, per));
        let judged = ratio.unwrap_or(measured);
        let missed_by = match self.goal {
            AtLeast(goal) => goal - judged.median,
            AtMost(goal) => judged.median - goal,
            Stated => return Some(Verdict { row: self, measured, limit, ratio, met: Met::Free }),
        };
        let met = match missed_by {
            ..=0.0 => Met::Yes,
            by if by <= judged.spread => Met::Nearly,
            _ => Met::No,
        };
        Some(Verdict { row: self, measured, limit, ratio, met })
    }
}
