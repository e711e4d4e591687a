//! How a code is checked. The attempt is counted before the check, and the code is consumed in the
//! same transaction as the change that it authorizes.

use crate::domain::App;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::factors::code::{CodeKind, Proof};
use crate::domain::factors::totp::ActiveTotp;
use crate::domain::factors::{Code, challenge, recovery, sent, totp};
use crate::domain::passkeys;
use crate::domain::principal::{Actor, Principal};
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::storage::sent_codes::{self, Channel};
use crate::time::Timestamp;

/// Makes a change, which needs a code if the user has a second factor.
///
/// # Errors
/// [`Error::VerificationRequired`] if a code is needed and none was sent,
/// [`Error::TooManyRequests`], [`Error::WrongCode`], a fault, or an error of `change`.
pub(in crate::domain) fn with_factor<T>(
    app: &App,
    actor: Actor<'_>,
    code: Option<&Code>,
    now: Timestamp,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<T> {
    if !actor.user.has_second_factor() {
        return app.change(By::User(actor.device), now, change);
    }
    let Some(code) = code else { return Err(challenge::demand(app, actor, now)?) };
    by_code(app, actor, code, now, change)
}

/// Makes a change by a code, also if no second factor is on: a user with a passkey gets codes by
/// it.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::WrongCode`], a fault, or an error of `change`.
pub(in crate::domain) fn by_code<T>(
    app: &App,
    actor: Actor<'_>,
    code: &Code,
    now: Timestamp,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<T> {
    with_code(app, &CodeAttempt { actor, code, accepts: Accepts::EveryFactor }, now, change)
}

/// A code that a user typed, and the kinds of code that are accepted.
pub(super) struct CodeAttempt<'a> {
    pub actor: Actor<'a>,
    pub code: &'a Code,
    pub accepts: Accepts,
}

/// The kinds of code that an attempt accepts.
#[derive(PartialEq, Eq)]
pub(super) enum Accepts {
    /// A code of any factor that is on, a recovery code, or a code from the operator or of a
    /// passkey.
    EveryFactor,
    /// Only a mailed code, which proves that the user reads mail to the address.
    MailedCode,
}

/// Makes a change that needs a code. The check of the code and the change are one transaction, so a
/// code authorizes one change. The attempt is counted before it, and refunded unless it was a wrong
/// guess.
pub(super) fn with_code<T>(
    app: &App,
    attempt: &CodeAttempt<'_>,
    now: Timestamp,
    change: impl FnOnce(&Change<'_>) -> Result<T>,
) -> Result<T> {
    let user = attempt.actor.user;
    // A secret that does not open is a fault of the server and not a guess, so it is opened before
    // the attempt is counted.
    let totp = match &attempt.code.kind {
        CodeKind::Digits(_) if attempt.accepts == Accepts::EveryFactor => {
            totp::active(app, user.id)?
        }
        _ => None,
    };
    let counted = throttle::consume(app, vec![Limit::code(user.id)], now)?;
    let changed = app.change(By::User(attempt.actor.device), now, |tx| {
        match check(app, tx, attempt, totp.as_ref(), now)? {
            Proof::Right => {
                counted.refund(tx)?;
                change(tx).map(Some).map_err(Failure::OfChange)
            }
            Proof::Used => {
                counted.refund(tx)?;
                Ok(None)
            }
            Proof::Wrong => {
                sent_codes::update_tries(tx, user.id)?;
                Ok(None)
            }
        }
    });
    match changed {
        Ok(changed) => changed.ok_or_else(|| attempt.code.refused()),
        Err(Failure::OfCheck(error)) => Err(error),
        Err(Failure::OfChange(error)) => {
            // The transaction was rolled back, and the refund with it; but the code was right.
            app.db.write(|connection| counted.refund(connection))?;
            Err(error)
        }
    }
}

/// Why the transaction was rolled back.
enum Failure {
    OfCheck(Error),
    OfChange(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::OfCheck(error)
    }
}

/// Checks a code, and consumes it if it is right.
fn check(
    app: &App,
    tx: &Change<'_>,
    attempt: &CodeAttempt<'_>,
    totp: Option<&ActiveTotp>,
    now: Timestamp,
) -> Result<Proof> {
    let user = attempt.actor.user;
    let is_mailed = attempt.accepts == Accepts::MailedCode;
    let digits = match &attempt.code.kind {
        CodeKind::Digits(digits) => digits,
        CodeKind::Recovery(_) if is_mailed => return Ok(Proof::Wrong),
        CodeKind::Recovery(normalized) => {
            let proof = recovery::consume(app, tx, user.id, normalized, now)?;
            if proof == Proof::Right {
                tx.happened(Event::RecoveryCodeUsed, user)?;
            }
            return Ok(proof);
        }
    };
    let accepted = [
        (Channel::Email, is_mailed || user.has_email_factor),
        (Channel::Operator, !is_mailed),
        // Once passkeys are switched off, the codes that they gave are worth nothing.
        (Channel::Passkey, !is_mailed && passkeys::is_on(&app.config)),
    ];
    let channels = accepted.into_iter().filter(|(_, is_accepted)| *is_accepted);
    let channels: Vec<Channel> = channels.map(|(channel, _)| channel).collect();
    let by_app = totp.map_or(Ok(Proof::Wrong), |totp| totp.consume(tx, digits, now))?;
    if by_app != Proof::Wrong {
        return Ok(by_app);
    }
    let sent = sent::SentCode { user: user.id, channels: &channels, digits };
    let proof = sent::consume(app, tx, &sent, now)?;
    if let (Proof::Wrong, Some(totp)) = (proof, totp) {
        totp.log_skew(attempt.code, now);
    }
    Ok(proof)
}

/// Whether a code of the user's second factor is right. That consumes the code. Recovery codes are
/// refused, since none should be lost to a question that changes nothing.
///
/// # Errors
/// [`Error::TooManyRequests`], or a fault.
pub(crate) fn verify(
    app: &App,
    principal: &Principal,
    code: &Code,
    now: Timestamp,
) -> Result<bool> {
    if !principal.user.has_second_factor() || code.digits().is_none() {
        return Ok(false);
    }
    let attempt = CodeAttempt { actor: principal.actor(), code, accepts: Accepts::EveryFactor };
    match with_code(app, &attempt, now, |_| Ok(())) {
        Ok(()) => Ok(true),
        Err(Error::WrongCode { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
