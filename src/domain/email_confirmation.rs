//! Addresses: confirmed by a link that only their owner gets.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Clearable, Email};
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::Code;
use crate::domain::factors::email::check_service;
use crate::domain::mail;
use crate::domain::mail::messages::Message;
use crate::domain::principal::{Device, Principal};
use crate::domain::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::storage::email_confirmations;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long a link is good.
const LIFETIME: Duration = Duration::from_hours(24);

/// Mails another link to whoever is logged in.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::AlreadyValid`],
/// [`Error::EmailMissing`], [`Error::TooManyRequests`], or a fault.
pub fn resend(app: &App, principal: &Principal, now: Timestamp) -> Result<()> {
    check_service(app)?;
    match &*principal.user {
        user if user.email_verified => Err(Error::AlreadyValid),
        User { email: None, .. } => Err(Error::EmailMissing),
        user => mail_link(app, user, Some(&principal.device), now),
    }
}

/// Sets the principal's address, and mails a link that confirms it where there is a mail server.
/// Returns whether one is on its way.
///
/// # Errors
/// [`Error::AlreadyValid`] where it is confirmed already, what [`resend`] returns where it is the
/// same, and what [`account::edit`] returns.
pub fn set_up(
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
    edit(app, principal, Edit { changes, password: None, code }, now)
        .map(|edited| edited.is_link_mailed)
}

/// Removes the principal's address, and the factor of codes that went there.
///
/// # Errors
/// [`Error::EmailMissing`], and what [`account::edit`] returns.
pub fn remove(app: &App, principal: &Principal, code: Option<Code>, now: Timestamp) -> Result<()> {
    if principal.user.email.is_none() {
        return Err(Error::EmailMissing);
    }
    let changes = Changes { email: Some(Clearable::Cleared), ..Changes::default() };
    edit(app, principal, Edit { changes, password: None, code }, now).map(drop)
}

/// Mails a link to a user whose address is new, where there is a mail server, and tells whether it
/// did; whoever has had too many asks again later.
pub(crate) fn invite(app: &App, user: &User, device: Option<&Device>, now: Timestamp) -> bool {
    if !app.mailer.is_on() || user.email.is_none() || user.email_verified {
        return false;
    }
    let mailed = mail_link(app, user, device, now);
    if let Err(error) = &mailed {
        tracing::warn!(account = %user.id, %error, "a link was not mailed");
    }
    mailed.is_ok()
}

fn mail_link(app: &App, user: &User, device: Option<&Device>, now: Timestamp) -> Result<()> {
    let address = user.email.as_deref().unwrap_or_default();
    if !mail::can_reach(address) {
        return Err(Error::EmailUnreachable);
    }
    let _counted = throttle::spend(app, Budget::links(&user.id.to_string()), now)?;
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    app.db.write(|connection| {
        let times = (now, now.after(LIFETIME));
        email_confirmations::insert(connection, &hash(&token), (user.id, address), times)
    })?;
    let url =
        format!("{}/email/confirmation?token={}", app.config.server.public_url, token.as_str());
    app.mail_to(user, device, &Message::Confirmation(&url));
    Ok(())
}

/// Confirms the address that a link was mailed to.
///
/// # Errors
/// [`Error::NotFound`] where the link is not one of ours, was used, is too old, or was mailed to an
/// address that is no longer the user's; or the database fails.
pub fn confirm(app: &App, token: &str, device: &Device, now: Timestamp) -> Result<()> {
    app.change(By::User(device), now, |tx| {
        let gone = Error::NotFound { what: "Token" };
        let Some((user, address)) = email_confirmations::find_active(tx, &hash(token), now)? else {
            return Err(gone);
        };
        let user =
            users::find_by_id(tx, user)?.filter(|user| user.email.as_deref() == Some(&*address));
        let mut user = user.ok_or(gone)?;
        user.email_verified = true;
        users::update(tx, &user)?;
        email_confirmations::delete_all_of(tx, user.id)?;
        tx.happened(Event::EmailConfirmed, &user)
    })
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
