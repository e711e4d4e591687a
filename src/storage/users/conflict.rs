//! Names and addresses that somebody else has.

use crate::error::Error;

/// Names the unique column that a change ran into.
pub(super) fn conflict(error: rusqlite::Error) -> Error {
    match taken(&error) {
        Some(with) => Error::AlreadyExists { what: "User", with },
        None => error.into(),
    }
}

/// Which unique column a change ran into.
fn taken(error: &rusqlite::Error) -> Option<&'static str> {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.contains("users.username") => {
            Some("this username")
        }
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.contains("users.email") => {
            Some("this email")
        }
        _ => None,
    }
}
