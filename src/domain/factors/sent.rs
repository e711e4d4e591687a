//! Six-digit codes that the server makes: mailed, or handed out by the operator. Each is good once,
//! for ten minutes, and dead after five wrong ones.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::six_digits;
use crate::domain::App;
use crate::domain::factors::Proof;
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::sent_codes::{self, Way};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How long a code is good.
pub const LIFETIME: Duration = Duration::from_mins(10);
const TRIES: u32 = 5;
/// What they are hashed for.
const PURPOSE: &str = "sent";

/// Makes a code; the one that came the same way before is worth nothing any more.
pub(crate) fn make(
    app: &App,
    connection: &Connection,
    (user, way): (UserId, Way),
    now: Timestamp,
) -> Result<Zeroizing<String>> {
    let code = six_digits()?;
    let hash = app.keyed_hash(PURPOSE, user, &code);
    sent_codes::put(connection, (user, way), &hash, TRIES, now.after(LIFETIME))?;
    Ok(code)
}

/// Uses a code up, where it is the one that came in one of these ways.
pub(crate) fn spend(
    app: &App,
    connection: &Connection,
    (user, ways): (UserId, &[Way]),
    digits: &str,
    now: Timestamp,
) -> Result<Proof> {
    let hash = app.keyed_hash(PURPOSE, user, digits);
    for way in ways {
        match sent_codes::find_active(connection, user, *way, now)?.filter(|code| code.hash == hash)
        {
            Some(code) if code.is_used => return Ok(Proof::Used),
            Some(_) => {
                sent_codes::update_used(connection, user, *way, now)?;
                return Ok(Proof::Right);
            }
            None => (),
        }
    }
    Ok(Proof::Wrong)
}
