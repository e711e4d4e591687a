//! New accounts: made by an operator, by the first start, or by a registration
//! ([`crate::domain::auth`]).

use crate::config::{self, Config};
use crate::domain::App;
use crate::domain::accounts::fields::{Display, Email, Username};
use crate::domain::accounts::inspection::{Account, account};
use crate::domain::accounts::new_password::{Names, NewPassword};
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::audit::account::beginning;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::reveal::Reveal;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::users::{self, NewUser, User};
use crate::time::Timestamp;

/// The data of a new account.
pub(crate) struct NewAccount {
    /// The username.
    pub username: Username,
    /// The password, which follows the configured rules.
    pub password: NewPassword,
    /// The email address, which starts unverified.
    pub email: Option<Email>,
    /// The display name; by default the username.
    pub display: Option<Display>,
    /// Whether the user gets `sys:admin`.
    pub is_admin: bool,
}

impl<'a> From<&'a NewAccount> for Names<'a> {
    fn from(account: &'a NewAccount) -> Self {
        Self {
            username: account.username.as_ref(),
            display: account.display.as_ref().map(AsRef::as_ref),
            email: account.email.as_ref().map(AsRef::as_ref),
        }
    }
}

/// Creates an account. `reveal` may show its password if that was generated.
///
/// # Errors
/// [`Error::AlreadyExists`], [`Error::GuessablePassword`], a fault, or an error of `reveal`.
pub(crate) fn register<E: From<Error>>(
    app: &App,
    new: NewAccount,
    now: Timestamp,
    reveal: impl Reveal<Account, E>,
) -> Result<Profile, E> {
    let hash = app.hasher.hash(new.password.of(&(&new).into())?)?;
    app.change(By::Operator, now, |tx| {
        let user = insert(tx, new, hash, now)?;
        tx.happened_with(Event::AccountCreated, &user, beginning(&user))?;
        let shown = account(app, tx, &user, now)?;
        reveal(&shown)?;
        Ok(shown.profile)
    })
}

/// Whether there are any accounts.
pub(crate) fn has_users(app: &App) -> Result<bool> {
    app.db.read(users::exists_any)
}

/// Creates the first account as [`register`] does. Does nothing if there is an account already.
///
/// # Errors
/// [`Error::GuessablePassword`], a fault, or an error of `reveal`.
pub(crate) fn register_first<E: From<Error>>(
    app: &App,
    account: NewAccount,
    now: Timestamp,
    reveal: impl Reveal<Profile, E>,
) -> Result<(), E> {
    if has_users(app)? {
        return Ok(());
    }
    let hash = app.hasher.hash(account.password.of(&(&account).into())?)?;
    app.change(By::Operator, now, |tx| {
        // Another process may have created one since the check above.
        if users::exists_any(tx)? {
            return Ok(());
        }
        let user = insert(tx, account, hash, now)?;
        tx.happened_with(Event::AccountCreated, &user, beginning(&user))?;
        reveal(&profile(app, &user, now))
    })
}

/// Stores a new account.
pub(crate) fn insert(
    connection: &Connection,
    new: NewAccount,
    password_hash: String,
    now: Timestamp,
) -> Result<User> {
    new.email.as_ref().map_or(Ok(()), Email::check_reachable)?;
    let username = new.username.into_text();
    let new = NewUser {
        display: new.display.map_or_else(|| username.clone(), Display::into_text),
        username,
        email: new.email.map(Email::into_text),
        password_hash,
        is_admin: new.is_admin,
        created_at: now,
    };
    let id = users::insert(connection, &new)?;
    users::find_by_id(connection, id)?.ok_or(Error::UserNotFound)
}

/// Whether every visitor may register an account.
#[must_use]
pub(crate) fn is_registration_open(config: &Config) -> bool {
    config.users.registration == config::Registration::Open
}
