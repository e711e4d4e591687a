//! An account as its operator sees it.

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::last_administrator::is_last;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::suspension::Suspension;
use crate::domain::lockouts::{self, Lockout};
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::sessions::{self, SessionsOf};
use crate::storage::users::{self, User};
use crate::time::Timestamp;
use crate::words::Language;

/// An account as its operator sees it.
pub(crate) struct Account {
    /// The user's own view of the account.
    pub profile: Profile,
    /// Whether there is a password. An account that was imported may have none.
    pub has_password: bool,
    /// The suspension, if one is in force.
    pub suspension: Option<Suspension>,
    /// The language of mails and pages, if the user or the operator chose one.
    pub language: Option<Language>,
    /// How many sessions are open.
    pub sessions: u32,
    /// When the user logged in for the last time.
    pub last_login: Option<Timestamp>,
    /// What is refused after too many attempts.
    pub lockouts: Vec<Lockout>,
    /// Whether it is the only administrator who can log in.
    pub is_last_administrator: bool,
}

/// The account with this username, id or email address, as its operator sees it.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`] for a name of several accounts, or a fault.
pub(crate) fn inspect(app: &App, name: &str, now: Timestamp) -> Result<Account> {
    app.db.read(|connection| {
        let user = by_name(app, connection, name)?;
        account(app, connection, &user, now)
    })
}

/// An account as its operator sees it.
pub(in crate::domain) fn account(
    app: &App,
    connection: &Connection,
    user: &User,
    now: Timestamp,
) -> Result<Account> {
    let sessions = sessions::count_of(connection, SessionsOf { user_id: user.id, ip: None }, now)?;
    Ok(Account {
        profile: profile(app, user, now),
        has_password: user.has_password(),
        suspension: Suspension::of(user, now),
        language: user.language,
        sessions,
        last_login: users::find_last_login(connection, user.id)?,
        lockouts: lockouts::list_of(app, connection, user.id, now)?,
        is_last_administrator: is_last(connection, user, now)?,
    })
}
