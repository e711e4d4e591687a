//! Links by which users set a new password without the present one: mailed to a user who has
//! forgotten it ([`request`]), or made by the operator, who never sees a password.
//!
//! A link is good once, until it expires. A user has one at most: a newer one ends the older, and
//! any change of the password or of the address and the end of the account end it, too. It is no
//! way around a second factor, since it opens no session.

pub(crate) mod request;

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::inspection::{Account, account};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::audit::Differences;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::domain::reveal::Reveal;
use crate::domain::{App, throttle};
use crate::error::{Error, Result};
use crate::normalization::secret_of_link;
use crate::storage::password_links::{self, Maker, NewPasswordLink, PasswordLink};
use crate::storage::users::{self, User};
use crate::storage::{Connection, sessions};
use crate::time::{Span, Timestamp};

/// How long a link of the operator may be good: it is worth as much as a password.
pub(crate) const LONGEST: Span = Span::from_days(30);

/// A link that was just made.
pub(crate) struct NewLink {
    /// The account, as its operator sees it.
    pub account: Account,
    /// The page that sets the password.
    pub url: Zeroizing<String>,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Makes a link for an account, in the place of an earlier one, and reveals it.
///
/// # Errors
/// [`Error::UserNotFound`]; [`Error::CommandRefused`] for a name of several accounts and for an
/// account that is disabled; a fault, or an error of `reveal`.
pub(crate) fn make<E: From<Error>>(
    app: &App,
    name: &str,
    lifetime: Duration,
    now: Timestamp,
    reveal: impl Reveal<NewLink, E>,
) -> Result<(), E> {
    app.change(By::Operator, now, |tx| {
        let user = by_name(app, tx, name)?;
        if user.is_suspended(now) {
            let name = &user.username;
            let reason =
                format!("{name} is disabled, and could not log in; nox user enable {name} ends it");
            return Err(Error::CommandRefused { reason }.into());
        }
        let expires_at = now.after(lifetime);
        let secret = insert(tx, &user, Maker::Operator, now, expires_at)?;
        let account = account(app, tx, &user, now)?;
        reveal(&NewLink { account, url: url(app, &secret), expires_at })
    })
}

/// Stores a new link of a user and returns its secret.
fn insert(
    tx: &Change<'_>,
    user: &User,
    made_by: Maker,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Zeroizing<String>> {
    let secret = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    let link = NewPasswordLink {
        user_id: user.id,
        secret_sha256: &hash(&secret),
        made_by,
        created_at: now,
        expires_at,
    };
    password_links::put(tx, &link)?;
    let until = Differences::added("until", expires_at.millis());
    tx.happened_with(Event::PasswordLinkMade, user, until)?;
    Ok(secret)
}

/// The user whose password a link sets.
///
/// # Errors
/// [`Error::NotFound`] if the link is none that is good, or a fault.
pub(crate) fn find(app: &App, secret: &str, now: Timestamp) -> Result<User> {
    app.db.read(|connection| find_active(connection, secret, now)).map(|found| found.user)
}

/// Sets the password of the user whom a link is for. That uses the link up, and ends every session
/// of the user. A password that is refused leaves the link as it is.
///
/// # Errors
/// [`Error::NotFound`] as for [`find`], [`Error::GuessablePassword`], or a fault.
pub(crate) fn set_password(
    app: &App,
    secret: &str,
    password: &NewPassword,
    device: &Device,
    now: Timestamp,
) -> Result<User> {
    let user = find(app, secret, now)?;
    let password_hash = app.hasher.hash(password.of(&(&user).into())?)?;
    app.change(By::User(device), now, |tx| {
        // Another form may have used the link meanwhile.
        let Active { user, link } = find_active(tx, secret, now)?;
        users::update_password(tx, user.id, &password_hash, now)?;
        password_links::delete_of(tx, user.id)?;
        sessions::delete_all_of(tx, user.id, None)?;
        // The user may be locked out after the passwords that were guessed. Codes of a second
        // factor stay counted.
        throttle::reset_passwords(tx, user.id)?;
        let made_by = Differences::added("link", link.made_by.as_str());
        tx.happened_with(Event::PasswordReset, &user, made_by)?;
        Ok(user)
    })
}

/// A link that is good, with its user.
struct Active {
    user: User,
    link: PasswordLink,
}

fn find_active(connection: &Connection, secret: &str, now: Timestamp) -> Result<Active> {
    const GONE: Error = Error::NotFound { what: "Link" };
    let link =
        password_links::find_active(connection, &hash(secret_of_link(secret)), now)?.ok_or(GONE)?;
    let user = users::find_by_id(connection, link.user_id)?.ok_or(GONE)?;
    Ok(Active { user, link })
}

/// The link of a secret, which stands in the path: the log names routes, not paths.
fn url(app: &App, secret: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{}/reset/{secret}", app.config.server.public_url))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
