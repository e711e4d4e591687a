//! Registering an account, which logs its user in.

use super::Repeat;
use crate::config::{self, Config};
use crate::domain::accounts::new_password::Names;
use crate::domain::accounts::registration::{self, NewAccount};
use crate::domain::audit::account::beginning;
use crate::domain::change::By;
use crate::domain::email_confirmation::{self, LinkMail};
use crate::domain::event::Event;
use crate::domain::principal::Client;
use crate::domain::sessions::repeat as repeats;
use crate::domain::sessions::{self, OpenedSession};
use crate::domain::throttle::{self, Limit};
use crate::domain::{App, invitations};
use crate::error::{Error, Result};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// A new account that a visitor asks for.
pub(crate) struct Registration {
    /// The account.
    pub account: NewAccount,
    /// The code of an invitation.
    pub invite: Option<String>,
    /// By what a repeat of the registration is known.
    pub repeat: Repeat,
}

/// Checks that visitors may register accounts, if only by an invitation.
///
/// # Errors
/// [`Error::ServiceDisabled`] if registration is closed.
pub(crate) fn check_registration(config: &Config) -> Result<()> {
    match config.users.registration {
        config::Registration::Closed => Err(Error::ServiceDisabled),
        config::Registration::Open | config::Registration::Invite => Ok(()),
    }
}

/// Checks that a visitor has an invitation, where registration needs one.
///
/// # Errors
/// [`Error::ServiceDisabled`].
pub(crate) fn check_invited(config: &Config, invite: Option<&str>) -> Result<()> {
    match config.users.registration {
        config::Registration::Invite if invite.is_none() => Err(Error::ServiceDisabled),
        _ => Ok(()),
    }
}

/// The session of a new account, and what became of the link that confirms its address.
pub(crate) struct Registered {
    pub session: OpenedSession,
    pub link: LinkMail,
}

/// A new account with its first session.
struct Opened {
    user: User,
    session: OpenedSession,
}

/// Registers an account and logs its user in. A registration that its browser sends again leads
/// into the session that the first one opened.
///
/// # Errors
/// Those of [`register_once`].
pub(crate) fn register(
    app: &App,
    new: Registration,
    client: &Client,
    now: Timestamp,
) -> Result<Registered> {
    let username = new.account.username.clone().into_text();
    let sent = new.repeat.sent(client, None);
    let registered = register_once(app, new, client, now);
    let (Err(Error::AlreadyExists(_) | Error::InvalidInvitation { .. }), Some(sent)) =
        (&registered, &sent)
    else {
        return registered;
    };
    let repeated =
        app.db.read(|connection| match users::find_by_username(connection, &username)? {
            Some(user) => repeats::find(app, connection, &user, sent, now),
            None => Ok(None),
        })?;
    repeated.map_or(registered, |session| Ok(Registered { session, link: LinkMail::None }))
}

/// Registers an account and logs its user in. An invitation is used up only if the account is made.
///
/// # Errors
/// [`Error::ServiceDisabled`] if registration is closed, or if it needs an invitation and none is
/// given; [`Error::TooManyRequests`]; [`Error::InvalidInvitation`]; [`Error::GuessablePassword`];
/// [`Error::AlreadyExists`]; or a fault.
fn register_once(
    app: &App,
    new: Registration,
    client: &Client,
    now: Timestamp,
) -> Result<Registered> {
    check_registration(&app.config)?;
    let Registration { mut account, invite, repeat } = new;
    check_invited(&app.config, invite.as_deref())?;
    // A password that is refused counts no attempt.
    account.password.of(&Names::from(&account))?;
    // A registration of a taken username is counted as well, so that usernames cannot be
    // enumerated.
    let _counted = throttle::consume(app, vec![Limit::registration(client.device.ip)], now)?;
    let invitation = invite.map(|code| invitations::find(app, &code, now)).transpose()?;
    if let Some(invitation) = &invitation {
        account.email = invitation.choose_email(account.email)?;
    }
    let names = Names::from(&account);
    let hash = app.hasher.hash(account.password.of(&names)?)?;
    let Opened { user, session } = app.change(By::User(&client.device), now, |tx| {
        let mut user = registration::insert(tx, account, hash, now)?;
        if let Some(invitation) = &invitation {
            invitation.apply(tx, &mut user)?;
        }
        let invitation = invitation.as_ref().map(|invitation| invitation.id);
        let values = beginning(&user).with("invitation", None::<u32>, invitation);
        tx.happened_with(Event::AccountCreated, &user, values)?;
        let session = sessions::open(app, tx, &user, client, now)?;
        if let Some(sent) = repeat.sent(client, None) {
            repeats::remember(app, tx, session.id, &user, &sent)?;
        }
        Ok::<_, Error>(Opened { user, session })
    })?;
    let link = email_confirmation::mail_link_if_unverified(app, &user, Some(&client.device), now);
    let username = &session.user.public.username;
    tracing::info!(event = %"account.registered", ip = %client.device.ip, user = username);
    Ok(Registered { session, link })
}
