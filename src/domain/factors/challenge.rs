//! The challenge of a login that waits for its second factor. It proves that the password was
//! right, so that the client can ask for a code and send it before there is a session. It does not
//! replace the code.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::factors::sent;
use crate::domain::present::Present;
use crate::domain::principal::Actor;
use crate::error::{Challenge, Error, Result};
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;

const CHALLENGE_LIFETIME: Duration = Duration::from_mins(10);
const CONTEXT: &str = "challenge";

/// Binds a challenge to the password. It becomes invalid when the password changes, and the key
/// file alone is not enough to forge one.
fn password_mark(app: &App, user: &User) -> [u8; 32] {
    app.keyed_hash(CONTEXT, user.id, &user.password_hash)
}

/// Makes the refusal that asks for a second factor. If codes by mail are the only factor, one is
/// mailed at once, since some clients cannot ask for it.
pub(super) fn demand(app: &App, actor: Actor<'_>, now: Timestamp) -> Result<Error> {
    let user = actor.user;
    let can_mail = app.mailer.is_on();
    if mails_code_on_demand(app, user) {
        match sent::mail(app, actor, now) {
            // The limit is reached, so a code was mailed a moment ago.
            Ok(_) | Err(Error::TooManyRequests { .. }) => (),
            Err(error) => return Err(error),
        }
    }
    let challenge = Challenge {
        token: make(app, user, now)?,
        totp: user.has_totp,
        // Without a mail server, the field for mailed codes is offered only if it is the only one,
        // so that recovery codes can be typed into it.
        email: user.has_email_factor && (can_mail || !user.has_totp),
        can_mail,
    };
    Ok(Error::VerificationRequired { challenge: Box::new(challenge) })
}

/// Whether a code is mailed as soon as one is demanded, since mail is the only factor.
pub(crate) fn mails_code_on_demand(app: &App, user: &User) -> bool {
    app.mailer.is_on() && user.has_email_factor && !user.has_totp
}

/// Makes the challenge for a user whose password was right. It is not stored: its seal proves where
/// it comes from.
pub(crate) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    let expires_at = now.after(CHALLENGE_LIFETIME).millis().to_be_bytes();
    let content = [&user.id.0.to_be_bytes()[..], &expires_at, &password_mark(app, user)].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(app.key.seal(CONTEXT, &content)?))
}

/// The user of the login that a challenge belongs to.
///
/// # Errors
/// [`Error::InvalidChallenge`] if it has expired or is not one of ours, if it was made while the
/// clock was ahead, since it would be valid for as long as that, if the password has changed
/// since, or if the user is suspended.
pub(crate) fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    let content = read(app, challenge).ok_or(Error::InvalidChallenge)?;
    let latest_end = Present::new(&app.config, now).end_of(CHALLENGE_LIFETIME).tolerated;
    if content.expires_at <= now || content.expires_at > latest_end {
        return Err(Error::InvalidChallenge);
    }
    let user = app.db.read(|connection| users::find_by_id(connection, content.user))?;
    user.filter(|user| content.password_mark == password_mark(app, user))
        .filter(|user| !user.is_suspended(now))
        .ok_or(Error::InvalidChallenge)
}

/// The content of a challenge.
struct Content {
    user: UserId,
    expires_at: Timestamp,
    password_mark: [u8; 32],
}

fn read(app: &App, challenge: &str) -> Option<Content> {
    let content = app.key.open(CONTEXT, &BASE64_URL_SAFE_NO_PAD.decode(challenge).ok()?).ok()?;
    let (id, rest) = content.split_first_chunk()?;
    let (expires_at, mark) = rest.split_first_chunk()?;
    Some(Content {
        user: UserId(u32::from_be_bytes(*id)),
        expires_at: Timestamp::from_millis(i64::from_be_bytes(*expires_at)),
        password_mark: *mark.first_chunk()?,
    })
}
