//! Second factors: which there are, and how a code is accepted.

mod challenge;
pub mod email;
pub mod operator;
pub mod recovery;
mod sent;
pub mod totp;

use zeroize::Zeroizing;

use super::App;
use super::audit::{self, Event};
use super::sessions::{Device, Principal};
use super::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::storage::sent_codes::{self, Way};
use crate::storage::users::User;
use crate::storage::{Connection, recovery_codes, sessions, totp_enrollments};
use crate::time::Timestamp;
pub use challenge::{Challenge, user as challenged};
use recovery::RecoveryCodes;

/// Where something leads that may need the second factor.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// To the second factor.
    VerificationRequired(Challenge),
}

/// A second factor's code, with the name of the field that it came in.
pub struct Code {
    field: &'static str,
    kind: CodeKind,
}

enum CodeKind {
    Digits(Zeroizing<String>),
    Recovery(Zeroizing<String>),
}

impl Code {
    /// Takes six ASCII digits, or a recovery code with or without its dash, in any case.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for anything else.
    pub fn parse(field: &'static str, text: String) -> Result<Self> {
        let text = Zeroizing::new(text);
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self { field, kind: CodeKind::Digits(text) });
        }
        let letters = recovery::letters(&text).ok_or(Error::InvalidCode { field })?;
        Ok(Self { field, kind: CodeKind::Recovery(letters) })
    }

    fn digits(&self) -> Option<&str> {
        match &self.kind {
            CodeKind::Digits(digits) => Some(digits),
            CodeKind::Recovery(_) => None,
        }
    }

    /// A code that is wrong, stale or used: all the same to whoever sent it.
    const fn refused(&self) -> Error {
        Error::WrongCode { field: self.field }
    }
}

/// What a code turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// Right; it is used up now.
    Right,
    /// A recovery code that was left; it is used up now.
    Recovery,
    /// Right once, but used already: no guess.
    Used,
    Wrong,
}

/// Whether a user has a second factor.
#[must_use]
pub const fn is_on(user: &User) -> bool {
    user.has_totp || user.has_email_factor
}

/// Whether a user has the same factors on as when they were looked up first.
pub(super) const fn are_as_in(user: &User, before: &User) -> bool {
    user.has_totp == before.has_totp && user.has_email_factor == before.has_email_factor
}

