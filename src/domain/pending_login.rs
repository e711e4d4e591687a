//! A login whose password was right, and that opens no session yet: its user has to confirm the
//! address first, or to set up a second factor. The pages keep its proof in a cookie, which is
//! accepted for that alone.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::factors::totp;
use crate::domain::password_proof::{PasswordProof, Proven};
use crate::error::{Error, LoginStep, PendingLogin, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

/// How long a user has for that.
const LIFETIME: Duration = Duration::from_hours(1);
const CONFIRMATION: PasswordProof =
    PasswordProof { context: "pending confirmation", lifetime: LIFETIME };
const SET_UP: PasswordProof = PasswordProof { context: "pending set-up", lifetime: LIFETIME };

/// The refusal of a login before the address is confirmed.
pub(in crate::domain) fn for_confirmation(app: &App, user: &User, now: Timestamp) -> Result<Error> {
    let proof = CONFIRMATION.make(app, user, &[], now)?;
    Ok(pending(app, LoginStep::ConfirmAddress, proof))
}

/// The refusal of a login before a second factor is set up. The secret of the authenticator app is
/// part of the proof, so that nothing is stored. A browser that holds a proof of this user already
/// keeps its secret, since another tab may show it.
pub(in crate::domain) fn for_set_up(
    app: &App,
    user: &User,
    held: Option<&str>,
    now: Timestamp,
) -> Result<Error> {
    let held = held.and_then(|held| SET_UP.read(app, held, now).ok());
    let secret = match held.filter(|held| held.user.id == user.id) {
        Some(Proven { content, .. }) => content,
        None => totp::new_secret()?,
    };
    let proof = SET_UP.make(app, user, &secret, now)?;
    Ok(pending(app, LoginStep::SetUpFactor, proof))
}

fn pending(app: &App, step: LoginStep, proof: String) -> Error {
    let page = format!("{}/login", app.config.server.public_url);
    Error::LoginPending(Box::new(PendingLogin { step, proof: Zeroizing::new(proof), page }))
}

/// The user of a login that waits for the confirmation of the address.
///
/// # Errors
/// Those of [`PasswordProof::read`], and [`Error::AlreadyValid`] if the login waits no more.
pub(crate) fn to_confirm(app: &App, proof: &str, now: Timestamp) -> Result<User> {
    let Proven { user, .. } = CONFIRMATION.read(app, proof, now)?;
    if user.must_confirm_address() { Ok(user) } else { Err(Error::AlreadyValid) }
}

/// A login that waits for a second factor.
pub(crate) struct SetUp {
    pub user: User,
    /// The secret of the authenticator app that is being set up.
    pub secret: Zeroizing<Vec<u8>>,
}

/// The login that waits for a second factor, whether the user has one by now or not.
///
/// # Errors
/// Those of [`PasswordProof::read`].
pub(in crate::domain) fn read_set_up(app: &App, proof: &str, now: Timestamp) -> Result<SetUp> {
    let Proven { user, content: secret } = SET_UP.read(app, proof, now)?;
    Ok(SetUp { user, secret })
}
