//! An authenticator app that is set up before a session opens: its secret is not stored before it
//! is confirmed.

use zeroize::Zeroizing;

use super::check::build_totp;
use super::{Enrollment, SECRET_LENGTH, first_step, new_factor};
use crate::crypto;
use crate::domain::App;
use crate::domain::factors::Code;
use crate::error::Result;
use crate::storage::totp_factors::TotpFactor;
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// A new secret.
pub(in crate::domain) fn new_secret() -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(crypto::random::<SECRET_LENGTH>()?.to_vec()))
}

/// How an app with this secret is set up. Nothing is stored.
pub(in crate::domain) fn enrollment(app: &App, user: &User, secret: &[u8]) -> Result<Enrollment> {
    Enrollment::of(app, user.clone(), secret)
}

/// The app of a user who has no other one yet, enabled by its first code, which is thereby
/// consumed.
///
/// # Errors
/// [`Error::WrongCode`](crate::error::Error::WrongCode), or a fault.
pub(in crate::domain::factors) fn first_factor(
    app: &App,
    user: UserId,
    secret: &[u8],
    code: &Code,
    now: Timestamp,
) -> Result<TotpFactor> {
    let totp = build_totp(app, secret, "")?;
    let step = first_step(&totp, user, code, now)?;
    new_factor(app, user, &totp, Some(step), now)
}
