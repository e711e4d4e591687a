//! Second factors. Start at [`check`], which decides whether a code is accepted. [`totp`] and
//! [`email`] enable and disable the two factors, [`recovery`] and [`sent`] make the codes that the
//! server issues, and [`challenge`] represents a login that waits for a code.

mod challenge;
mod check;
mod code;
pub(crate) mod demand;
pub(crate) mod email;
pub(in crate::domain) mod first;
pub(crate) mod operator;
pub(crate) mod recovery;
mod sent;
pub(crate) mod shown;
pub(crate) mod totp;

use crate::domain::App;
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::storage::{
    Connection, recovery_codes, sent_codes, sessions, shown_codes, totp_enrollments,
};
use crate::time::Timestamp;
pub(crate) use challenge::{mails_code_on_demand, user as challenged};
pub(crate) use check::verify;
pub(in crate::domain) use check::{by_code, with_factor};
pub use code::Code;
use recovery::RecoveryCodes;
pub(in crate::domain) use sent::{LIFETIME as SENT_CODE_LIFETIME, make as make_sent_code};
use shown::Delivery;
pub(in crate::domain) use shown::SHOWN_FOR;
pub(in crate::domain) use totp::{ENROLLMENT_LIFETIME, latest_step, step_of};

/// Completes a change of factor: records it, ends every session but the one that made it, and
/// deletes a pending enrolment, which has to be started again.
pub(in crate::domain) fn changed(
    tx: &Change<'_>,
    event: Event,
    user: &User,
    by: Option<&Principal>,
) -> Result<()> {
    sessions::delete_all_of(tx, user.id, by.map(|principal| principal.session))?;
    totp_enrollments::delete_of(tx, user.id)?;
    tx.happened(event, user)
}

/// Deletes the recovery codes and sent codes of a user who has no second factor left.
pub(in crate::domain) fn delete_unneeded_codes(connection: &Connection, user: &User) -> Result<()> {
    if user.has_second_factor() {
        return Ok(());
    }
    recovery_codes::delete_all_of(connection, user.id)?;
    shown_codes::delete_of(connection, user.id)?;
    sent_codes::delete_all_of(connection, user.id)
}

/// Gives a user new recovery codes, by a code of any factor.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a second factor, [`Error::VerificationRequired`],
/// [`Error::WrongCode`], [`Error::TooManyRequests`], or a fault.
pub(crate) fn renew_recovery_codes(
    app: &App,
    principal: &Principal,
    code: Option<&Code>,
    delivery: Delivery,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    let user = &principal.user;
    check_enabled(user)?;
    with_factor(app, principal.actor(), code, now, |tx| {
        check_open(tx, principal, now)?;
        tx.happened(Event::RecoveryCodesRenewed, user)?;
        shown::renew(app, tx, principal, delivery, now)
    })
}

fn check_enabled(user: &User) -> Result<()> {
    if user.has_second_factor() { Ok(()) } else { Err(Error::ServiceDisabled) }
}

#[cfg(test)]
mod tests;
