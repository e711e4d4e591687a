//! Accounts: how they are made, changed and shown.

use serde::Serialize;

use super::password::{MAX_LENGTH, Password};
use super::{App, throttle};
use crate::error::{Error, Result};
use crate::storage::users::{self, NewUser, User, UserId};
use crate::storage::{Connection, sessions};
use crate::time::Timestamp;

use super::identifier::Identifier;

/// A user as they see themselves: the sixteen keys of the contract, all always there.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct Profile {
    pub id: UserId,
    pub username: String,
    pub display: String,
    /// The address of the server that the user belongs to.
    pub server: String,
    /// The effective tags: stored, default and derived ones.
    pub tags: Vec<String>,
    pub bio: Option<String>,
    pub thumbnail: Option<String>,
    pub banner: Option<String>,
    pub links: Vec<String>,
    pub rank: i64,
    /// `null` for oneself.
    pub relations: Option<()>,
    pub email: Option<String>,
    pub email_verified: bool,
    pub created_at: Timestamp,
    pub home: Option<String>,
    pub twofa_enabled: bool,
}

/// An account to be.
pub struct Registration {
    /// In any case; kept in lower case.
    pub username: String,
    /// The username where there is none.
    pub display: Option<String>,
    /// Unverified at first.
    pub email: Option<String>,
    /// As long as the server wants for new ones.
    pub password: Password,
    /// Whether the user gets `sys:admin`.
    pub is_admin: bool,
}

/// Makes an account.
///
/// # Errors
/// [`Error::InvalidField`] for the first field that breaks its rule, [`Error::AlreadyExists`], or a fault.
pub fn register(app: &App, registration: Registration, now: Timestamp) -> Result<Profile> {
    let username = registration.username.to_ascii_lowercase();
    check("username", &username, "must be 3 to 16 of a-z, 0-9, _, . and -, and not digits alone", is_username)?;
    check_new_password(app, &registration.password)?;
    let display = registration.display.unwrap_or_else(|| username.clone());
    if let Some(email) = &registration.email {
        check("email", email, "must be an address of at most 320 characters", is_email)?;
    }
    check("display", &display, "must be between 3 and 32 characters long, without control characters", is_display)?;
    let new = NewUser {
        username,
        display,
        email: registration.email,
        password_hash: app.hasher.hash(&registration.password)?,
        is_admin: registration.is_admin,
        created_at: now,
    };
    let user = app.db.write(|connection| {
        let id = users::insert(connection, &new)?;
        users::find_by_id(connection, id)?.ok_or(Error::UserNotFound)
    })?;
    Ok(profile(app, user, now))
}

/// Whether nobody has registered yet.
///
/// # Errors
/// The database fails.
pub fn is_empty(app: &App) -> Result<bool> {
    Ok(!app.db.read(users::exists_any)?)
}

/// The user of that name, id or verified address.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn find(app: &App, name: &str, now: Timestamp) -> Result<Profile> {
    app.db.read(|connection| by_name(app, connection, name)).map(|user| profile(app, user, now))
}

/// The users whose name, display name or address contains `text`, by id.
///
/// # Errors
/// The database fails.
pub fn search(app: &App, text: &str, now: Timestamp) -> Result<Vec<Profile>> {
    let found = app.db.read(|connection| users::list(connection, text))?;
    Ok(found.into_iter().map(|user| profile(app, user, now)).collect())
}

/// Sets another password; ends every session of the user, and forgets what was counted against them.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::InvalidField`] where the password is too short or too long, or a fault.
pub fn change_password(app: &App, name: &str, password: &Password, now: Timestamp) -> Result<()> {
    check_new_password(app, password)?;
    let hash = app.hasher.hash(password)?;
    app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        users::update_password(connection, user.id, &hash, now)?;
        sessions::delete_all_of(connection, user.id)?;
        throttle::forgive(connection, &user.id.to_string())
    })
}

/// Bans a user until then, or for good; ends all of their sessions.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn disable(app: &App, name: &str, reason: Option<&str>, until: Option<Timestamp>, now: Timestamp) -> Result<()> {
    app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        users::update_ban(connection, user.id, Some(now), until, reason)?;
        sessions::delete_all_of(connection, user.id)
    })
}

/// Ends a ban.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn enable(app: &App, name: &str) -> Result<()> {
    app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        users::update_ban(connection, user.id, None, None, None)
    })
}

/// Finds the user that an operator names.
pub(super) fn by_name(app: &App, connection: &Connection, name: &str) -> Result<User> {
    let identifier = Identifier::parse(name, app.config.server.address.as_str()).ok_or(Error::UserNotFound)?;
    identifier.find(connection)?.ok_or(Error::UserNotFound)
}

/// How a user sees themselves.
#[must_use]
pub fn profile(app: &App, user: User, now: Timestamp) -> Profile {
    Profile {
        tags: tags(app, &user, now),
        id: user.id,
        username: user.username,
        display: user.display,
        server: app.config.server.address.to_string(),
        bio: user.bio,
        thumbnail: user.thumbnail,
        banner: user.banner,
        links: user.links,
        rank: user.rank,
        relations: None,
        email: user.email,
        email_verified: user.email_verified,
        created_at: user.created_at,
        home: user.home,
        twofa_enabled: user.has_totp,
    }
}

/// Whether a ban holds.
pub(super) fn is_banned(user: &User, now: Timestamp) -> bool {
    user.banned_at.is_some_and(|from| from <= now) && user.banned_until.is_none_or(|until| now < until)
}

fn tags(app: &App, user: &User, now: Timestamp) -> Vec<String> {
    let derived =
        [(user.is_admin, "sys:admin"), (user.rank == 0, "sys:unverified"), (is_banned(user, now), "sys:blacklisted")];
    let all = (user.tags.iter().cloned())
        .chain(app.config.users.default_tags.iter().map(|tag| format!("dft:{tag}")))
        .chain(derived.into_iter().filter(|(holds, _)| *holds).map(|(_, tag)| tag.into()));
    let mut tags = Vec::new();
    for tag in all {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn check(field: &'static str, value: &str, rule: &'static str, holds: fn(&str) -> bool) -> Result<()> {
    if holds(value) { Ok(()) } else { Err(Error::InvalidField { field, rule }) }
}

fn check_new_password(app: &App, password: &Password) -> Result<()> {
    let rule = match password.length() {
        length if length < app.config.password.min_length.get() as usize => {
            "is shorter than the server wants (password.min_length)"
        }
        length if length > MAX_LENGTH => "must be at most 128 characters long",
        _ => return Ok(()),
    };
    Err(Error::InvalidField { field: "password", rule })
}

fn is_username(name: &str) -> bool {
    let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    (3..=16).contains(&name.len()) && name.bytes().all(plain) && !name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_display(name: &str) -> bool {
    (3..=32).contains(&name.chars().count()) && !name.contains(char::is_control) && name.trim() == name
}

fn is_email(address: &str) -> bool {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    let parts = address.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    parts && address.chars().count() <= 320 && !address.contains(odd)
}

#[cfg(test)]
mod tests;
