//! Accounts that wait for the confirmation of their address (`users.require_email`).

use std::time::Duration;

use crate::domain::accounts::changes::{self, is_email_of};
use crate::domain::accounts::fields::Email;
use crate::domain::change::By;
use crate::domain::email_confirmation::{LinkMail, mail_link_if_unverified, resend_pending};
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::domain::throttle::{self, Limit};
use crate::domain::{App, invitations, pending_login};
use crate::error::{Error, Result};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long an account waits. After that, its name and its address are free again.
pub(crate) const KEPT: Duration = Duration::from_hours(24 * 7);
/// How many accounts are removed in one transaction: few, so that no login waits for long.
const BATCH: u32 = 50;

/// Removes the accounts whose address was not confirmed in time, of which none was ever logged in
/// to. Where the address need not be confirmed any more, they stay.
pub(in crate::domain) fn remove(app: &App, now: Timestamp) -> Result<()> {
    if !app.config.users.require_email {
        return Ok(());
    }
    let before = now.before(KEPT);
    let remove_some = || {
        app.change(By::Server, now, |tx| {
            let found = users::list_unconfirmed(tx, before, BATCH)?;
            for user in &found {
                throttle::reset(tx, &user.id.to_string())?;
                tx.happened(Event::AccountExpired, user)?;
                users::delete(tx, user.id)?;
            }
            Ok::<_, Error>(found.len())
        })
    };
    while remove_some()? >= BATCH as usize {}
    Ok(())
}

/// Whether the address may be another one: an invitation for an address makes accounts with that
/// one alone.
///
/// # Errors
/// A fault.
pub(crate) fn may_correct(app: &App, user: &User) -> Result<bool> {
    app.db.read(|connection| invitations::binds_address_of(connection, user)).map(|binds| !binds)
}

/// Gives the account of a login that waits for the confirmation another address, and mails a link
/// there. Links to the old one end.
///
/// # Errors
/// Those of [`pending_login::to_confirm`] and of [`resend_pending`];
/// [`Error::InvalidAccountField`], [`Error::UnAuthorized`] if an invitation demands the address,
/// [`Error::AlreadyExists`], [`Error::TooManyRequests`]; or a fault.
pub(crate) fn correct(
    app: &App,
    proof: &str,
    email: Email,
    device: &Device,
    now: Timestamp,
) -> Result<LinkMail> {
    let user = pending_login::to_confirm(app, proof, now)?;
    if is_email_of(&user, Some(email.as_str())) {
        return resend_pending(app, proof, device, now).map(LinkMail::Sending);
    }
    email.check_reachable()?;
    if !may_correct(app, &user)? {
        return Err(Error::UnAuthorized { action: "change the address of an invitation" });
    }
    // As for a registration, so that the addresses of other accounts cannot be enumerated.
    let _counted = throttle::consume(app, vec![Limit::registration(device.ip)], now)?;
    let email = email.into_text();
    let corrected = app.change(By::User(device), now, |tx| {
        // The old address may have been confirmed meanwhile.
        let before = users::find_by_id(tx, user.id)?
            .filter(|current| current.must_confirm_address() && current.email == user.email)
            .ok_or(Error::AlreadyValid)?;
        let user = User { email: Some(email), ..before.clone() };
        changes::store(tx, &before, &user)?;
        Ok::<_, Error>(user)
    })?;
    Ok(mail_link_if_unverified(app, &corrected, Some(device), now))
}
