//! The confirmation of email addresses, by a link that is mailed to them.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::App;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::email::check_service;
use crate::domain::mail;
use crate::domain::mail::messages::Message;
use crate::domain::principal::{Device, Principal};
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::storage::email_confirmations::{self, NewEmailConfirmation};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long a link is valid.
const LINK_LIFETIME: Duration = Duration::from_hours(24);

/// Mails a new link to the principal.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::AlreadyValid`],
/// [`Error::EmailMissing`], [`Error::TooManyRequests`], or a fault.
pub(crate) fn resend(app: &App, principal: &Principal, now: Timestamp) -> Result<()> {
    check_service(app)?;
    match &*principal.user {
        user if user.email_verified => Err(Error::AlreadyValid),
        User { email: None, .. } => Err(Error::EmailMissing),
        user => mail_link(app, user, Some(&principal.device), now),
    }
}

/// Mails a link to a user, unless the address is confirmed or no mail server is configured. Returns
/// whether it did: a user who has reached the limit can ask for a link later.
pub(crate) fn mail_link_if_unverified(
    app: &App,
    user: &User,
    device: Option<&Device>,
    now: Timestamp,
) -> bool {
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
    let _counted = throttle::consume(app, Limit::mailed_link(user.id), now)?;
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    app.db.write(|connection| {
        let link = NewEmailConfirmation {
            token_sha256: &hash(&token),
            user_id: user.id,
            email: address,
            expires_at: now.after(LINK_LIFETIME),
        };
        email_confirmations::insert(connection, link, now)
    })?;
    let url =
        format!("{}/email/confirmation?token={}", app.config.server.public_url, token.as_str());
    app.mail_to(user, device, &Message::Confirmation(&url));
    Ok(())
}

/// Confirms the address that a link was mailed to.
///
/// # Errors
/// [`Error::NotFound`] if the link is unknown, used or expired, or was mailed to an address that is
/// no longer the user's; or a fault.
pub(crate) fn confirm(app: &App, token: &str, device: &Device, now: Timestamp) -> Result<()> {
    app.change(By::User(device), now, |tx| {
        let gone = Error::NotFound { what: "Token" };
        let Some(link) = email_confirmations::find_active(tx, &hash(token), now)? else {
            return Err(gone);
        };
        let user = users::find_by_id(tx, link.user_id)?
            .filter(|user| user.email.as_ref() == Some(&link.email));
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
