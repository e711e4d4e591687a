//! The databases that the servers in Node.js have had.

use serde::Serialize;

/// Which server the database belonged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// The first generation, whose table is `"User"`.
    First,
    /// The first generation after its tables were renamed.
    Renamed,
    /// The second generation.
    Second,
}

impl Shape {
    /// The shape of a database with this table of users, if it is one.
    pub(super) fn of(table: &str, columns: &[String]) -> Option<Self> {
        let has = |name: &str| columns.iter().any(|column| column == name);
        match table {
            "User" => Some(Self::First),
            "users" if has("private") => Some(Self::Second),
            "users" if has("cert_blob") => Some(Self::Renamed),
            _ => None,
        }
    }

    /// Whether the server was of the first generation.
    pub(crate) const fn is_first_generation(self) -> bool {
        matches!(self, Self::First | Self::Renamed)
    }

    /// What it is called in a report.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::First => "first generation (table \"User\")",
            Self::Renamed => "first generation, with renamed tables",
            Self::Second => "second generation",
        }
    }
}
