//! Sessions: opened by a login, named by a token, worth something until they end.

use std::net::IpAddr;

use uuid::Builder;

use super::App;
use super::public_key::PublicKey;
use super::users::{Profile, profile};
use crate::error::{Error, Result};
use crate::secret;
use crate::storage::Connection;
use crate::storage::sessions::{self, NewSession, SessionId};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// Expired sessions swept away at each login, at most: more than a login adds.
const SWEEP: u32 = 16;

/// From where somebody logs in.
#[derive(Clone, Debug)]
pub struct Device {
    /// The client's address.
    pub ip: IpAddr,
    /// What it calls itself.
    pub user_agent: Option<String>,
}

/// A session that was just opened.
#[derive(Debug)]
pub struct OpenedSession {
    /// The token that stands for it.
    pub token: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub user: Profile,
}

/// Who a request comes from.
#[derive(Debug)]
pub struct Principal {
    /// The session that the request's token names.
    pub session: SessionId,
    /// Its user.
    pub user: User,
}

/// Opens a session, within the transaction that decides that it may be.
pub(super) fn open(
    app: &App,
    connection: &Connection,
    user: User,
    (device, public_key): (&Device, Option<&PublicKey>),
    now: Timestamp,
) -> Result<OpenedSession> {
    let id = new_id(now)?;
    let expires_at = now.after(app.config.session.lifetime.into());
    sessions::delete_expired(connection, now, SWEEP)?;
    sessions::insert(
        connection,
        &NewSession {
            id,
            user_id: user.id,
            created_at: now,
            expires_at,
            ip: device.ip.to_string(),
            user_agent: device.user_agent.clone(),
            public_key_sha256: public_key.map(PublicKey::fingerprint),
            public_key: public_key.cloned().map(PublicKey::into_der),
        },
    )?;
    let token = app.signer.sign((user.id, &user.username), id, (now, expires_at))?;
    Ok(OpenedSession { token, created_at: now, expires_at, user: profile(app, user, now) })
}

/// Who a token stands for, as the database has it at this moment.
///
/// # Errors
/// [`Error::NotLogged`] where the token is none of ours or its session has ended, or the database fails.
pub fn authenticate(app: &App, token: &str, now: Timestamp) -> Result<Principal> {
    let (session, user_id) = app.signer.read(token).ok_or(Error::NotLogged)?;
    app.db.read(|connection| {
        sessions::find_active(connection, session, now)?
            .filter(|found| found.user_id == user_id)
            .ok_or(Error::NotLogged)?;
        let user = users::find_by_id(connection, user_id)?.ok_or(Error::NotLogged)?;
        Ok(Principal { session, user })
    })
}

/// Ends a session.
///
/// # Errors
/// The database fails.
pub fn revoke(app: &App, session: SessionId) -> Result<()> {
    app.db.write(|connection| sessions::delete(connection, session))
}

/// A version 7 UUID (RFC 9562, 5.7): new rows stay close together.
fn new_id(now: Timestamp) -> Result<SessionId> {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Ok(SessionId(Builder::from_unix_timestamp_millis(millis, &secret::random()?).into_uuid()))
}
