//! Logging in ([`login`], or [`finish`] with a challenge), and registering an account
//! ([`register()`]). [`login`] is the whole rule of a login; the functions below it are its steps.

mod account;
pub(in crate::domain) mod admission;
pub(in crate::domain) mod log;
mod register;
mod repeat;
pub(crate) mod set_up;

use std::net::IpAddr;

use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::change::{By, Change};
use crate::domain::factors::{Code, challenged, with_factor};
use crate::domain::password::{Match, Password};
use crate::domain::principal::{Actor, Client};
use crate::domain::sessions::OpenedSession;
use crate::domain::sessions::repeat::{self as repeats, SentLogin};
use crate::domain::setup;
use crate::domain::throttle::{self, CountedAttempt};
use crate::error::{Error, Result};
use crate::storage::users::{self as rows, User};
use crate::time::Timestamp;
pub(in crate::domain) use account::hashed_name;
use account::{find_account, unknown_name};
use admission::Way;
use log::{Attempted, log_attempt, log_failure};
pub(crate) use register::{
    Entry, Registered, Registration, check_invited, check_registration, register,
};
pub(crate) use repeat::Repeat;

/// The credentials of a login, and the client that sends them.
pub(crate) struct LoginAttempt {
    /// The account to log in to.
    pub identifier: Identifier,
    /// The password.
    pub password: Password,
    /// The code of a second factor, if the client sent one.
    pub code: Option<Code>,
    /// The client: its device and its public key.
    pub client: Client,
    /// By what a repeat of the attempt is known.
    pub repeat: Repeat,
    /// The proof of a pending login in the browser, see [`set_up`].
    pub held: Option<String>,
}

const WRONG_PASSWORD: Error = Error::WrongPassword { field: "password" };

/// Logs a user in: finds the user, counts the attempt, checks the password, checks the second
/// factor and opens the session.
///
/// # Errors
/// In this order: [`Error::TooManyRequests`], [`Error::UserNotFound`], [`Error::WrongPassword`],
/// [`Error::Suspended`], [`Error::LoginPending`] if the address must be confirmed or a second
/// factor set up first, [`Error::VerificationRequired`] if a code is needed and none was sent,
/// [`Error::WrongCode`]; or a fault.
pub(crate) fn login(
    app: &App,
    attempt: &LoginAttempt,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    setup::note_login(app, &attempt.client.device, now);
    let account = find_account(app, attempt, now)?;
    let user = account.user.as_ref().map(|user| user.id);
    let device = &attempt.client.device;
    let attempted = Attempted { user, name: &account.name, device, at: now };
    log_attempt(app, attempted, || {
        let counted = throttle::consume(app, account.limits, now)?;
        let checked = check_password(app, attempt, account.user, &counted, now)?;

        // The right password is refunded. If a code follows, it is refunded at once, since codes
        // have a limit of their own; otherwise in the transaction that opens the session.
        if checked.user.has_second_factor() {
            app.db.write(|connection| counted.refund(connection))?;
            return open_by_code(app, &checked, attempt.code.as_ref(), &attempt.client, now);
        }
        app.change(By::User(&attempt.client.device), now, |tx| {
            counted.refund(tx)?;
            open_session(app, tx, &checked, &attempt.client, now)
        })
    })
}

/// Finishes a login that waits for its second factor. The challenge proves that the password was
/// right, since the pages do not keep the password between two forms.
///
/// # Errors
/// [`Error::InvalidChallenge`], [`Error::TooManyRequests`], [`Error::WrongCode`]; or a fault.
pub(crate) fn finish(
    app: &App,
    challenge: &str,
    code: &Code,
    client: &Client,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    let user = challenged(app, challenge, now)?;
    // Without a second factor, the challenge alone would log in.
    if !user.has_second_factor() {
        return Err(Error::InvalidChallenge);
    }
    let sent = Repeat::Challenge(challenge.into()).sent(client, Some(code));
    let checked = Checked { user, fresh_hash: None, sent };
    log_attempt(app, Attempted::by(&checked.user, &client.device, now), || {
        open_by_code(app, &checked, Some(code), client, now)
    })
}