/// Makes a change: at once where the user has no second factor, else in one transaction with the acceptance of a code.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::WrongCode`], a fault, or what `change` returns.
pub(super) fn with_factor<T>(
    app: &App,
    (user, device): (&User, &Device),
    code: Option<&Code>,
    now: Timestamp,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<Outcome<T>> {
    match code {
        _ if !is_on(user) => app.db.write(change),
        None => return challenge::demand(app, user, device, now).map(Outcome::VerificationRequired),
        Some(code) => accept(app, (user, device), code, now, change),
    }
    .map(Outcome::Done)
}

/// Makes a change in one transaction with the acceptance of a code: that code is good for this change and no other.
fn accept<T>(
    app: &App,
    (user, device): (&User, &Device),
    code: &Code,
    now: Timestamp,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    // Opened before the attempt is counted: a fault is no guess.
    let totp = code.digits().map(|_| totp::live(app, user.id)).transpose()?.flatten();
    let mut proof = Proof::Used;
    let prove = |connection: &Connection| {
        proof = match &code.kind {
            CodeKind::Recovery(letters) => recovery::spend(app, connection, user.id, letters, now)?,
            CodeKind::Digits(digits) => {
                let by_app = totp.as_ref().map_or(Ok(Proof::Wrong), |totp| totp.spend(connection, digits, now))?;
                let ways: &[Way] = if user.has_email_factor { &[Way::Email, Way::Operator] } else { &[Way::Operator] };
                let by_us = || sent::spend(app, connection, (user.id, ways), digits, now);
                if by_app == Proof::Wrong { by_us()? } else { by_app }
            }
        };
        if proof == Proof::Recovery {
            audit::record(app, connection, (Event::RecoveryCodeUsed, user), Some(device), now)?;
        }
        Ok(proof)
    };
    let accepted = spend_alone(app, (user, code), prove, now, change);
    match (proof, totp) {
        (Proof::Recovery, _) if accepted.is_ok() => app.notify(user, Some(device), Event::RecoveryCodeUsed, now),
        (Proof::Wrong, Some(totp)) => totp.log_skew(code, now),
        _ => (),
    }
    accepted
}

/// The same, where `prove` alone says what the code is. Every attempt is counted before; a right one is given back.
fn spend_alone<T>(
    app: &App,
    (user, code): (&User, &Code),
    prove: impl FnOnce(&Connection) -> Result<Proof>,
    now: Timestamp,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let spent = throttle::spend(app, vec![Budget::code(&user.id.to_string())], now)?;
    let mut is_right = false;
    let changed = app.db.write(|connection| match prove(connection)? {
        Proof::Right | Proof::Recovery => {
            is_right = true;
            spent.refund(connection)?;
            change(connection).map(Some)
        }
        Proof::Used => spent.refund(connection).map(|()| None),
        Proof::Wrong => sent_codes::update_tries(connection, user.id).map(|()| None),
    });
    if changed.is_err() && is_right {
        // The code is unused, as all of it is undone; but it was no guess.
        app.db.write(|connection| spent.refund(connection))?;
    }
    changed?.ok_or_else(|| code.refused())
}

/// Whether a code of the user's second factor is right; it is used up by it.
///
/// # Errors
/// [`Error::TooManyRequests`], or a fault.
pub fn verify(app: &App, principal: &Principal, code: &Code, now: Timestamp) -> Result<bool> {
    // Nobody should lose a recovery code to a question.
    if !is_on(&principal.user) || code.digits().is_none() {
        return Ok(false);
    }
    match accept(app, (&principal.user, &principal.device), code, now, |_| Ok(())) {
        Ok(()) => Ok(true),
        Err(Error::WrongCode { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What follows from a change of factor: it is noted, and every session ends but the one that made it.
fn changed(
    app: &App,
    connection: &Connection,
    (event, user): (Event, &User),
    by: Option<&Principal>,
    now: Timestamp,
) -> Result<()> {
    sessions::delete_all_of(connection, user.id, by.map(|principal| principal.session))?;
    // What was set up before does not count after.
    totp_enrollments::delete_of(connection, user.id)?;
    audit::record(app, connection, (event, user), by.map(|principal| &principal.device), now)
}

/// Deletes the codes of a user who has no second factor any more.
pub(super) fn forget_the_rest(connection: &Connection, user: &User) -> Result<()> {
    if is_on(user) {
        return Ok(());
    }
    recovery_codes::delete_all_of(connection, user.id)?;
    sent_codes::delete_all_of(connection, user.id)
}

/// Gives a user new recovery codes, by a code of any factor.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a second factor, [`Error::WrongCode`],
/// [`Error::TooManyRequests`], or a fault.
pub fn renew_recovery_codes(
    app: &App,
    principal: &Principal,
    code: Option<&Code>,
    now: Timestamp,
) -> Result<Outcome<RecoveryCodes>> {
    let (user, device) = (&principal.user, &principal.device);
    check_on(user)?;
    let outcome = with_factor(app, (user, device), code, now, |connection| {
        super::sessions::check_open(connection, principal, now)?;
        audit::record(app, connection, (Event::RecoveryCodesRenewed, user), Some(device), now)?;
        recovery::renew(app, connection, user.id)
    })?;
    if matches!(outcome, Outcome::Done(_)) {
        app.notify(user, Some(device), Event::RecoveryCodesRenewed, now);
    }
    Ok(outcome)
}

fn check_on(user: &User) -> Result<()> {
    if is_on(user) { Ok(()) } else { Err(Error::ServiceDisabled) }
}

#[cfg(test)]
mod tests;
