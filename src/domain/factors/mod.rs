//! Second factors: which there are, and how a code is accepted.

mod challenge;
pub mod email;
pub mod operator;
pub mod recovery;
mod sent;
pub mod totp;

use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::principal::{Device, Principal};
use crate::domain::throttle::{self, Budget};
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
pub(crate) enum Proof {
    /// Right; it is used up now.
    Right,
    /// A recovery code that was left; it is used up now.
    Recovery,
    /// Right once, but used already: no guess.
    Used,
    Wrong,
}

/// Makes a change: at once where the user has no second factor, else in one transaction with the
/// acceptance of a code.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::WrongCode`], a fault, or what `change` returns.
pub(crate) fn with_factor<T>(
    app: &App,
    (user, device): (&User, &Device),
    code: Option<&Code>,
    now: Timestamp,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<Outcome<T>> {
    match code {
        _ if !user.has_second_factor() => app.change(By::User(device), now, change),
        None => {
            return challenge::demand(app, user, device, now).map(Outcome::VerificationRequired);
        }
        Some(code) => accept(app, Attempt { user, device, code }, now, change),
    }
    .map(Outcome::Done)
}

/// A code that somebody shows.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    user: &'a User,
    device: &'a Device,
    code: &'a Code,
}

/// Makes a change in one transaction with the acceptance of a code: that code is good for this
/// change and no other.
fn accept<T>(
    app: &App,
    attempt: Attempt<'_>,
    now: Timestamp,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<T> {
    let Attempt { user, code, .. } = attempt;
    // Opened before the attempt is counted: a fault is no guess.
    let totp = code.digits().map(|_| totp::live(app, user.id)).transpose()?.flatten();
    let mut proof = Proof::Used;
    let prove = |tx: &Change<'_>| {
        proof = match &code.kind {
            CodeKind::Recovery(letters) => recovery::spend(app, tx, user.id, letters, now)?,
            CodeKind::Digits(digits) => {
                let by_app =
                    totp.as_ref().map_or(Ok(Proof::Wrong), |totp| totp.spend(tx, digits, now))?;
                let ways: &[Way] = if user.has_email_factor {
                    &[Way::Email, Way::Operator]
                } else {
                    &[Way::Operator]
                };
                let by_us = || sent::spend(app, tx, (user.id, ways), digits, now);
                if by_app == Proof::Wrong { by_us()? } else { by_app }
            }
        };
        if proof == Proof::Recovery {
            tx.happened(Event::RecoveryCodeUsed, user)?;
        }
        Ok(proof)
    };
    let accepted = consume_code(app, attempt, now, prove, change);
    if let (Proof::Wrong, Some(totp)) = (proof, totp) {
        totp.log_skew(code, now);
    }
    accepted
}

/// Counts an attempt, asks `prove` what the code is, and makes a change where it is right, in one
/// transaction. An attempt that was no guess is given back.
fn consume_code<T>(
    app: &App,
    Attempt { user, device, code }: Attempt<'_>,
    now: Timestamp,
    prove: impl FnOnce(&Change<'_>) -> Result<Proof>,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<T> {
    let spent = throttle::spend(app, vec![Budget::code(&user.id.to_string())], now)?;
    let mut is_right = false;
    let changed = app.change(By::User(device), now, |tx| match prove(tx)? {
        Proof::Right | Proof::Recovery => {
            is_right = true;
            spent.refund(tx)?;
            change(tx).map(Some)
        }
        Proof::Used => spent.refund(tx).map(|()| None),
        Proof::Wrong => sent_codes::update_tries(tx, user.id).map(|()| None),
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
    if !principal.user.has_second_factor() || code.digits().is_none() {
        return Ok(false);
    }
    let attempt = Attempt { user: &principal.user, device: &principal.device, code };
    match accept(app, attempt, now, |_| Ok(())) {
        Ok(()) => Ok(true),
        Err(Error::WrongCode { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What follows from a change of factor: it is recorded, and every session ends but the one that
/// made it.
fn changed(tx: &Change<'_>, event: Event, user: &User, by: Option<&Principal>) -> Result<()> {
    sessions::delete_all_of(tx, user.id, by.map(|principal| principal.session))?;
    // What was set up before does not count after.
    totp_enrollments::delete_of(tx, user.id)?;
    tx.happened(event, user)
}

/// Deletes the codes of a user who has no second factor any more.
pub(crate) fn forget_the_rest(connection: &Connection, user: &User) -> Result<()> {
    if user.has_second_factor() {
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
    with_factor(app, (user, device), code, now, |tx| {
        crate::domain::sessions::check_open(tx, principal, now)?;
        tx.happened(Event::RecoveryCodesRenewed, user)?;
        recovery::renew(app, tx, user.id)
    })
}

fn check_on(user: &User) -> Result<()> {
    if user.has_second_factor() { Ok(()) } else { Err(Error::ServiceDisabled) }
}

#[cfg(test)]
mod tests;