/// Logs a login whose code cannot be one. It is refused before anything is checked or counted.
///
/// # Errors
/// [`Error::InvalidCode`], or a fault.
pub(crate) fn refuse_malformed_code<T>(
    app: &App,
    identifier: &Identifier,
    ip: IpAddr,
    refusal: Error,
) -> Result<T> {
    let user = app.db.read(|connection| identifier.find(connection))?;
    let name = user.map_or_else(|| unknown_name(app, identifier), |user| user.username);
    log_failure(app, &name, ip, &refusal);
    Err(refusal)
}

/// Opens the session by a code. A used code is refused, unless its own browser sends it again.
fn open_by_code(
    app: &App,
    checked: &Checked,
    code: Option<&Code>,
    client: &Client,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    let actor = Actor { user: &checked.user, device: &client.device };
    let opened =
        with_factor(app, actor, code, now, |tx| open_session(app, tx, checked, client, now));
    if let (Err(Error::WrongCode { .. }), Some(sent)) = (&opened, &checked.sent) {
        let find = |connection: &_| repeats::find(app, connection, &checked.user, sent, now);
        if let Some(session) = app.db.read(find)? {
            return Ok(Box::new(session));
        }
    }
    opened
}

/// Verifies the password and refunds the attempt if it failed for another reason, such as a
/// suspension or a fault: only a wrong guess stays counted.
fn check_password(
    app: &App,
    attempt: &LoginAttempt,
    user: Option<User>,
    counted: &CountedAttempt<'_>,
    now: Timestamp,
) -> Result<Checked> {
    let checked = verify_password(app, attempt, user, now);
    if let Err(error) = &checked
        && !matches!(error, Error::UserNotFound | Error::WrongPassword { .. })
    {
        app.db.write(|connection| counted.refund(connection))?;
    }
    checked
}

fn verify_password(
    app: &App,
    attempt: &LoginAttempt,
    user: Option<User>,
    now: Timestamp,
) -> Result<Checked> {
    let Some(user) = user else {
        if !app.config.login.hide_unknown_users {
            return Err(Error::UserNotFound);
        }
        // Hash anyway, so that the time of the response does not tell whether the account exists.
        app.verifier()?.hash_for_nobody(&attempt.password)?;
        return Err(WRONG_PASSWORD);
    };
    let found = app.verifier()?.verify(&attempt.password, &user.password_hash)?;
    if found == Match::Wrong {
        return Err(WRONG_PASSWORD);
    }
    let way = Way::Password { held: attempt.held.as_deref() };
    admission::check(app, &user, way, now)?;
    let is_current = found == Match::Right && app.hasher.is_current(&user.password_hash);
    let fresh_hash = if is_current { None } else { Some(app.hasher.hash(&attempt.password)?) };
    let sent = attempt.repeat.sent(&attempt.client, attempt.code.as_ref());
    Ok(Checked { user, fresh_hash, sent })
}

/// A user whose password was right.
struct Checked {
    user: User,
    /// A hash that replaces the stored one, if that has other parameters or is not of NFC.
    fresh_hash: Option<String>,
    /// What the browser sent, if a repeat of it is to be known.
    sent: Option<SentLogin>,
}

/// Opens the session, unless the account has changed since its password was verified. A hash takes
/// long enough for that to happen.
fn open_session(
    app: &App,
    tx: &Change<'_>,
    checked: &Checked,
    client: &Client,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    let user = rows::find_by_id(tx, checked.user.id)?
        .filter(|user| user.password_changed_at == checked.user.password_changed_at)
        .filter(|user| user.has_same_factors(&checked.user))
        .ok_or(WRONG_PASSWORD)?;
    admission::check(app, &user, Way::Password { held: None }, now)?;
    if let Some(hash) = &checked.fresh_hash {
        rows::update_password_hash(tx, user.id, hash)?;
    }
    let is_form = |sent: &&SentLogin| sent.proof.is_none();
    if let Some(sent) = checked.sent.as_ref().filter(is_form)
        && let Some(session) = repeats::find(app, tx, &user, sent, now)?
    {
        return Ok(Box::new(session));
    }
    let session = admission::admit(app, tx, &user, client, now)?;
    if let Some(sent) = &checked.sent {
        repeats::remember(app, tx, session.id, &user, sent)?;
    }
    Ok(Box::new(session))
}

#[cfg(test)]
mod tests;
