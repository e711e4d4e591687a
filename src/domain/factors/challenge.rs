//! The challenge of a login that waits for its second factor. It names the login and is worth
//! nothing else: with it, a code can be asked for before there is a session.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::factors::email;
use crate::domain::principal::Device;
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

/// What whoever owes a second factor is told.
#[derive(Debug)]
pub struct Challenge {
    /// Names the login, or the change, that waits.
    pub token: String,
    /// Whether an authenticator app can prove it.
    pub totp: bool,
    /// Whether a code by mail can, or what goes into the same field: recovery codes, and codes from
    /// the operator.
    pub email: bool,
    /// Whether a code can be mailed.
    pub can_mail: bool,
}

/// Asks a user for their second factor. Where mail is the only one, a code goes out at once: some
/// clients cannot ask for it.
pub(crate) fn demand(app: &App, user: &User, device: &Device, now: Timestamp) -> Result<Challenge> {
    let can_mail = app.mailer.is_on();
    if can_mail && user.has_email_factor && !user.has_totp {
        match email::mail_code(app, user, device, now) {
            // The one before is on its way or there.
            Ok(()) | Err(Error::TooManyRequests { .. }) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(Challenge {
        token: make(app, user, now)?,
        totp: user.has_totp,
        // Without mail, it is no way but where there is no other.
        email: user.has_email_factor && (can_mail || !user.has_totp),
        can_mail,
    })
}

/// Makes the challenge for a user whose password was right. It is stored nowhere: its seal proves
/// it.
pub(crate) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    let ends = now.after(LIFETIME).millis().to_be_bytes();
    let content = [&user.id.0.to_be_bytes()[..], &ends, &password_mark(app, user)].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(app.key.seal(PLACE, &content)?))
}

/// Whose login a challenge names.
///
/// # Errors
/// [`Error::InvalidChallenge`] where its time is over, the password has changed since, or it was
/// not made here.
pub fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    let (id, ends, mark) = read(app, challenge).ok_or(Error::InvalidChallenge)?;
    let user = app.db.read(|connection| users::find_by_id(connection, id))?;
    user.filter(|user| now < ends && mark == password_mark(app, user) && !user.is_suspended(now))
        .ok_or(Error::InvalidChallenge)
}

fn read(app: &App, challenge: &str) -> Option<(UserId, Timestamp, [u8; 32])> {
    let content = app.key.open(PLACE, &BASE64_URL_SAFE_NO_PAD.decode(challenge).ok()?).ok()?;
    let (id, rest) = content.split_first_chunk()?;
    let (ends, mark) = rest.split_first_chunk()?;
    let ends = Timestamp::from_millis(i64::from_be_bytes(*ends));
    Some((UserId(u32::from_be_bytes(*id)), ends, *mark.first_chunk()?))
}
