//! Logging in.

use super::factors::{self, Method};
use super::identifier::Identifier;
use super::password::Password;
use super::public_key::PublicKey;
use super::sessions::{self, Device, OpenedSession};
use super::throttle::{self, Budget};
use super::{App, users};
use crate::error::{Error, Result};
use crate::secret::hmac_sha256;
use crate::storage::Connection;
use crate::storage::totp_factors::{self, TotpFactor};
use crate::storage::users::{self as rows, User};
use crate::time::Timestamp;

/// What somebody who wants to log in has shown.
pub struct LoginAttempt {
    /// Who they say they are.
    pub identifier: Identifier,
    /// Their password.
    pub password: Password,
    /// Their second factor, where they sent one.
    pub code: Option<Code>,
    /// The key that they want kept with the session.
    pub public_key: Option<PublicKey>,
    /// Where they are.
    pub device: Device,
}

/// A second factor's code, with the name of the field that it came in.
pub struct Code {
    /// `twofa_token` or `factor_code`.
    pub field: &'static str,
    /// Six digits.
    pub digits: String,
}

/// Where a login that was not refused leads.
#[derive(Debug)]
pub enum LoginOutcome {
    /// In.
    Session(Box<OpenedSession>),
    /// To the second factor: the password was right.
    VerificationRequired([Method; 2]),
}

/// Wrong password: what a caller learns of it.
const WRONG_PASSWORD: Error = Error::InvalidField { field: "password", rule: "is not correct" };

/// Logs somebody in.
///
/// # Errors
/// In this order: [`Error::TooManyRequests`], [`Error::UserNotFound`], [`Error::InvalidField`] for a wrong password,
/// [`Error::UnAuthorized`] for a disabled account, [`Error::InvalidField`] for a wrong code; or a fault.
pub fn login(app: &App, attempt: &LoginAttempt, now: Timestamp) -> Result<LoginOutcome> {
    let user = app.db.read(|connection| attempt.identifier.find(connection))?;
    let account = account_key(app, &attempt.identifier, user.as_ref());
    let outcome = decide(app, attempt, (user, &account), now);
    let ip = attempt.device.ip;
    match &outcome {
        Ok(LoginOutcome::Session(_)) => tracing::info!(account, %ip, "logged in"),
        Ok(LoginOutcome::VerificationRequired(_)) => tracing::info!(account, %ip, "second factor asked for"),
        Err(error) => tracing::info!(account, %ip, reason = %error, "login refused"),
    }
    outcome
}

fn decide(
    app: &App,
    attempt: &LoginAttempt,
    (user, account): (Option<User>, &str),
    now: Timestamp,
) -> Result<LoginOutcome> {
    let ip = attempt.device.ip.to_string();
    let budgets = vec![Budget::password_from(account, &ip), Budget::password(account), Budget::address(&ip)];
    let spent = throttle::spend(app, budgets, now)?;
    let user = check_password(app, attempt, user, now)?;
    let Some(factor) = app.db.read(|connection| totp_factors::find(connection, user.id))? else {
        let opened = open(app, attempt, &user, now, |connection| spent.refund(connection).map(|()| true))?;
        return opened.ok_or(WRONG_PASSWORD);
    };
    app.db.write(|connection| spent.refund(connection))?;
    match &attempt.code {
        None => Ok(LoginOutcome::VerificationRequired(factors::methods(&user))),
        Some(code) => verify_code(app, attempt, (&user, &factor), code, now),
    }
}

/// The second half of a login with a second factor.
fn verify_code(
    app: &App,
    attempt: &LoginAttempt,
    (user, factor): (&User, &TotpFactor),
    code: &Code,
    now: Timestamp,
) -> Result<LoginOutcome> {
    let wrong = factors::wrong_code(code.field);
    let spent = throttle::spend(app, vec![Budget::code(&user.id.to_string())], now)?;
    let Some(step) = factors::matching_step(app, factor, &code.digits, now)? else { return Err(wrong) };
    let opened = open(app, attempt, user, now, |connection| {
        // A right code that comes twice is refused, but it was no guess.
        spent.refund(connection)?;
        totp_factors::update_last_step(connection, factor, step)
    })?;
    opened.ok_or(wrong)
}

/// Finds out whether the account and the password belong together and may log in.
fn check_password(app: &App, attempt: &LoginAttempt, user: Option<User>, now: Timestamp) -> Result<User> {
    let hide = app.config.login.hide_unknown_users;
    let Some(user) = user else {
        if !hide {
            return Err(Error::UserNotFound);
        }
        // Costs what a check costs.
        app.hasher.hash(&attempt.password)?;
        return Err(WRONG_PASSWORD);
    };
    let is_right = app.hasher.verify(&attempt.password, &user.password_hash)?;
    let is_banned = users::is_banned(&user, now);
    if !is_right || is_banned && hide {
        return Err(WRONG_PASSWORD);
    }
    if is_banned { Err(Error::UnAuthorized { action: "log in" }) } else { Ok(user) }
}

/// Opens the session in one transaction with what `admit` does and decides; `None` where it decides against it.
fn open(
    app: &App,
    attempt: &LoginAttempt,
    checked: &User,
    now: Timestamp,
    admit: impl FnOnce(&Connection) -> Result<bool>,
) -> Result<Option<LoginOutcome>> {
    let is_current = app.hasher.is_current(&checked.password_hash);
    let fresh_hash = if is_current { None } else { Some(app.hasher.hash(&attempt.password)?) };
    app.db.write(|connection| {
        // The account may have changed while the hash was computed.
        let user = rows::find_by_id(connection, checked.id)?
            .filter(|user| user.password_changed_at == checked.password_changed_at)
            .filter(|user| user.has_totp == checked.has_totp && !users::is_banned(user, now))
            .ok_or(WRONG_PASSWORD)?;
        if !admit(connection)? {
            return Ok(None);
        }
        if let Some(hash) = &fresh_hash {
            rows::update_password_hash(connection, user.id, hash)?;
        }
        let client = (&attempt.device, attempt.public_key.as_ref());
        let session = sessions::open(app, connection, user, client, now)?;
        Ok(Some(LoginOutcome::Session(Box::new(session))))
    })
}

/// Under which name attempts are counted: the account's id, or, where there is none, a keyed hash of what was typed,
/// which may well be somebody's password in the wrong field.
fn account_key(app: &App, identifier: &Identifier, user: Option<&User>) -> String {
    user.map_or_else(
        || {
            let digest = hmac_sha256(&app.key.derive("unknown name"), identifier.to_string().as_bytes());
            format!("unknown-{:016x}", u64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8])))
        },
        |user| user.id.to_string(),
    )
}

#[cfg(test)]
mod tests;
