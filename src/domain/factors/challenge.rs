//! The challenge of a login that waits for its second factor. It proves that the password was
//! right, so that the client can ask for a code and send it before there is a session. It does not
//! replace the code.

use std::time::Duration;

use crate::domain::App;
use crate::domain::factors::sent;
use crate::domain::passkeys;
use crate::domain::password_proof::PasswordProof;
use crate::domain::principal::Actor;
use crate::error::{Challenge, Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

const CHALLENGE: PasswordProof =
    PasswordProof { context: "challenge", lifetime: Duration::from_mins(10) };

/// Makes the refusal that asks for a second factor. If codes by mail are the only factor, one is
/// mailed at once, since some clients cannot ask for it.
pub(super) fn demand(app: &App, actor: Actor<'_>, now: Timestamp) -> Result<Error> {
    let user = actor.user;
    let can_mail = app.mailer.is_on();
    let has_passkeys = user.passkeys > 0;
    let passkey = has_passkeys.then(|| passkeys::has_usable(app, user.id)).transpose()?;
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
        passkey,
    };
    Ok(Error::VerificationRequired { challenge: Box::new(challenge) })
}

/// Whether a code is mailed as soon as one is demanded, since mail is the only factor.
pub(crate) fn mails_code_on_demand(app: &App, user: &User) -> bool {
    app.mailer.is_on() && user.has_email_factor && !user.has_totp
}

/// Makes the challenge for a user whose password was right.
pub(crate) fn make(app: &App, user: &User, now: Timestamp) -> Result<String> {
    CHALLENGE.make(app, user, &[], now)
}

/// The user of the login that a challenge belongs to.
///
/// # Errors
/// Those of [`PasswordProof::read`].
pub(crate) fn user(app: &App, challenge: &str, now: Timestamp) -> Result<User> {
    CHALLENGE.read(app, challenge, now).map(|proven| proven.user)
}
