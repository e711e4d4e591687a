//! Sessions. A login opens one ([`open`]), every request proves one by its token
//! ([`authenticate`]), and a session is valid until it expires or is revoked.

use std::time::Duration;

use crate::crypto;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::change::{By, Change};
use crate::domain::devices;
use crate::domain::event::Event;
use crate::domain::metrics::Check;
use crate::domain::principal::{Caller, Client, Principal};
use crate::domain::public_key::PublicKey;
use crate::domain::token::TokenContent;
use crate::domain::{App, Paged};
use crate::error::{Error, Result};
use crate::storage::session_users::SessionUser;
use crate::storage::sessions::{self, NewSession, SessionRef, SessionsOf};
pub(crate) use crate::storage::sessions::{Session, SessionId};
use crate::storage::users::{User, UserId};
use crate::storage::{Connection, Pagination};
use crate::time::Timestamp;

mod operator;
pub(in crate::domain) mod repeat;

pub(crate) use operator::{
    NamedSession, describe_refused, list_all, revoke_all, revoke_all_of, revoke_every,
};

/// The last use of a session is stored at most this often, since a write costs far more than a
/// check.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);
/// How long a session counts as active after a request.
const ACTIVE: Duration = Duration::from_mins(5);

/// A session that was just opened.
#[derive(Debug)]
pub(crate) struct OpenedSession {
    pub id: SessionId,
    /// The token that proves the session.
    pub token: String,
    /// When the session was opened.
    pub created_at: Timestamp,
    /// When the session expires.
    pub expires_at: Timestamp,
    /// The user's own view of their account.
    pub user: Profile,
    /// Whether an earlier sending of the same login opened it.
    pub is_repeat: bool,
}

/// Opens a session and records that. Part of the caller's transaction, which has decided that the
/// user may log in.
pub(crate) fn open(
    app: &App,
    tx: &Change<'_>,
    user: &User,
    client: &Client,
    now: Timestamp,
) -> Result<OpenedSession> {
    let id = SessionId(crypto::new_uuid(now)?);
    let expires_at = now.after(app.config.session.lifetime.into());
    sessions::insert(
        tx,
        &NewSession {
            id,
            user_id: user.id,
            created_at: now,
            expires_at,
            ip: client.device.ip.to_string(),
            user_agent: client.device.user_agent.clone(),
            public_key_sha256: client.public_key.as_ref().map(PublicKey::fingerprint),
            public_key: client.public_key.clone().map(PublicKey::into_der),
        },
    )?;
    let is_new_device = devices::touch(app, tx, user.id, client, now)?;
    let event = if is_new_device { Event::SessionOpenedElsewhere } else { Event::SessionOpened };
    tx.happened(event, user)?;
    let token = app.signer.sign(&TokenContent {
        session: SessionRef { session: id, user: user.id },
        username: &user.username,
        issued_at: now,
        expires_at,
    })?;
    let user = profile(app, user, now);
    Ok(OpenedSession { id, token, created_at: now, expires_at, user, is_repeat: false })
}

/// A session as its user sees it.
#[derive(Debug)]
pub(crate) struct SessionView {
    pub id: SessionId,
    pub is_current: bool,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub ip: String,
    pub user_agent: Option<String>,
    /// Whether the session was used within the last minutes.
    pub is_active: bool,
    /// The client's public key in DER.
    pub public_key: Option<Vec<u8>>,
}

/// Finds the session and the user of a token, as the database has them at this moment: a session
/// that was ended a moment ago is refused. If the caller `needs_touch`, [`touch`] must follow,
/// which may be after the response.
///
/// # Errors
/// [`Error::NotLogged`] if the token is invalid, its session has ended or its user is suspended; or
/// a fault.
pub fn authenticate(app: &App, token: &str, now: Timestamp) -> Result<Caller> {
    let checked = check(app, token, now);
    app.metrics.checks.add(match &checked {
        Ok(_) => Check::Valid,
        Err(Error::NotLogged) => Check::Invalid,
        Err(_) => Check::Fault,
    });
    checked
}

fn check(app: &App, token: &str, now: Timestamp) -> Result<Caller> {
    let named = app.signer.read(token, now).ok_or(Error::NotLogged)?;
    let SessionUser { user, last_seen_at, .. } =
        find_open(app, named, now)?.ok_or(Error::NotLogged)?;
    if user.is_suspended(now) {
        return Err(Error::NotLogged);
    }
    let needs_touch = !last_seen_at.is_recent(TOUCH_INTERVAL, now);
    Ok(Caller { session: named.session, user, needs_touch })
}

