//! Logging in.

use std::net::IpAddr;

use crate::config::Config;
use crate::crypto::hmac_sha256;
use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::registration::{self, NewAccount, is_registration_open};
use crate::domain::change::{By, Change};
use crate::domain::devices;
use crate::domain::email_confirmation as email;
use crate::domain::event::Event;
use crate::domain::factors::{self, Code, Outcome};
use crate::domain::password::Password;
use crate::domain::principal::Device;
use crate::domain::public_key::PublicKey;
use crate::domain::sessions::{self, OpenedSession};
use crate::domain::throttle::{self, Budget};
use crate::error::{Error, Result};
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

/// Where a login that was not refused leads: in, or, since the password was right, to the second
/// factor.
pub type LoginOutcome = Outcome<Box<OpenedSession>>;

/// Wrong password: what a caller learns of it.
const WRONG_PASSWORD: Error = Error::WrongPassword { field: "password" };

/// Logs somebody in.
///
/// # Errors
/// In this order: [`Error::TooManyRequests`], [`Error::UserNotFound`], [`Error::WrongPassword`],
/// [`Error::UnAuthorized`] for a disabled account, [`Error::WrongCode`]; or a fault.
pub fn login(app: &App, attempt: &LoginAttempt, now: Timestamp) -> Result<LoginOutcome> {
    let (user, known) = app.db.read(|connection| {
        let user = attempt.identifier.find(connection)?;
        let device = |user: &User| devices::find(app, connection, user.id, &attempt.device);
        let known = user.as_ref().map(device).transpose()?.flatten();
        Ok((user, known))
    })?;
    let account = account_key(app, &attempt.identifier, user.as_ref());
    let name = user.as_ref().map_or_else(|| account.clone(), |user| user.username.clone());
    let budgets = throttle::of_login(&account, attempt.device.ip, known.as_ref());
    let outcome = decide(app, attempt, (user, budgets), now);
    log(&outcome, &name, attempt.device.ip);
    outcome
}

/// Finishes a login that waits for its second factor, by its challenge: for pages, which do not
/// keep the password.
///
/// # Errors
/// [`Error::InvalidChallenge`], [`Error::TooManyRequests`], [`Error::WrongCode`]; or a fault.
pub fn finish(
    app: &App,
    challenge: &str,
    code: &Code,
    device: &Device,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    // It stands for a password only where it cannot stand alone.
    let user = factors::challenged(app, challenge, now).and_then(|user| {
        if user.has_second_factor() { Ok(user) } else { Err(Error::InvalidChallenge) }
    })?;
    let enter = |tx: &Change<'_>| enter(app, tx, (device, None), (&user, None), now);
    let outcome = factors::with_factor(app, (&user, device), Some(code), now, enter);
    log(&outcome, &user.username, device.ip);
    match outcome? {
        Outcome::Done(session) => Ok(session),
        Outcome::VerificationRequired(_) => Err(Error::VerificationRequired),
    }
}

/// One line for each attempt, whose form never changes: programs that ban addresses read it.
fn log(outcome: &Result<LoginOutcome>, user: &str, ip: IpAddr) {
    match outcome {
        Ok(Outcome::Done(_)) => tracing::info!(event = %"login.succeeded", %ip, user),
        Ok(Outcome::VerificationRequired(_)) => {
            tracing::info!(event = %"login.challenged", %ip, user);
        }
        Err(error) => tracing::info!(event = %"login.failed", %ip, user, reason = %reason(error)),
    }
}

/// Why an attempt failed, in one word.
const fn reason(error: &Error) -> &'static str {
    match error {
        Error::UserNotFound => "unknown_user",
        Error::WrongPassword { .. } => "wrong_password",
        Error::WrongCode { .. } => "wrong_code",
        Error::UnAuthorized { .. } => "disabled",
        Error::TooManyRequests { .. } => "too_many_attempts",
        Error::ServerNotReady { .. } => "busy",
        _ => "fault",
    }
}

fn decide(
    app: &App,
    attempt: &LoginAttempt,
    (user, budgets): (Option<User>, Vec<Budget>),
    now: Timestamp,
) -> Result<LoginOutcome> {
    let spent = throttle::spend(app, budgets, now)?;
    let user = match check_password(app, attempt, user, now) {
        Err(error) if !is_guess(&error) => {
            app.db.write(|connection| spent.refund(connection))?;
            return Err(error);
        }
        checked => checked?,
    };
    let fresh_hash = fresh_hash(app, attempt, &user)?;
    let client = (&attempt.device, attempt.public_key.as_ref());
    let enter = |tx: &Change<'_>| enter(app, tx, client, (&user, fresh_hash.as_deref()), now);

    // A right password gives back what it cost; a wrong code after it keeps a count of its own.
    if user.has_second_factor() {
        app.db.write(|connection| spent.refund(connection))?;
        return factors::with_factor(
            app,
            (&user, &attempt.device),
            attempt.code.as_ref(),
            now,
            enter,
        );
    }
    let session = app.change(By::User(&attempt.device), now, |tx| {
        spent.refund(tx)?;
        enter(tx)
    });
    session.map(Outcome::Done)
}

