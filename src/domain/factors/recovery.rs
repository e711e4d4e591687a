//! Recovery codes: ten of 50 bits, each good once, wherever a code is asked for.

use zeroize::Zeroizing;

use crate::crypto::groups_of_five;
use crate::domain::App;
use crate::domain::factors::code::{ALPHABET, Proof};
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::recovery_codes::{self, CodeState};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How many a user gets at once.
const COUNT: usize = 10;
/// What they are hashed for.
const PURPOSE: &str = "recovery";

/// Recovery codes as they are shown, once: `XXXXX-XXXXX`.
pub(crate) type RecoveryCodes = Vec<Zeroizing<String>>;

/// Gives a user new codes; all before are worth nothing any more.
pub(crate) fn renew(app: &App, connection: &Connection, user: UserId) -> Result<RecoveryCodes> {
    let codes =
        (0..COUNT).map(|_| groups_of_five(ALPHABET, 2)).collect::<Result<RecoveryCodes>>()?;
    let hashes: Vec<_> =
        codes.iter().map(|code| app.keyed_hash(PURPOSE, user, &code.replace('-', ""))).collect();
    recovery_codes::replace(connection, user, &hashes)?;
    Ok(codes)
}

/// Uses a code up, where it is one that is left.
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
