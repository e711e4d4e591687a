//! Setting and removing a user's own email address.

use crate::domain::App;
use crate::domain::accounts::changes::{Changes, is_email_of};
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::email_confirmation::{LinkMail, resend};
use crate::domain::factors::Code;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Sets the principal's address and, if a mail server is configured, mails a link that confirms it.
/// Returns what became of the link.
///
/// # Errors
/// [`Error::AlreadyValid`] if the same address is confirmed already, and the errors of [`resend`]
/// and [`edit`].
pub(crate) fn set(
    app: &App,
    principal: &Principal,
    email: Email,
    code: Option<Code>,
    now: Timestamp,
) -> Result<LinkMail> {
    if is_email_of(&principal.user, Some(email.as_str())) {
        return match &principal.user {
            user if user.email_verified => Err(Error::AlreadyValid),
            _ if app.mailer.is_on() => resend(app, principal, now).map(LinkMail::Sending),
            _ => Ok(LinkMail::NotMailed(Error::ServiceDisabled)),
        };
    }
    let changes = Changes { email: Some(Clearable::Holds(email)), ..Changes::default() };
    edit(
        app,
        principal,
        Edit { changes, password: None, check: PasswordCheck::NotRequired, code },
        now,
    )
    .map(|edited| edited.link)
}

/// Removes the principal's address, which also disables codes by mail as a factor.
///
/// # Errors
/// [`Error::EmailMissing`], and the errors of [`edit`].
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