/// Whether strangers may make accounts at all.
///
/// # Errors
/// [`Error::ServiceDisabled`] where they may not.
pub fn check_registration(config: &Config) -> Result<()> {
    if is_registration_open(config) { Ok(()) } else { Err(Error::ServiceDisabled) }
}

/// Makes an account for a stranger and logs them in.
///
/// # Errors
/// [`Error::ServiceDisabled`], [`Error::TooManyRequests`], [`Error::AlreadyExists`], or a fault.
pub fn register(
    app: &App,
    new: NewAccount,
    (device, public_key): &(Device, Option<PublicKey>),
    now: Timestamp,
) -> Result<OpenedSession> {
    check_registration(&app.config)?;
    // A name that is taken counts too: nobody shall find out by the thousand which are.
    let _counted = throttle::spend(app, vec![Budget::registration(device.ip)], now)?;
    let hash = app.hasher.hash(&new.password.0)?;
    let (user, session) = app.change(By::User(device), now, |tx| {
        let user = registration::insert(tx, new, hash, now)?;
        tx.happened(Event::AccountCreated, &user)?;
        let session = sessions::open(app, tx, &user, (device, public_key.as_ref()), now)?;
        Ok::<_, Error>((user, session))
    })?;
    email::invite(app, &user, Some(device), now);
    tracing::info!(event = %"account.registered", ip = %device.ip, user = session.user.public.username);
    Ok(session)
}

/// Finds out whether the account and the password belong together and may log in.
fn check_password(
    app: &App,
    attempt: &LoginAttempt,
    user: Option<User>,
    now: Timestamp,
) -> Result<User> {
    let hide = app.config.login.hide_unknown_users;
    let Some(user) = user else {
        if !hide {
            return Err(Error::UserNotFound);
        }
        // Costs what a check costs.
        app.hasher.hash(&attempt.password)?;
        return Err(WRONG_PASSWORD);
    };
    if !app.hasher.verify(&attempt.password, &user.password_hash)? {
        return Err(WRONG_PASSWORD);
    }
    if user.is_suspended(now) { Err(banned(app)) } else { Ok(user) }
}

/// What a user with the right password learns of a ban.
const fn banned(app: &App) -> Error {
    if app.config.login.hide_unknown_users {
        WRONG_PASSWORD
    } else {
        Error::UnAuthorized { action: "log in" }
    }
}

/// Whether a refusal says that somebody guessed; a disabled account or a fault of the server's own
/// does not.
const fn is_guess(error: &Error) -> bool {
    matches!(error, Error::UserNotFound | Error::WrongPassword { .. })
}

/// A hash with today's parameters, where the stored one has others.
fn fresh_hash(app: &App, attempt: &LoginAttempt, user: &User) -> Result<Option<String>> {
    let is_current = app.hasher.is_current(&user.password_hash);
    if is_current { Ok(None) } else { app.hasher.hash(&attempt.password).map(Some) }
}

/// Opens the session, unless the account has changed since it was checked: hashing takes its time.
fn enter(
    app: &App,
    tx: &Change<'_>,
    client: (&Device, Option<&PublicKey>),
    (checked, fresh_hash): (&User, Option<&str>),
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    let user = rows::find_by_id(tx, checked.id)?
        .filter(|user| user.password_changed_at == checked.password_changed_at)
        .filter(|user| user.has_same_factors(checked))
        .ok_or(WRONG_PASSWORD)?;
    if user.is_suspended(now) {
        return Err(banned(app));
    }
    if let Some(hash) = fresh_hash {
        rows::update_password_hash(tx, user.id, hash)?;
    }
    sessions::open(app, tx, &user, client, now).map(Box::new)
}

/// Under which name attempts are counted: the account's id, or, where there is none, a keyed hash
/// of what was typed, which may well be somebody's password in the wrong field.
fn account_key(app: &App, identifier: &Identifier, user: Option<&User>) -> String {
    user.map_or_else(
        || {
            let digest =
                hmac_sha256(&app.key.derive("unknown name"), identifier.to_string().as_bytes());
            format!("unknown-{:016x}", u64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8])))
        },
        |user| user.id.to_string(),
    )
}

#[cfg(test)]
mod tests;
