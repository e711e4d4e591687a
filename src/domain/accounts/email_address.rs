//! A user's own email address: set and removed.

use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation::resend;
use crate::domain::factors::Code;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Sets the principal's address, and mails a link that confirms it where there is a mail server.
/// Returns whether one is on its way.
///
/// # Errors
/// [`Error::AlreadyValid`] where it is confirmed already, what [`resend`] returns where it is the
/// same, and what [`edit`] returns.
pub(crate) fn set(
    app: &App,
    principal: &Principal,
    email: Email,
    code: Option<Code>,
    now: Timestamp,
) -> Result<bool> {
    if principal.user.email.as_deref() == Some(email.as_str()) {
        return match &principal.user {
            user if user.email_verified => Err(Error::AlreadyValid),
            _ if app.mailer.is_on() => resend(app, principal, now).map(|()| true),
            _ => Ok(false),
        };
    }
    let changes = Changes { email: Some(Clearable::Holds(email)), ..Changes::default() };
    edit(
        app,
        principal,
        Edit { changes, password: None, check: PasswordCheck::NotRequired, code },
        now,
    )
    .map(|edited| edited.is_link_mailed)
}

/// Removes the principal's address, and the factor of codes that went there.
///
/// # Errors
/// [`Error::EmailMissing`], and what [`edit`] returns.
pub(crate) fn remove(
    app: &App,
    principal: &Principal,
    code: Option<Code>,
    now: Timestamp,
) -> Result<()> {
    if principal.user.email.is_none() {
        return Err(Error::EmailMissing);
    }
    let changes = Changes { email: Some(Clearable::Cleared), ..Changes::default() };
    edit(
        app,
        principal,
        Edit { changes, password: None, check: PasswordCheck::NotRequired, code },
        now,
    )
    .map(drop)
}
