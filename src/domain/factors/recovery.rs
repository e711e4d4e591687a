//! Recovery codes: ten codes of 50 bits. Each is accepted once, wherever a code of a factor is.

use zeroize::Zeroizing;

use crate::crypto::groups_of_five;
use crate::domain::App;
use crate::domain::factors::code::{ALPHABET, Proof};
use crate::error::Result;
use crate::normalization;
use crate::storage::Connection;
use crate::storage::recovery_codes::{self, CodeState};
use crate::storage::shown_codes;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// The number of codes that a user gets.
const COUNT: usize = 10;
/// The purpose in the keyed hash of a code.
const PURPOSE: &str = "recovery";

/// Recovery codes in the form `XXXXX-XXXXX`, in which they are shown once.
pub(crate) type RecoveryCodes = Vec<Zeroizing<String>>;

/// Makes new codes for a user, which replace all earlier ones.
pub(crate) fn renew(app: &App, connection: &Connection, user: UserId) -> Result<RecoveryCodes> {
    let codes =
        (0..COUNT).map(|_| groups_of_five(ALPHABET, 2)).collect::<Result<RecoveryCodes>>()?;
    let hashes: Vec<_> = codes
        .iter()
        .map(|code| app.keyed_hash(PURPOSE, user, &normalization::code(code)))
        .collect();
    recovery_codes::replace(connection, user, &hashes)?;
    shown_codes::delete_of(connection, user)?;
    Ok(codes)
}

/// Checks a code, and consumes it if it is unused.
pub(super) fn consume(
    app: &App,
    connection: &Connection,
    user: UserId,
    normalized: &str,
    now: Timestamp,
) -> Result<Proof> {
    let hash = app.keyed_hash(PURPOSE, user, normalized);
    match recovery_codes::find_state(connection, user, &hash)? {
        None => Ok(Proof::Wrong),
        Some(CodeState::Used) => Ok(Proof::Used),
        Some(CodeState::Unused) => {
            recovery_codes::update_used(connection, user, &hash, now)?;
            Ok(Proof::Right)
        }
    }
}
