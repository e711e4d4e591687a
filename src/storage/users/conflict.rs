//! Usernames and addresses that are taken.

use crate::error::{Error, Result, Taken};

/// Checks what was found of an address before it was stored. That comes after the row is stored, so
/// that a taken username is reported first; the transaction is rolled back.
pub(super) fn check_address(is_taken: bool) -> Result<()> {
    if is_taken { Err(Error::AlreadyExists(Taken::Email)) } else { Ok(()) }
}

/// Turns the violation of a unique column into a refusal.
pub(super) fn conflict(error: rusqlite::Error) -> Error {
    match taken(&error) {
        Some(taken) => Error::AlreadyExists(taken),
        None => error.into(),
    }
}

/// Which unique column a change violated.
fn taken(error: &rusqlite::Error) -> Option<Taken> {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.contains("users.username") => {
            Some(Taken::Username)
        }
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.contains("users.email") => {
            Some(Taken::Email)
        }
        _ => None,
    }
}
