//! The confirmation of email addresses, by a link that is mailed to them.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::App;
use crate::domain::change::By;
use crate::domain::factors::email::check_service;
use crate::domain::mail::messages::Message;
use crate::domain::mail::{self, Awaited, Purpose, Sending};
use crate::domain::pending_login;
use crate::domain::principal::{Device, Principal};
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::normalization::secret_of_link;
use crate::storage::Connection;
use crate::storage::email_confirmations::{self, NewEmailConfirmation};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long a link is valid.
pub(in crate::domain) const LINK_LIFETIME: Duration = Duration::from_hours(24);

/// Mails a new link to the principal.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::AlreadyValid`],
/// [`Error::EmailMissing`], [`Error::TooManyRequests`], or a fault.
pub(crate) fn resend(app: &App, principal: &Principal, now: Timestamp) -> Result<Sending> {
    check_service(app)?;
    match &*principal.user {
        user if user.email_verified => Err(Error::AlreadyValid),
        User { email: None, .. } => Err(Error::EmailMissing),
        user => mail_link(app, user, Some(&principal.device), now),
    }
}

/// Mails a new link to the user of a login that waits for the confirmation of the address.
///
/// # Errors
/// Those of [`pending_login::to_confirm`] and of [`resend`].
pub(crate) fn resend_pending(
    app: &App,
    proof: &str,
    device: &Device,
    now: Timestamp,
) -> Result<Sending> {
    check_service(app)?;
    let user = pending_login::to_confirm(app, proof, now)?;
    mail_link(app, &user, Some(device), now)
}

/// What became of the link that a new address needs.
pub(crate) enum LinkMail {
    /// The address is confirmed, or removed.
    None,
    Sending(Sending),
    /// None was mailed, for this reason. The user can ask for one later.
    NotMailed(Error),
}

/// Mails a link to a user, unless the address is confirmed.
pub(crate) fn mail_link_if_unverified(
    app: &App,
    user: &User,
    device: Option<&Device>,
    now: Timestamp,
) -> LinkMail {
    if user.email.is_none() || user.email_verified {
        return LinkMail::None;
    }
    if !app.mailer.is_on() {
        return LinkMail::NotMailed(Error::ServiceDisabled);
    }
    mail_link(app, user, device, now).map_or_else(
        |error| {
            tracing::warn!(account = %user.id, %error, "a link was not mailed");
            LinkMail::NotMailed(error)
        },
        LinkMail::Sending,
    )
}

fn mail_link(app: &App, user: &User, device: Option<&Device>, now: Timestamp) -> Result<Sending> {
    let address = user.email.as_deref().unwrap_or_default();
    if !mail::can_reach(address) {
        return Err(Error::EmailUnreachable);
    }
    let _counted = match throttle::consume(app, Limit::mailed_link(user.id), now) {
        Ok(counted) => counted,
        Err(error) => return app.mailer.delayed(user, Awaited::Link).ok_or(error),
    };
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    let token_sha256 = hash(&token);
    app.db.write(|connection| {
        let link = NewEmailConfirmation {
            token_sha256: &token_sha256,
            user_id: user.id,
            email: address,
            expires_at: now.after(LINK_LIFETIME),
        };
        email_confirmations::insert(connection, link)
    })?;
    let url =
        format!("{}/email/confirmation?token={}", app.config.server.public_url, token.as_str());
    let purpose = Purpose::Link { user: user.id, token_sha256 };
    Ok(app.mail_to(user, device, &Message::Confirmation(&url), purpose))
}

/// What a link did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    Now,
    /// The address was confirmed before, by this link or by another one.
    Before,
}

/// Confirms the address that a link was mailed to. The link stays until it expires, to tell that it
/// was used.
///
/// # Errors
/// [`Error::NotFound`] if the link is unknown or expired, or was mailed to an address that is
/// no longer the user's; or a fault.
pub(crate) fn confirm(
    app: &App,
    token: &str,
    device: &Device,
    now: Timestamp,
) -> Result<Confirmed> {
    app.change(By::User(device), now, |tx| {
        let before = find_user(tx, token, now)?;
        if before.email_verified {
            return Ok(Confirmed::Before);
        }
        let user = User { email_verified: true, ..before.clone() };
        users::update(tx, &user)?;
        tx.edited(&before, &user)?;
        Ok(Confirmed::Now)
    })
}

/// [`confirm`] for the API, where a link that did nothing is refused: it is good once.
///
/// # Errors
/// As [`confirm`], and [`Error::NotFound`] where the address was confirmed before.
pub(crate) fn confirm_once(app: &App, token: &str, device: &Device, now: Timestamp) -> Result<()> {
    match confirm(app, token, device, now)? {
        Confirmed::Now => Ok(()),
        Confirmed::Before => Err(GONE),
    }
}

/// The address that a link confirms.
pub(crate) struct LinkedAddress {
    pub address: Option<String>,
    pub is_confirmed: bool,
}

/// The address that a link confirms; `None` if the link is no longer good.
pub(crate) fn linked_address(
    app: &App,
    token: &str,
    now: Timestamp,
) -> Result<Option<LinkedAddress>> {
    match app.db.read(|connection| find_user(connection, token, now)) {
        Ok(user) => {
            Ok(Some(LinkedAddress { address: user.email, is_confirmed: user.email_verified }))
        }
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

const GONE: Error = Error::NotFound { what: "Token" };

/// The user whose present address a link was mailed to.
fn find_user(connection: &Connection, token: &str, now: Timestamp) -> Result<User> {
    let link = email_confirmations::find_active(connection, &hash(secret_of_link(token)), now)?
        .ok_or(GONE)?;
    users::find_by_id(connection, link.user_id)?
        .filter(|user| user.email.as_ref() == Some(&link.email))
        .ok_or(GONE)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
