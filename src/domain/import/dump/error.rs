//! Why a dump is refused.

use std::io;

use super::statement::Foreign;

/// What every refusal of a line ends with.
const ADVICE: &str = "make the dump anew with pg_dump --data-only, see docs/moving-in.md";

/// Why a dump is refused, as what follows its name. Nothing of its rows is in here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// It is no text of `pg_dump`.
    #[error("{0}")]
    Format(&'static str),
    /// A line is not on the list of lines.
    #[error("is refused: line {line} {}; {ADVICE}", foreign.describe())]
    Foreign {
        /// The number of the line.
        line: u64,
        /// What it is.
        foreign: Foreign,
    },
    /// A line is not what it has to be where it stands.
    #[error("is refused: line {line} {what}; {ADVICE}")]
    Line {
        /// The number of the line.
        line: u64,
        /// A clause.
        what: &'static str,
    },
    /// A row of a table that is imported is too long.
    #[error(
        "is refused: line {line}, a row of the table {table}, has more than {limit} bytes, which \
         no account needs: shorten it in the old database"
    )]
    Long {
        /// The number of the line.
        line: u64,
        /// The table.
        table: String,
        /// How many bytes a row may have.
        limit: usize,
    },
    /// A table is there twice.
    #[error(
        "is refused: line {line} begins the table {second}, and {first} was there before: one \
         database is needed, and of several schemas one: pg_dump -n SCHEMA"
    )]
    Doubled {
        /// The number of the line.
        line: u64,
        /// The table that came before, with its schema.
        first: String,
        /// The one that begins there.
        second: String,
    },
    /// The end is missing.
    #[error(
        "is cut off: it ends {} line {line}, without the end mark of pg_dump, so rows may be \
         missing; make the dump anew, and see what pg_dump says at its end",
        if *is_within { "within" } else { "after" }
    )]
    Cut {
        /// The number of the last line.
        line: u64,
        /// Whether the end of that line is missing, too.
        is_within: bool,
    },
    /// No block has users.
    #[error(
        "has no table \"User\" or users, from which accounts could be imported: {ADVICE}; the \
         tables are named by -t '\"User\"' -t users, with both kinds of quotes"
    )]
    NoUsers,
    /// The table of users is of another program, or of an unknown version.
    #[error(
        "has a table of users (line {line}) that is of no known version of the old server: it \
         has neither the column cert_blob nor private"
    )]
    UnknownShape {
        /// The number of the line.
        line: u64,
    },
    /// A column that is needed is missing.
    #[error("is refused: the table {table} (line {line}) lacks the columns {missing}; {ADVICE}")]
    Columns {
        /// The number of the line.
        line: u64,
        /// The table.
        table: String,
        /// Their names.
        missing: String,
    },
}
