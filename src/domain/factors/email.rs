//! Codes by mail as a second factor, which users with a confirmed address can enable.

use crate::domain::App;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::factors::check::{Accepts, CodeAttempt, with_code};
use crate::domain::factors::code::Proof;
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::sent::{self, SentCode};
use crate::domain::factors::shown::{self, Delivery};
use crate::domain::factors::{
    Code, challenge, changed, delete_unneeded_codes, demand, with_factor,
};
use crate::domain::mail::{Awaited, Sending};
use crate::domain::principal::{Actor, Device, Principal};
use crate::domain::sessions::check_open;
pub(crate) use crate::domain::throttle::MAIL_EVERY;
use crate::error::{Error, Result};
use crate::storage::sent_codes::{self, Channel};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// The user who asks for a code by mail.
pub(crate) enum Asker {
    /// A user who is logged in.
    Session(Box<Principal>),
    /// A user who has shown the password, and whose login waits for a code.
    Challenge {
        /// The challenge, as the login returned it.
        text: String,
        /// The device that the request comes from.
        device: Device,
    },
}

/// Mails a code to the user who asks; `None` if one was sent a moment ago.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::InvalidChallenge`],
/// [`Error::EmailNotVerified`], [`Error::FactorNotEnabled`] if no login accepts such a code,
/// [`Error::TooManyRequests`], or a fault.
pub(crate) fn send(app: &App, asker: Asker, now: Timestamp) -> Result<Option<Sending>> {
    check_service(app)?;
    match asker {
        Asker::Session(principal) if principal.user.email_verified => {
            match sent::mail(app, principal.actor(), now) {
                // That the last one waits for the mail server says more than the limit. One that
                // has expired is not mailed any more.
                Err(error) if is_mailed(app, &principal.user, now)? => {
                    app.mailer.delayed(&principal.user, Awaited::Code).map(Some).ok_or(error)
                }
                mailed => mailed.map(Some),
            }
        }
        Asker::Session(_) => Err(Error::EmailNotVerified),
        Asker::Challenge { text, device } => {
            let user = challenge::user(app, &text, now)?;
            if !user.has_email_factor {
                return Err(Error::FactorNotEnabled);
            }
            mail_unless_just_mailed(app, Actor { user: &user, device: &device }, now)
        }
    }
}

/// Mails a code to a user whose login waits for the first second factor; `None` if one was sent a
/// moment ago.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::EmailNotVerified`],
/// [`Error::TooManyRequests`], or a fault.
pub(in crate::domain) fn send_first(
    app: &App,
    actor: Actor<'_>,
    now: Timestamp,
) -> Result<Option<Sending>> {
    check_service(app)?;
    if !actor.user.email_verified {
        return Err(Error::EmailNotVerified);
    }
    mail_unless_just_mailed(app, actor, now)
}

fn mail_unless_just_mailed(app: &App, actor: Actor<'_>, now: Timestamp) -> Result<Option<Sending>> {
    match sent::mail(app, actor, now) {
        // Some clients ask for a code although the login has just mailed one.
        Err(Error::TooManyRequests { .. }) if is_just_mailed(app, actor.user, now)? => {
            Ok(under_way(app, actor.user))
        }
        mailed => mailed.map(Some),
    }
}

/// Checks that a mail server is configured.
///
/// # Errors
/// [`Error::ServiceDisabled`] without one.
pub(crate) fn check_service(app: &App) -> Result<()> {
    if app.mailer.is_on() { Ok(()) } else { Err(Error::ServiceDisabled) }
}

/// The mail with a code that a user waits for, unless it is sent or given up.
pub(crate) fn under_way(app: &App, user: &User) -> Option<Sending> {
    app.mailer.under_way(user, Awaited::Code)
}

/// Whether a user waits for a code that the mail server does not take at the moment.
pub(crate) fn is_delayed(app: &App, user: &User) -> bool {
    app.mailer.delayed(user, Awaited::Code).is_some()
}

/// Whether a code was mailed to a user that is still valid.
pub(crate) fn is_mailed(app: &App, user: &User, now: Timestamp) -> Result<bool> {
    let code = app
        .db
        .read(|connection| sent_codes::find_active(connection, user.id, Channel::Email, now))?;
    Ok(code.is_some_and(|code| !code.is_used))
}

/// Whether a code was mailed to a user that is still valid, so recently that the limit does not
/// allow another one yet.
fn is_just_mailed(app: &App, user: &User, now: Timestamp) -> Result<bool> {
    let code = app
        .db
        .read(|connection| sent_codes::find_active(connection, user.id, Channel::Email, now))?;
    let is_recent = |end: Timestamp| end.before(sent::LIFETIME).is_recent(MAIL_EVERY, now);
    Ok(code.is_some_and(|code| !code.is_used && is_recent(code.expires_at)))
}

/// The codes that enable the factor.
#[derive(Clone, Copy)]
pub(crate) struct EnablingCodes<'a> {
    /// The code that was mailed to the address.
    pub mailed: &'a Code,
    /// A code of the other factor, if that is on.
    pub other: Option<&'a Code>,
    /// How the user gets recovery codes.
    pub delivery: Delivery,
}

/// Enables the factor. That needs a code that was mailed to the address and, if another factor is
/// on, a code of that one. Returns recovery codes if this is the first factor.
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
    let store = |tx: &Change<'_>| store_enabled(app, tx, principal, codes.delivery, now);
    if !user.has_second_factor() {
        let accepts = Accepts::MailedCode;
        let attempt = CodeAttempt { actor: principal.actor(), code: codes.mailed, accepts };
        return with_code(app, &attempt, now, store);
    }
    with_factor(app, principal.actor(), codes.other, now, |tx| {
        let digits = codes.mailed.digits().ok_or_else(|| codes.mailed.refused())?;
        let sent = SentCode { user: user.id, channels: &[Channel::Email], digits };
        match sent::consume(app, tx, &sent, now)? {
            Proof::Right => store(tx),
            Proof::Used | Proof::Wrong => Err(codes.mailed.refused()),
        }
    })
}

fn store_enabled(
    app: &App,
    tx: &Change<'_>,
    principal: &Principal,
    delivery: Delivery,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    check_open(tx, principal, now)?;
    let user = &principal.user;
    // The code was mailed to the address in `user`, which may have changed meanwhile.
    let mut current = users::find_by_id(tx, user.id)?
        .filter(|current| current.email == user.email && current.email_verified)
        .ok_or(Error::NotLogged)?;
    let codes = if current.has_second_factor() {
        Vec::new()
    } else {
        shown::renew(app, tx, principal, delivery, now)?
    };
    current.has_email_factor = true;
    users::update(tx, &current)?;
    changed(tx, Event::EmailFactorEnabled, user, Some(principal))?;
    Ok(codes)
}

/// Disables the factor, by a code of any factor.
///
/// # Errors
/// [`Error::FactorNotEnabled`], [`Error::FactorDemanded`], [`Error::WrongCode`],
/// [`Error::TooManyRequests`], or a fault.
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
    let without = User { has_email_factor: false, ..User::clone(user) };
    demand::check_kept(&app.config, user, &without, "type")?;
    with_factor(app, principal.actor(), code, now, |tx| {
        check_open(tx, principal, now)?;
        let mut current = users::find_by_id(tx, user.id)?.ok_or(Error::NotLogged)?;
        current.has_email_factor = false;
        demand::check_kept(&app.config, user, &current, "type")?;
        users::update(tx, &current)?;
        delete_unneeded_codes(tx, &current)?;
        changed(tx, Event::EmailFactorDisabled, user, Some(principal))
    })
}
