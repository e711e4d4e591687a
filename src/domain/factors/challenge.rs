//! The challenge of a login that waits for its second factor. It names the login and is worth nothing else: with it, a code
//! can be asked for before there is a session.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::profile::is_banned;
use crate::error::{Error, Result};
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;

const LIFETIME: Duration = Duration::from_mins(10);
/// What it is sealed for.
const PLACE: &str = "challenge";

/// What it is bound to: nobody makes one by the key file alone, and it dies with the password.
fn password_mark(app: &App, user: &User) -> [u8; 32] {
    app.keyed_hash(PLACE, user.id, &user.password_hash)
}

/// Makes the challenge for a user whose password was right. It is stored nowhere: its seal proves it.
pub(super) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    let ends = now.after(LIFETIME).millis().to_be_bytes();
    let content = [&user.id.0.to_be_bytes()[..], &ends, &password_mark(app, user)].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(app.key.seal(PLACE, &content)?))
}

/// Whose login a challenge names.
///
/// # Errors
/// [`Error::InvalidChallenge`] where its time is over, the password has changed since, or it was not made here.
pub fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    let (id, ends, mark) = read(app, challenge).ok_or(Error::InvalidChallenge)?;
    let user = app.db.read(|connection| users::find_by_id(connection, id))?;
    user.filter(|user| now < ends && mark == password_mark(app, user) && !is_banned(user, now))
        .ok_or(Error::InvalidChallenge)
}

fn read(app: &App, challenge: &str) -> Option<(UserId, Timestamp, [u8; 32])> {
    let content = app.key.open(PLACE, &BASE64_URL_SAFE_NO_PAD.decode(challenge).ok()?).ok()?;
    let (id, rest) = content.split_first_chunk()?;
    let (ends, mark) = rest.split_first_chunk()?;
    let ends = Timestamp::from_millis(i64::from_be_bytes(*ends));
    Some((UserId(u32::from_be_bytes(*id)), ends, *mark.first_chunk()?))
}
