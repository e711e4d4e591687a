//! The account that a login names.

use super::LoginAttempt;
use crate::crypto::hmac_sha256;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::throttle::{self, Limit};
use crate::domain::{App, devices};
use crate::error::Result;
use crate::storage::users::User;
use crate::time::Timestamp;

/// The account that an attempt names, with the rate limits of the attempt.
pub(super) struct Account {
    /// The user; `None` if the identifier names none.
    pub user: Option<User>,
    /// The name for the log.
    pub name: String,
    pub limits: Vec<Limit>,
}

pub(super) fn find_account(app: &App, attempt: &LoginAttempt, now: Timestamp) -> Result<Account> {
    let device = &attempt.client.device;
    app.db.read(|connection| {
        let Some(user) = attempt.identifier.find(connection)? else {
            let name = unknown_name(app, &attempt.identifier);
            let limits = throttle::login_limits(&name, device.ip, None);
            return Ok(Account { user: None, name, limits });
        };
        let recognized = devices::find(app, connection, user.id, device, now)?;
        let limits = throttle::login_limits(&user.id.to_string(), device.ip, recognized.as_ref());
        Ok(Account { name: user.username.clone(), user: Some(user), limits })
    })
}

/// The name for the log and the limits if the identifier names no account: a keyed hash of it,
/// since the text may be a password that was typed into the wrong field.
pub(super) fn unknown_name(app: &App, identifier: &Identifier) -> String {
    hashed_name(app, identifier.to_string().as_bytes())
}

/// A keyed hash of what names no account.
pub(in crate::domain) fn hashed_name(app: &App, given: &[u8]) -> String {
    let digest = hmac_sha256(&app.key.derive("unknown name"), given);
    format!("unknown-{:016x}", u64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8])))
}
