//! Addresses: confirmed by a link that only their owner gets.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::App;
use super::audit::{self, Event};
use super::factors::email::check_service;
use super::letters::Letter;
use super::mail;
use super::sessions::{Device, Principal};
use super::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::secret;
use crate::storage::email_confirmations;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long a link is good.
const LIFETIME: Duration = Duration::from_hours(24);

/// Mails another link to whoever is logged in.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::AlreadyValid`], [`Error::InvalidField`] where there is no
/// address, [`Error::TooManyRequests`], or a fault.
pub fn resend(app: &App, principal: &Principal, now: Timestamp) -> Result<()> {
    check_service(app)?;
    match &*principal.user {
        user if user.email_verified => Err(Error::AlreadyValid),
        User { email: None, .. } => Err(Error::invalid("email", "must be set first")),
        user => mail_link(app, user, Some(&principal.device), now),
    }
}

/// Mails a link to a user whose address is new, where there is a mail server; whoever has had too many asks again later.
pub(super) fn invite(app: &App, user: &User, device: Option<&Device>, now: Timestamp) {
    if !app.mailer.is_on() || user.email.is_none() || user.email_verified {
        return;
    }
    if let Err(error) = mail_link(app, user, device, now) {
        tracing::warn!(account = %user.id, %error, "a link was not mailed");
    }
}

fn mail_link(app: &App, user: &User, device: Option<&Device>, now: Timestamp) -> Result<()> {
    let address = user.email.as_deref().unwrap_or_default();
    if !mail::can_reach(address) {
        return Err(Error::invalid("email", "must be one that mail can be sent to"));
    }
    let _counted = throttle::spend(app, Budget::mails(&user.id.to_string()), now)?;
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(secret::random::<32>()?));
    app.db.write(|connection| {
        let times = (now, now.after(LIFETIME));
        email_confirmations::insert(connection, &hash(&token), (user.id, address), times)
    })?;
    let url = format!("{}/email/confirmation?token={}", app.config.server.public_url, token.as_str());
    app.mail_to(user, device, &Letter::Confirmation(&url));
    Ok(())
}

/// Confirms the address that a link was mailed to.
///
/// # Errors
/// [`Error::NotFound`] where the link is not one of ours, was used, is too old, or was mailed to an address that is no longer
/// the user's; or the database fails.
pub fn confirm(app: &App, token: &str, device: &Device, now: Timestamp) -> Result<()> {
    app.db.write(|connection| {
        let gone = Error::NotFound { what: "Token" };
        let Some((user, address)) = email_confirmations::find_active(connection, &hash(token), now)? else {
            return Err(gone);
        };
        let user = users::find_by_id(connection, user)?.filter(|user| user.email.as_deref() == Some(&*address));
        let mut user = user.ok_or(gone)?;
        user.email_verified = true;
        users::update(connection, &user)?;
        email_confirmations::delete_all_of(connection, user.id)?;
        audit::record(app, connection, (Event::EmailConfirmed, &user), Some(device), now)
    })
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
