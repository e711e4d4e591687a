//! Codes by mail as a second factor: for users whose address is verified and who switched it on.

use crate::domain::App;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::factors::check::{Accepts, CodeAttempt, with_code};
use crate::domain::factors::code::Proof;
use crate::domain::factors::recovery::{self, RecoveryCodes};
use crate::domain::factors::sent::{self, SentCode};
use crate::domain::factors::{Code, challenge, changed, delete_unneeded_codes, with_factor};
use crate::domain::principal::{Actor, Device, Principal};
use crate::domain::sessions::check_open;
pub(crate) use crate::domain::throttle::MAIL_EVERY;
use crate::error::{Error, Result};
use crate::storage::sent_codes::{self, Channel};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// Who asks for a code by mail.
pub(crate) enum Asker {
    /// Whoever is logged in.
    Session(Box<Principal>),
    /// Whoever has shown a password.
    Challenge {
        /// As the login gave it out.
        text: String,
        /// Where they are.
        device: Device,
    },
}

/// Mails a code.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::InvalidChallenge`],
/// [`Error::EmailNotVerified`], [`Error::FactorNotEnabled`] where the code would be good for
/// nothing, [`Error::TooManyRequests`], or a fault.
pub(crate) fn send(app: &App, asker: Asker, now: Timestamp) -> Result<()> {
    check_service(app)?;
    match asker {
        Asker::Session(principal) if principal.user.email_verified => {
            sent::mail(app, principal.actor(), now)
        }
        Asker::Session(_) => Err(Error::EmailNotVerified),
        Asker::Challenge { text, device } => {
            let user = challenge::user(app, &text, now)?;
            if !user.has_email_factor {
                return Err(Error::FactorNotEnabled);
            }
            match sent::mail(app, Actor { user: &user, device: &device }, now) {
                // Clients ask for a code that the login itself has mailed.
                Err(Error::TooManyRequests { .. }) if is_just_mailed(app, &user, now)? => Ok(()),
                mailed => mailed,
            }
        }
    }
}

/// Whether codes can be mailed at all.
///
/// # Errors
/// [`Error::ServiceDisabled`] where they cannot.
pub(crate) fn check_service(app: &App) -> Result<()> {
    if app.mailer.is_on() { Ok(()) } else { Err(Error::ServiceDisabled) }
}

/// Whether a code that is still good was mailed to a user.
pub(crate) fn is_mailed(app: &App, user: &User, now: Timestamp) -> Result<bool> {
    let code = app
        .db
        .read(|connection| sent_codes::find_active(connection, user.id, Channel::Email, now))?;
    Ok(code.is_some_and(|code| !code.is_used))
}

/// Whether a code that is still good was mailed to a user within the time that one has to wait for
/// another.
fn is_just_mailed(app: &App, user: &User, now: Timestamp) -> Result<bool> {
    let code = app
        .db
        .read(|connection| sent_codes::find_active(connection, user.id, Channel::Email, now))?;
    let earliest_end = now.before(MAIL_EVERY).after(sent::LIFETIME);
    Ok(code.is_some_and(|code| !code.is_used && earliest_end < code.expires_at))
}

/// The codes that switch the factor on.
#[derive(Clone, Copy)]
pub(crate) struct EnablingCodes<'a> {
    /// The code that was mailed to the address.
    pub mailed: &'a Code,
    /// A code of the other factor, where one is on.
    pub other: Option<&'a Code>,
}

/// Switches the factor on, by a code that was mailed to the address, and where another factor is
/// on, by a code of that too; gives out recovery codes where there are none yet.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::WrongPassword`] by `check`, [`Error::ServiceDisabled`],
/// [`Error::AlreadyValid`], [`Error::EmailNotVerified`], [`Error::WrongCode`], or a fault.
pub(crate) fn enable(
    app: &App,
    principal: &Principal,
    codes: EnablingCodes<'_>,
    check: &PasswordCheck,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    let user = &principal.user;
    check.verify(app, user, now)?;
    check_service(app)?;
    if user.has_email_factor {
        return Err(Error::AlreadyValid);
    }
    if !user.email_verified {
        return Err(Error::EmailNotVerified);
    }
    let enable = |tx: &Change<'_>| switch_on(app, tx, principal, now);
    if !user.has_second_factor() {
        let accepts = Accepts::MailedCode;
        let attempt = CodeAttempt { actor: principal.actor(), code: codes.mailed, accepts };
        return with_code(app, &attempt, now, enable);
    }
    with_factor(app, principal.actor(), codes.other, now, |tx| {
        let digits = codes.mailed.digits().ok_or_else(|| codes.mailed.refused())?;
        let sent = SentCode { user: user.id, channels: &[Channel::Email], digits };
        match sent::consume(app, tx, &sent, now)? {
            Proof::Right => enable(tx),
            Proof::Used | Proof::Wrong => Err(codes.mailed.refused()),
        }
    })
}

fn switch_on(
    app: &App,
    tx: &Change<'_>,
    principal: &Principal,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    check_open(tx, principal, now)?;
    let user = &principal.user;
    // The code went to the address that was there then.
    let mut current = users::find_by_id(tx, user.id)?
        .filter(|current| current.email == user.email && current.email_verified)
        .ok_or(Error::NotLogged)?;
    let codes =
        if current.has_second_factor() { Vec::new() } else { recovery::renew(app, tx, user.id)? };
    current.has_email_factor = true;
    users::update(tx, &current)?;
    changed(tx, Event::EmailFactorEnabled, user, Some(principal))?;
    Ok(codes)
}

/// Switches the factor off, by a code of any factor.
///
/// # Errors
/// [`Error::FactorNotEnabled`], [`Error::WrongCode`], [`Error::TooManyRequests`], or a fault.
pub(crate) fn disable(
    app: &App,
    principal: &Principal,
    code: Option<&Code>,
    now: Timestamp,
) -> Result<()> {
    let user = &principal.user;
    if !user.has_email_factor {
        return Err(Error::FactorNotEnabled);
    }
    with_factor(app, principal.actor(), code, now, |tx| {
        check_open(tx, principal, now)?;
        let mut current = users::find_by_id(tx, user.id)?.ok_or(Error::NotLogged)?;
        current.has_email_factor = false;
        users::update(tx, &current)?;
        delete_unneeded_codes(tx, &current)?;
        changed(tx, Event::EmailFactorDisabled, user, Some(principal))
    })
}
