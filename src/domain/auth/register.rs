//! Registering an account, which logs its user in unless the login has to wait.

use super::Repeat;
use super::admission::{self, Way};
use crate::config::{self, Config};
use crate::domain::accounts::new_password::Names;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::registration::{self, NewAccount};
use crate::domain::audit::account::beginning;
use crate::domain::change::{By, Change};
use crate::domain::email_confirmation::{self, LinkMail};
use crate::domain::event::Event;
use crate::domain::principal::Client;
use crate::domain::sessions::OpenedSession;
use crate::domain::sessions::repeat as repeats;
use crate::domain::throttle::{self, Limit};
use crate::domain::{App, invitations};
use crate::error::{AccountField, Error, PendingLogin, Result};
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

/// How a registration ended, and what became of the link that confirms the address.
pub(crate) struct Registered {
    pub entry: Entry,
    pub link: LinkMail,
}

/// What a new account has been given.
pub(crate) enum Entry {
    /// Its first session.
    Session(Box<OpenedSession>),
    /// None yet: its user has to do something else before the first login.
    Pending { user: Box<Profile>, login: Box<PendingLogin> },
}

/// A new account with its entry.
struct Made {
    user: User,
    entry: Entry,
}

/// Registers an account and logs its user in, unless that has to wait. A registration that its
/// browser sends again leads into the session that the first one opened.
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
    let entered =
        |session| Registered { entry: Entry::Session(Box::new(session)), link: LinkMail::None };
    repeated.map_or(registered, |session| Ok(entered(session)))
}

/// Registers an account and logs its user in. An invitation is used up only if the account is made.
///
/// # Errors
/// [`Error::ServiceDisabled`] if registration is closed, or if it needs an invitation and none is
/// given; [`Error::InvalidAccountField`] if it needs an address and none is given;
/// [`Error::TooManyRequests`]; [`Error::InvalidInvitation`]; [`Error::GuessablePassword`];
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
    // What is refused for its fields counts no attempt.
    account.password.of(&Names::from(&account))?;
    if invite.is_none() {
        check_email(&app.config, &account)?;
    }
    // A registration of a taken username is counted as well, so that usernames cannot be
    // enumerated.
    let _counted = throttle::consume(app, vec![Limit::registration(client.device.ip)], now)?;
    let invitation = invite.map(|code| invitations::find(app, &code, now)).transpose()?;
    if let Some(invitation) = &invitation {
        account.email = invitation.choose_email(account.email)?;
    }
    check_email(&app.config, &account)?;
    let names = Names::from(&account);
    let hash = app.hasher.hash(account.password.of(&names)?)?;
    let Made { user, entry } = app.change(By::User(&client.device), now, |tx| {
        let mut user = registration::insert(tx, account, hash, now)?;
        if let Some(invitation) = &invitation {
            invitation.apply(tx, &mut user)?;
        }
        if app.config.users.require_email && !user.email_verified {
            user.awaits_confirmation = true;
            users::update(tx, &user)?;
        }
        let invitation = invitation.as_ref().map(|invitation| invitation.id);
        let values = beginning(&user).with("invitation", None::<u32>, invitation);
        tx.happened_with(Event::AccountCreated, &user, values)?;
        let entry = enter(app, tx, &user, &Visit { client, repeat }, now)?;
        Ok::<_, Error>(Made { user, entry })
    })?;
    let link = email_confirmation::mail_link_if_unverified(app, &user, Some(&client.device), now);
    tracing::info!(event = %"account.registered", ip = %client.device.ip, user = user.username);
    Ok(Registered { entry, link })
}

/// Checks that a registration has an address, where it needs one.
fn check_email(config: &Config, account: &NewAccount) -> Result<()> {
    if config.users.require_email && account.email.is_none() {
        return Err(Error::invalid_account(AccountField::Email, "must be given"));
    }
    Ok(())
}

/// From where a registration came, and by what a repeat of it is known.
struct Visit<'a> {
    client: &'a Client,
    repeat: Repeat,
}

/// Opens the first session of a new account, unless that has to wait.
fn enter(
    app: &App,
    tx: &Change<'_>,
    user: &User,
    visit: &Visit<'_>,
    now: Timestamp,
) -> Result<Entry> {
    match admission::check(app, user, Way::Password { held: None }, now) {
        Ok(()) => (),
        Err(Error::LoginPending(login)) => {
            return Ok(Entry::Pending { user: Box::new(profile(app, user, now)), login });
        }
        Err(error) => return Err(error),
    }
    let session = admission::admit(app, tx, user, visit.client, now)?;
    if let Some(sent) = visit.repeat.sent(visit.client, None) {
        repeats::remember(app, tx, session.id, user, &sent)?;
    }
    Ok(Entry::Session(Box::new(session)))
}
