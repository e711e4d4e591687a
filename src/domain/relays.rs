//! Relays: programs beside the server, such as those that host worlds, which ask whether a user's
//! token is valid.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto;
use crate::domain::App;
use crate::domain::accounts::profile::{PublicProfile, public_profile};
use crate::domain::audit::Differences;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::reveal::Reveal;
use crate::domain::sessions::find_open;
use crate::error::{Error, Result};
use crate::storage::relays;
pub(crate) use crate::storage::relays::Relay;
use crate::storage::sessions::SessionRef;
use crate::storage::users::{self, UserId};
use crate::time::Timestamp;

/// What a relay learns about a token.
#[derive(Debug)]
pub(crate) enum Bearer {
    /// The token is valid and belongs to this user.
    Valid(Box<PublicProfile>),
    /// The token's user is suspended.
    Blacklisted {
        /// The user.
        user: Box<PublicProfile>,
        /// When the suspension ends; `None` for one without an end.
        until: Option<Timestamp>,
        /// The reason that the operator gave.
        reason: Option<String>,
    },
    /// The token is invalid, has expired, or belongs to another user than the relay named.
    Invalid,
}

/// Adds a relay and reveals its token. Only a hash of the token is stored.
///
/// # Errors
/// [`Error::InvalidField`] if the name breaks the rule, [`Error::AlreadyExists`], a fault, or an
/// error of `reveal`.
pub(crate) fn add<E: From<Error>>(
    app: &App,
    name: &str,
    now: Timestamp,
    reveal: impl Reveal<str, E>,
) -> Result<(), E> {
    if !is_name(name) {
        return Err(Error::invalid("name", "must be 1 to 64 of A-Z, a-z, 0-9, _, . and -").into());
    }
    let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<32>()?));
    let relay = Relay { name: name.into(), created_at: now };
    app.change(By::Operator, now, |tx| {
        relays::insert(tx, &relay, &hash(&token))?;
        tx.happened_here(Event::RelayAdded, Differences::added("name", name))?;
        reveal(&token)
    })
}

/// Whether a relay can have this name.
pub(in crate::domain) fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// Lists all relays, ordered by name.
pub(crate) fn list(app: &App) -> Result<Vec<Relay>> {
    app.db.read(relays::list)
}

/// Removes a relay.
///
/// # Errors
/// [`Error::NotFound`], or a fault.
pub(crate) fn remove(app: &App, name: &str, now: Timestamp) -> Result<()> {
    app.change(By::Operator, now, |tx| {
        if !relays::delete(tx, name)? {
            return Err(Error::NotFound { what: "Relay" });
        }
        tx.happened_here(Event::RelayRemoved, Differences::removed("name", name))
    })
}

/// Returns the name of the relay that this token belongs to.
///
/// # Errors
/// [`Error::NotLogged`] if no relay has it, or a fault.
pub(crate) fn authenticate(app: &App, token: &str) -> Result<String> {
    app.db
        .read(|connection| relays::find_name_by_token(connection, &hash(token)))?
        .ok_or(Error::NotLogged)
}

/// Checks a user's token for a relay. If the relay names a `user`, the token must belong to them.
pub(crate) fn check_bearer(
    app: &App,
    token: &str,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Bearer> {
    let is_expected = |named: &SessionRef| user.is_none_or(|user| user == named.user);
    let Some(named) = app.signer.read(token, now).filter(is_expected) else {
        return Ok(Bearer::Invalid);
    };
    let session = find_open(app, named, now)?;
    let is_open = session.is_some();
    // A suspension ends the user's sessions, but a relay must learn of it nevertheless.
    let user = match session {
        Some(session) => Some(session.user),
        None => app.db.read(|connection| users::find_by_id(connection, named.user))?.map(Arc::new),
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
