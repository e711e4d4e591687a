//! The second factors of a user, as an operator sees them.

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::error::Result;
use crate::storage::totp_factors;
use crate::time::Timestamp;

/// The second factors of a user, as an operator sees them.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// Whether the user has an authenticator app.
    pub enabled: bool,
    /// When the app was enabled.
    pub enabled_at: Option<Timestamp>,
    /// By how many time steps the last accepted code was early; negative if it was late.
    pub last_skew: Option<i64>,
    /// Whether codes by mail are on.
    pub email: bool,
    /// Whether a login by password asks for a passkey or a code.
    pub passkey: bool,
    /// The number of passkeys.
    pub passkeys: u32,
    /// The number of unused recovery codes.
    pub recovery_codes: u32,
}

/// The state of a user's second factors.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn status(app: &App, name: &str) -> Result<Status> {
    app.db.read(|connection| {
        let user = by_name(app, connection, name)?;
        let factor = totp_factors::find(connection, user.id)?;
        Ok(Status {
            enabled: factor.is_some(),
            enabled_at: factor.as_ref().map(|factor| factor.enabled_at),
            last_skew: factor.and_then(|factor| factor.last_skew),
            email: user.has_email_factor,
            passkey: user.has_passkey_factor,
            passkeys: user.passkeys,
            recovery_codes: user.recovery_codes,
        })
    })
}
