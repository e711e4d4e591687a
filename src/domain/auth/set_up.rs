//! A login that first sets up the second factor that the server demands.

use super::log::{Attempted, log_attempt};
use super::{Checked, Repeat, open_session};
use crate::domain::App;
use crate::domain::factors::first::{self, Enroller, FirstFactor};
use crate::domain::factors::totp::Enrollment;
use crate::domain::factors::{Code, email, totp};
use crate::domain::mail::Sending;
use crate::domain::pending_login::{self, SetUp};
use crate::domain::principal::{Actor, Client, Device};
use crate::domain::sessions::OpenedSession;
use crate::domain::sessions::repeat as repeats;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

/// What the page of the set-up shows.
pub(crate) struct Offer {
    pub user: User,
    /// The authenticator app.
    pub app: Enrollment,
    /// Whether codes by mail can be chosen instead.
    pub has_mail: bool,
}

/// What a pending login can set up.
///
/// # Errors
/// [`Error::InvalidChallenge`] if it has expired, or if the user has a second factor by now; or a
/// fault.
pub(crate) fn offer(app: &App, proof: &str, now: Timestamp) -> Result<Offer> {
    let SetUp { user, secret } = find(app, proof, now)?;
    let has_mail = app.mailer.is_on() && user.email_verified;
    Ok(Offer { app: totp::enrollment(app, &user, &secret)?, user, has_mail })
}

/// The user of a pending login, who may have a second factor by now.
///
/// # Errors
/// [`Error::InvalidChallenge`], or a fault.
pub(crate) fn user(app: &App, proof: &str, now: Timestamp) -> Result<User> {
    pending_login::read_set_up(app, proof, now).map(|pending| pending.user)
}

/// Mails a code that enables codes by mail; `None` if one was sent a moment ago.
///
/// # Errors
/// Those of [`offer`], and of [`email::send_first`].
pub(crate) fn send_code(
    app: &App,
    proof: &str,
    device: &Device,
    now: Timestamp,
) -> Result<Option<Sending>> {
    let SetUp { user, .. } = find(app, proof, now)?;
    email::send_first(app, Actor { user: &user, device }, now)
}

fn find(app: &App, proof: &str, now: Timestamp) -> Result<SetUp> {
    let pending = pending_login::read_set_up(app, proof, now)?;
    if pending.user.has_second_factor() { Err(Error::InvalidChallenge) } else { Ok(pending) }
}

/// The code of the factor that a user has chosen.
pub(crate) enum Chosen {
    /// The first code of the authenticator app.
    App(Code),
    /// A code that was mailed.
    Mail(Code),
}

/// Enables the factor and opens the session. The same form, sent again by its browser, leads into
/// the session that the first one opened.
///
/// # Errors
/// [`Error::InvalidChallenge`], [`Error::TooManyRequests`], [`Error::WrongCode`],
/// [`Error::EmailNotVerified`], [`Error::LoginPending`] where the address must be confirmed; or a
/// fault.
pub(crate) fn finish(
    app: &App,
    proof: &str,
    chosen: Chosen,
    client: &Client,
    now: Timestamp,
) -> Result<Box<OpenedSession>> {
    let SetUp { user, secret } = pending_login::read_set_up(app, proof, now)?;
    let factor = match chosen {
        Chosen::App(code) => FirstFactor::App { secret, code },
        Chosen::Mail(code) => FirstFactor::Mail { code },
    };
    let sent = Repeat::Challenge(proof.into()).sent(client, Some(factor.code()));
    let checked = Checked { user, fresh_hash: None, sent };
    let user = &checked.user;
    log_attempt(app, Attempted::by(user, &client.device, now), || {
        if user.has_second_factor() {
            return repeated(app, &checked, now);
        }
        let enroller = Enroller { user, client };
        let opened = first::enable(app, enroller, &factor, now, |tx, current| {
            // The password must still be the one that was proven.
            let password_changed_at = user.password_changed_at;
            let user = User { password_changed_at, ..current.clone() };
            let checked = Checked { user, fresh_hash: None, sent: checked.sent.clone() };
            open_session(app, tx, &checked, client, now)
        });
        match opened {
            // The same form may have run at the same time, or the password was changed.
            Err(Error::InvalidChallenge | Error::WrongPassword { .. }) => {
                repeated(app, &checked, now)
            }
            opened => opened,
        }
    })
}

/// The session that the same form has opened before.
fn repeated(app: &App, checked: &Checked, now: Timestamp) -> Result<Box<OpenedSession>> {
    let Some(sent) = &checked.sent else { return Err(Error::InvalidChallenge) };
    let find = |connection: &_| repeats::find(app, connection, &checked.user, sent, now);
    app.db.read(find)?.map(Box::new).ok_or(Error::InvalidChallenge)
}
