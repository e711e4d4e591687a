//! Relays: other programs of the instance that ask whether a token is good.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::App;
use crate::domain::accounts::profile::{PublicProfile, public_profile};
use crate::domain::reveal::Reveal;
use crate::domain::sessions::find_open;
use crate::error::{Error, Result};
use crate::storage::relays;
pub(crate) use crate::storage::relays::Relay;
use crate::storage::users::{self, UserId};
use crate::time::Timestamp;

/// What a relay learns of a token.
#[derive(Debug)]
pub(crate) enum Bearer {
    /// It stands for this user.
    Valid(Box<PublicProfile>),
    /// Its user is banned.
    Blacklisted {
        /// Who they are.
        user: Box<PublicProfile>,
        /// When that ends; never, where there is none.
        until: Option<Timestamp>,
        /// The operator's words.
        reason: Option<String>,
    },
    /// It stands for nobody, or not for whom the relay thought.
    Invalid,
}

/// Adds a relay and reveals its token, of which only a hash is stored.
///
/// # Errors
/// [`Error::InvalidField`] where the name is empty, too long or odd, [`Error::AlreadyExists`], a
/// fault, or what `reveal` returns.
pub(crate) fn add<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    reveal: impl Reveal<str, E>,
) -> Result<(), E> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(Error::invalid("name", "must be 1 to 64 of A-Z, a-z, 0-9, _, . and -").into());
    }
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    let relay = Relay { name: name.into(), created_at: now };
    app.db.write(|connection| {
        relays::insert(connection, &relay, &hash(&token))?;
        reveal(&token)
    })
}

/// All relays by name.
pub(crate) fn list(app: &App) -> Result<Vec<Relay>> {
    app.db.read(relays::list)
}

/// Removes a relay.
///
/// # Errors
/// [`Error::NotFound`], or the database fails.
pub(crate) fn remove(app: &App, name: &str) -> Result<()> {
    let was_there = app.db.write(|connection| relays::delete(connection, name))?;
    if was_there { Ok(()) } else { Err(Error::NotFound { what: "Relay" }) }
}

/// The name of the relay that has this token.
///
/// # Errors
/// [`Error::NotLogged`] where none has, or the database fails.
pub(crate) fn authenticate(app: &App, token: &str) -> Result<String> {
    app.db
        .read(|connection| relays::find_name_by_token(connection, &hash(token)))?
        .ok_or(Error::NotLogged)
}

/// What a user's token is worth; `user` is who the relay thinks it stands for, where it has a
/// thought.
pub(crate) fn check_bearer(
    app: &App,
    token: &str,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Bearer> {
    let is_theirs = |named: UserId| user.is_none_or(|user| user == named);
    let Some(named) = app.signer.read(token, now).filter(|(_, named)| is_theirs(*named)) else {
        return Ok(Bearer::Invalid);
    };
    let session = find_open(app, named, now)?;
    let is_open = session.is_some();
    // A ban ends the sessions, and is told all the same.
    let user = match session {
        Some(session) => Some(session.user),
        None => app.db.read(|connection| users::find_by_id(connection, named.1))?.map(Arc::new),
    };
    Ok(match user {
        Some(user) if user.is_suspended(now) => Bearer::Blacklisted {
            user: Box::new(public_profile(app, &user, now)),
            until: user.suspended_until,
            reason: user.suspension_reason.clone(),
        },
        Some(user) if is_open => Bearer::Valid(Box::new(public_profile(app, &user, now))),
        _ => Bearer::Invalid,
    })
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
