//! Why SQLite cannot use a database, each cause in words of its own.

use std::fmt;
use std::io::{self, ErrorKind};

use rusqlite::{ErrorCode, ffi};

/// A cause by which SQLite fails, though the statement is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Another program has kept it locked.
    Busy,
    /// There is no space left on its disk.
    Full,
    /// The file or its folder cannot be written.
    NotWritable,
    /// Its disk fails.
    Disk,
    /// Its content is damaged.
    Damaged,
    /// None of these: a fault of Nox.
    Other,
}

impl Trouble {
    /// What happened, and what to do about it.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::Busy => "another program has kept the database locked: try again later",
            Self::Full => "the disk of the database is full: free some space, and try again",
            Self::NotWritable => {
                "the database, a file beside it or its folder cannot be written: nox doctor says \
                 which one, and what to do"
            }
            Self::Disk => "the disk of the database fails: read the log of the system",
            Self::Damaged => {
                "the database is damaged: put a backup in its place with nox backup restore"
            }
            Self::Other => "this is a fault of Nox",
        }
    }
}

/// What SQLite said, and why.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) cause: Trouble,
    pub(crate) said: String,
}

impl From<&rusqlite::Error> for Unusable {
    fn from(error: &rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code);
        let cause = match error.sqlite_error_code() {
            // The shared memory is a file on the same disk.
            _ if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) => Trouble::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
            Some(ErrorCode::DiskFull) => Trouble::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Trouble::NotWritable
            }
            Some(ErrorCode::SystemIoFailure) => Trouble::Disk,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Damaged,
            _ => Trouble::Other,
        };
        Self { cause, said: describe(error) }
    }
}

impl From<&io::Error> for Unusable {
    fn from(error: &io::Error) -> Self {
        let cause = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Trouble::Full,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Trouble::NotWritable,
            _ => Trouble::Disk,
        };
        Self { cause, said: error.to_string() }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.said, self.cause.advice())
    }
}

impl std::error::Error for Unusable {}

/// The message of SQLite itself, without what `rusqlite` adds to it.
pub(super) fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) => {
            format!("{message} (SQLite {})", code.extended_code)
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_damaged_database_leads_to_a_restore() {
        for (code, cause, part) in [
            (ffi::SQLITE_BUSY, Trouble::Busy, "another program"),
            (ffi::SQLITE_LOCKED, Trouble::Busy, "another program"),
            (ffi::SQLITE_FULL, Trouble::Full, "disk of the database is full"),
            (ffi::SQLITE_IOERR_SHMSIZE, Trouble::Full, "disk of the database is full"),
            (ffi::SQLITE_READONLY, Trouble::NotWritable, "cannot be written"),
            (ffi::SQLITE_CANTOPEN, Trouble::NotWritable, "cannot be written"),
            (ffi::SQLITE_PERM, Trouble::NotWritable, "cannot be written"),
            (ffi::SQLITE_IOERR, Trouble::Disk, "disk of the database fails"),
            (ffi::SQLITE_CORRUPT, Trouble::Damaged, "is damaged"),
            (ffi::SQLITE_NOTADB, Trouble::Damaged, "is damaged"),
            (ffi::SQLITE_MISUSE, Trouble::Other, "fault of Nox"),
        ] {
            let said = Some("what SQLite says".to_owned());
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), said);
            let unusable = Unusable::from(&error);
            assert_eq!(unusable.cause, cause, "{code}");
            let text = unusable.to_string();
            assert!(text.contains("what SQLite says") && text.contains(part), "{text}");
            assert_eq!(text.contains("backup"), cause == Trouble::Damaged, "{text}");
        }
    }
}
