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

/// Makes the challenge for a user whose password was right. It is stored nowhere: its seal proves it.
pub(super) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    let ends = now.after(LIFETIME).millis().to_be_bytes();
    let password = user.password_changed_at.millis().to_be_bytes();
    let content = [&user.id.0.to_be_bytes()[..], &ends, &password].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(app.key.seal(PLACE, &content)?))
}

/// Whose login a challenge names.
///
/// # Errors
/// [`Error::InvalidChallenge`] where its time is over, the password has changed since, or it was not made here.
pub fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    let (id, ends, password_changed_at) = read(app, challenge).ok_or(Error::InvalidChallenge)?;
    let user = app.db.read(|connection| users::find_by_id(connection, id))?;
    user.filter(|user| now < ends && user.password_changed_at == password_changed_at && !is_banned(user, now))
        .ok_or(Error::InvalidChallenge)
}

fn read(app: &App, challenge: &str) -> Option<(UserId, Timestamp, Timestamp)> {
    let content = app.key.open(PLACE, &BASE64_URL_SAFE_NO_PAD.decode(challenge).ok()?).ok()?;
    let (id, times) = content.split_first_chunk()?;
    let (ends, password) = times.split_first_chunk()?;
    let instant = |bytes: &[u8; 8]| Timestamp::from_millis(i64::from_be_bytes(*bytes));
    Some((UserId(u32::from_be_bytes(*id)), instant(ends), instant(password.first_chunk()?)))
}
