//! The second factor that a login waits for: it is enabled in the transaction that opens the
//! session.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::factors::check::{Accepts, CodeAttempt, with_code};
use crate::domain::factors::shown::{self, Delivery};
use crate::domain::factors::{Code, changed, totp};
use crate::domain::principal::{Actor, Client, Principal};
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, Result};
use crate::storage::totp_factors;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// What enables a user's first second factor.
pub(crate) enum FirstFactor {
    /// The first code of an authenticator app with this secret.
    App { secret: Zeroizing<Vec<u8>>, code: Code },
    /// A code that was mailed to the address.
    Mail { code: Code },
}

impl FirstFactor {
    pub(in crate::domain) const fn code(&self) -> &Code {
        match self {
            Self::App { code, .. } | Self::Mail { code } => code,
        }
    }
}

/// A user who enables the first second factor, and the client that the session is opened for.
#[derive(Clone, Copy)]
pub(in crate::domain) struct Enroller<'a> {
    pub user: &'a User,
    pub client: &'a Client,
}

/// Enables the factor, and opens the session by `open`, which checks the user once more. The
/// recovery codes are shown in that session.
///
/// # Errors
/// [`Error::TooManyRequests`] and [`Error::WrongCode`], [`Error::InvalidChallenge`] if the user has
/// a second factor by now, [`Error::EmailNotVerified`], a fault, or an error of `open`.
pub(in crate::domain) fn enable(
    app: &App,
    enroller: Enroller<'_>,
    factor: &FirstFactor,
    now: Timestamp,
    open: impl FnOnce(&Change<'_>, &User) -> Result<Box<OpenedSession>>,
) -> Result<Box<OpenedSession>> {
    let Enroller { user, client } = enroller;
    match factor {
        FirstFactor::App { secret, code } => {
            let factor = totp::first_factor(app, user.id, secret, code, now)?;
            app.change(By::User(&client.device), now, |tx| {
                let user = without_factor(tx, user)?;
                if !totp_factors::insert(tx, &factor)? {
                    return Err(Error::InvalidChallenge);
                }
                changed(tx, Event::TotpEnabled, &user, None)?;
                enter(app, tx, enroller, now, open)
            })
        }
        FirstFactor::Mail { code } => {
            if !user.email_verified {
                return Err(Error::EmailNotVerified);
            }
            let actor = Actor { user, device: &client.device };
            let attempt = CodeAttempt { actor, code, accepts: Accepts::MailedCode };
            with_code(app, &attempt, now, |tx| {
                let current = without_factor(tx, user)?;
                // The code was mailed to the address in `user`.
                if current.email != user.email || !current.email_verified {
                    return Err(Error::InvalidChallenge);
                }
                users::update(tx, &User { has_email_factor: true, ..current.clone() })?;
                changed(tx, Event::EmailFactorEnabled, &current, None)?;
                enter(app, tx, enroller, now, open)
            })
        }
    }
}

/// The user as the transaction finds them, still without a factor.
fn without_factor(tx: &Change<'_>, user: &User) -> Result<User> {
    users::find_by_id(tx, user.id)?
        .filter(|current| !current.has_second_factor())
        .ok_or(Error::InvalidChallenge)
}

fn enter(
    app: &App,
    tx: &Change<'_>,
    enroller: Enroller<'_>,
    now: Timestamp,
    open: impl FnOnce(&Change<'_>, &User) -> Result<Box<OpenedSession>>,
) -> Result<Box<OpenedSession>> {
    let user = users::find_by_id(tx, enroller.user.id)?.ok_or(Error::InvalidChallenge)?;
    let session = open(tx, &user)?;
    let device = enroller.client.device.clone();
    let principal = Principal { session: session.id, user: Arc::new(user), device };
    shown::renew(app, tx, &principal, Delivery::Page, now)?;
    Ok(session)
}
