//! Floor 1: the SQLite database. Free functions over a `&Connection`, one file per table; rules are
//! in `domain`.

mod alone;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod clock;
mod columns;
mod connection;
mod db;
pub(crate) mod devices;
pub(crate) mod email_confirmations;
mod file_identity;
mod header;
pub(crate) mod imports;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod observations;
pub(crate) mod passkeys;
pub(crate) mod password_links;
pub(crate) mod pictures;
pub(crate) mod rate_limits;
pub(crate) mod recovery_codes;
pub(crate) mod relays;
mod schema;
pub(crate) mod sent_codes;
mod session_cache;
pub(crate) mod session_counts;
pub(crate) mod session_logins;
pub(crate) mod session_users;
pub(crate) mod sessions;
pub(crate) mod shown_codes;
mod snapshot;
pub(crate) mod staging;
pub(crate) mod totals;
pub(crate) mod totp_enrollments;
pub(crate) mod totp_factors;
pub(crate) mod totp_used_steps;
mod trouble;
mod upgrades;
pub(crate) mod used_challenges;
pub(crate) mod users;

use std::path::{Path, PathBuf};

pub(crate) use alone::Alone;
pub(crate) use db::Db;
pub(crate) use rusqlite::Connection;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
pub(crate) use schema::schema_version;
use trouble::describe;
pub(crate) use trouble::{Trouble, Unusable};

use crate::error::Error;
use crate::files;
use crate::time::Timestamp;
use crate::words::Language;

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read or created.
    #[error(
        "cannot {action} the database {}: {source}; storage.database sets its path",
        path.display()
    )]
    File {
        /// The operation that failed, as a verb.
        action: &'static str,
        /// The database file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A later version of Nox wrote the database.
    #[error(
        "the database {} has schema version {found}, and this nox knows versions up to {known}; \
         nothing was changed. Install a newer nox, or go back, without what has changed since the \
         upgrade: nox backup restore {}",
        path.display(),
        upgrades::way_back(path, *known)
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema version of the database.
        found: u32,
        /// The latest schema version that this binary knows.
        known: u32,
    },
    /// The file is not a database, or a database of another program.
    #[error(
        "{} is not a Nox database; nothing was changed: set storage.database to another file",
        path.display()
    )]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// The end of the file is missing.
    #[error(
        "the database {} is damaged: it has {length} of {needed} bytes; put a backup in its place \
         with nox backup restore",
        path.display()
    )]
    Truncated {
        /// The database file.
        path: PathBuf,
        /// The length of the file, in bytes.
        length: u64,
        /// The length that the header of the database says, in bytes.
        needed: u64,
    },
    /// Another process has the database open, and this command needs it alone.
    #[error(
        "another nox process is using the database {}: stop the server, and try again",
        path.display()
    )]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// SQLite cannot open the database.
    #[error("cannot open the database {}: {}", path.display(), Unusable::from(error))]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// The cause, which the message contains.
        error: rusqlite::Error,
    },
}

impl OpenError {
    /// An [`OpenError::File`] that says what is in the way.
    fn file(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source: files::explain(path, source) }
    }

    /// Whether a right is missing, and the database itself may be whole.
    pub(crate) fn is_right(&self) -> bool {
        match self {
            Self::File { source, .. } => files::is_right(source),
            Self::Sqlite { error, .. } => Unusable::from(error).cause == Trouble::NotWritable,
            _ => false,
        }
    }
}

/// Which part of a list to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pagination {
    /// The maximum number of items.
    pub limit: u32,
    /// The number of items to skip.
    pub offset: u32,
}

/// How late an instant of one kind can be by the present clock. A later one was stored while the
/// clock was ahead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// What a later instant becomes.
    pub latest: Timestamp,
    /// Only what is later than this counts as later: the clocks of two requests differ a little.
    pub tolerated: Timestamp,
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self::from_millis)
    }
}

impl ToSql for Language {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.tag().into())
    }
}

impl FromSql for Language {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_tag(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match Unusable::from(&error) {
            Unusable { cause: Trouble::Other, .. } => Self::internal("use the database", error),
            unusable => Self::ServerNotReady { source: Some(unusable.into()) },
        }
    }
}

impl From<r2d2::Error> for Error {
    fn from(error: r2d2::Error) -> Self {
        Self::ServerNotReady { source: Some(error.into()) }
    }
}