/// Whether this instance has issued a token, be it valid still or not.
pub(crate) fn is_our_token(app: &App, token: &str) -> bool {
    app.signer.has_signed(token)
}

/// Finds a session with its user, unless the session has ended.
pub(crate) fn find_open(
    app: &App,
    named: SessionRef,
    now: Timestamp,
) -> Result<Option<SessionUser>> {
    let found = app.db.find_by_session(named)?;
    Ok(found.filter(|session| now < session.expires_at))
}

/// Updates a session's last use, unless another request has done so at the same time.
pub(crate) fn touch(app: &App, session: SessionId, now: Timestamp) -> Result<()> {
    app.db.write(|connection| sessions::update_last_seen(connection, session, now, TOUCH_INTERVAL))
}

/// Lists the caller's sessions, newest first. With `ip`, only sessions from that address.
pub(crate) fn list(
    app: &App,
    caller: SessionRef,
    ip: Option<&str>,
    pagination: Pagination,
    now: Timestamp,
) -> Result<Paged<SessionView>> {
    let of = SessionsOf { user_id: caller.user, ip };
    let found = app.db.read(|connection| {
        let items = sessions::list_of(connection, of, now, pagination)?;
        let total = match u32::try_from(items.len()) {
            // The first page is not full, so it is the whole list.
            Ok(count) if pagination.offset == 0 && count < pagination.limit => count,
            _ => sessions::count_of(connection, of, now)?,
        };
        Ok(Paged { total, items })
    })?;
    Ok(found.map(|session| view(session, caller.session, now)))
}

/// Finds one of the caller's sessions.
///
/// # Errors
/// [`Error::SessionNotFound`], also for the session of another user; or a fault.
pub(crate) fn find(
    app: &App,
    caller: SessionRef,
    id: SessionId,
    now: Timestamp,
) -> Result<SessionView> {
    app.db
        .read(|connection| own(connection, caller.user, id, now))
        .map(|session| view(session, caller.session, now))
}

/// Ends one of the principal's sessions.
///
/// # Errors
/// [`Error::SessionNotFound`], also for the session of another user; or a fault.
pub(crate) fn revoke(
    app: &App,
    principal: &Principal,
    id: SessionId,
    now: Timestamp,
) -> Result<()> {
    app.change(By::User(&principal.device), now, |tx| {
        own(tx, principal.user.id, id, now)?;
        sessions::delete(tx, id)?;
        tx.happened(Event::SessionEnded, &principal.user)
    })
}

/// Ends every other session of the principal.
///
/// # Errors
/// [`Error::NotLogged`] if the principal's own session has ended meanwhile, or a fault.
pub(crate) fn revoke_others(app: &App, principal: &Principal, now: Timestamp) -> Result<()> {
    app.change(By::User(&principal.device), now, |tx| {
        check_open(tx, principal, now)?;
        sessions::delete_all_of(tx, principal.user.id, Some(principal.session))?;
        tx.happened(Event::SessionsEnded, &principal.user)
    })
}

/// Refuses a change if the principal's session has ended since the request was authenticated.
pub(crate) fn check_open(
    connection: &Connection,
    principal: &Principal,
    now: Timestamp,
) -> Result<()> {
    sessions::find_active_of(connection, principal.user.id, principal.session, now)?
        .map(drop)
        .ok_or(Error::NotLogged)
}

fn own(connection: &Connection, user: UserId, id: SessionId, now: Timestamp) -> Result<Session> {
    sessions::find_active_of(connection, user, id, now)?.ok_or(Error::SessionNotFound)
}

fn view(session: Session, current: SessionId, now: Timestamp) -> SessionView {
    let is_current = session.id == current;
    SessionView {
        id: session.id,
        is_current,
        // The last use of the current session is updated after the response.
        is_active: is_current || session.last_seen_at.is_recent(ACTIVE, now),
        created_at: session.created_at,
        expires_at: session.expires_at,
        last_seen_at: session.last_seen_at,
        ip: session.ip,
        user_agent: session.user_agent,
        public_key: session.public_key,
    }
}

/// Whether one of a user's sessions has the public key with this SHA-256.
pub(crate) fn have_key(
    app: &App,
    user: UserId,
    fingerprint: &[u8; 32],
    now: Timestamp,
) -> Result<bool> {
    app.db.read(|connection| sessions::exists_with_key(connection, user, fingerprint, now))
}

#[cfg(test)]
mod tests;
