//! Requests of users who have forgotten their password. The answer is the same for every name, in
//! the same time: it is given before anything is looked up.

use std::net::IpAddr;
use std::time::Duration;

use super::{insert, url};
use crate::domain::App;
use crate::domain::accounts::identifier::all_named;
use crate::domain::change::By;
use crate::domain::mail::messages::{Message, NoLink};
use crate::domain::mail::{self, Purpose, Sending};
use crate::domain::principal::Device;
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::storage::password_links::Maker;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// How long a mailed link is good.
pub(crate) const LINK_LIFETIME: Duration = Duration::from_hours(1);

/// Whether links are mailed: whether a mail server is configured.
pub(crate) fn is_on(app: &App) -> bool {
    app.mailer.is_on()
}

/// Counts a request, whatever it names.
///
/// # Errors
/// [`Error::ServiceDisabled`] without a mail server, [`Error::TooManyRequests`], or a fault.
pub(crate) fn count(app: &App, ip: IpAddr, now: Timestamp) -> Result<()> {
    if !is_on(app) {
        return Err(Error::ServiceDisabled);
    }
    throttle::consume(app, vec![Limit::password_link(ip)], now).map(drop)
}

/// Mails a link to every account that `name` names, by a username, an id or an address: to a
/// confirmed address, and to another one a mail that says how to go on without. The caller does not
/// learn what was mailed.
///
/// # Errors
/// A fault.
pub(crate) fn mail(app: &App, name: &str, device: &Device, now: Timestamp) -> Result<()> {
    let users = app.db.read(|connection| all_named(app, connection, name))?;
    users.iter().try_for_each(|user| mail_to_owner(app, user, device, now))
}

fn mail_to_owner(app: &App, user: &User, device: &Device, now: Timestamp) -> Result<()> {
    if !user.email.as_deref().is_some_and(mail::can_reach) {
        tracing::info!(account = %user.id, "no password link was mailed: there is no address");
        return Ok(());
    }
    let _counted = match throttle::consume(app, Limit::mailed_password_link(user.id), now) {
        Err(error @ Error::TooManyRequests { .. }) => {
            tracing::info!(account = %user.id, %error, "no password link was mailed");
            return Ok(());
        }
        counted => counted?,
    };
    let refuse =
        |reason| app.mail_to(user, Some(device), &Message::NoPasswordLink(reason), Purpose::Notice);
    let sending = if !user.email_verified {
        refuse(NoLink::Unconfirmed)
    } else if user.is_suspended(now) {
        refuse(NoLink::Suspended { until: user.suspended_until })
    } else {
        mail_link(app, user, device, now)?
    };
    // The log says what is refused.
    drop(sending);
    Ok(())
}

fn mail_link(app: &App, user: &User, device: &Device, now: Timestamp) -> Result<Sending> {
    let secret = app.change(By::Client(device), now, |tx| {
        // A command may have changed the account meanwhile.
        let is_same = |now_is: &User| now_is.email == user.email && now_is.email_verified;
        let current = users::find_by_id(tx, user.id)?.filter(is_same);
        let current = current.filter(|current| !current.is_suspended(now));
        let current = current.ok_or(Error::UserNotFound)?;
        insert(tx, &current, Maker::Mail, now, now.after(LINK_LIFETIME))
    })?;
    let purpose = Purpose::PasswordLink { user: user.id, secret_sha256: super::hash(&secret) };
    let message = Message::PasswordLink { url: &url(app, &secret), username: &user.username };
    Ok(app.mail_to(user, Some(device), &message, purpose))
}
