//! The challenge of a login that waits for its second factor. It names the login, so that a code
//! can be asked for before there is a session, and opens nothing by itself.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::factors::sent;
use crate::domain::principal::Actor;
use crate::error::{Challenge, Error, Result};
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;

const CHALLENGE_LIFETIME: Duration = Duration::from_mins(10);
const CONTEXT: &str = "challenge";

/// Binds a challenge to the password: who has only the key file cannot make one, and it ends with
/// the password.
fn password_mark(app: &App, user: &User) -> [u8; 32] {
    app.keyed_hash(CONTEXT, user.id, &user.password_hash)
}

/// Makes the refusal that asks a user for their second factor. Where mail is the only one, a code
/// goes out at once: some clients cannot ask for it.
pub(super) fn demand(app: &App, actor: Actor<'_>, now: Timestamp) -> Result<Error> {
    let user = actor.user;
    let can_mail = app.mailer.is_on();
    if mails_code_on_demand(app, user) {
        match sent::mail(app, actor, now) {
            // The code before is on its way or there.
            Ok(()) | Err(Error::TooManyRequests { .. }) => (),
            Err(error) => return Err(error),
        }
    }
    let challenge = Challenge {
        token: make(app, user, now)?,
        totp: user.has_totp,
        // Without mail, its field is offered only where there is no other for a recovery code.
        email: user.has_email_factor && (can_mail || !user.has_totp),
        can_mail,
    };
    Ok(Error::VerificationRequired { challenge: Box::new(challenge) })
}

/// Whether a code is mailed as soon as one is demanded: mail is the only factor.
pub(crate) fn mails_code_on_demand(app: &App, user: &User) -> bool {
    app.mailer.is_on() && user.has_email_factor && !user.has_totp
}

/// Makes the challenge for a user whose password was right. It is stored nowhere: its seal proves
/// it.
pub(crate) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    let ends = now.after(CHALLENGE_LIFETIME).millis().to_be_bytes();
    let content = [&user.id.0.to_be_bytes()[..], &ends, &password_mark(app, user)].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(app.key.seal(CONTEXT, &content)?))
}

/// Whose login a challenge names.
///
/// # Errors
/// [`Error::InvalidChallenge`] where its time is over, the password has changed since, or it was
/// not made here.
pub(crate) fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    let (id, ends, mark) = read(app, challenge).ok_or(Error::InvalidChallenge)?;
    let user = app.db.read(|connection| users::find_by_id(connection, id))?;
    user.filter(|user| now < ends && mark == password_mark(app, user) && !user.is_suspended(now))
        .ok_or(Error::InvalidChallenge)
}

fn read(app: &App, challenge: &str) -> Option<(UserId, Timestamp, [u8; 32])> {
    let content = app.key.open(CONTEXT, &BASE64_URL_SAFE_NO_PAD.decode(challenge).ok()?).ok()?;
    let (id, rest) = content.split_first_chunk()?;
    let (ends, mark) = rest.split_first_chunk()?;
    let ends = Timestamp::from_millis(i64::from_be_bytes(*ends));
    Some((UserId(u32::from_be_bytes(*id)), ends, *mark.first_chunk()?))
}
