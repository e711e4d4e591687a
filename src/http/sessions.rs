//! `/users/@me/sessions`: listing and ending one's own sessions.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::web::Data;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::cookie::SessionCookies;
use super::envelope::{Failure, Reply};
use super::extract::{Authenticated, AuthenticatedChange};
use super::openapi::operation::{Operation, Parameter, Refusal, answer};
use super::query::Query;
use crate::domain::Paged;
use crate::domain::sessions::{self, SessionId, SessionView};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// A session, with its one device. `expires` and `expires_at` are the same, under both names that
/// clients read.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionItem {
    id: String,
    current: bool,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = i64)]
    expires: Timestamp,
    #[schema(value_type = i64)]
    expires_at: Timestamp,
    #[schema(value_type = i64)]
    last_seen: Timestamp,
    /// Whether there was a request within the last five minutes.
    active: bool,
    /// Base64 of the client's key; empty where it has none.
    public_key: String,
    devices: Vec<DeviceItem>,
}

#[derive(Serialize, ToSchema)]
struct DeviceItem {
    ip: String,
    /// Empty where the client has no `User-Agent`: session pages cannot read `null`.
    user_agent: String,
    #[schema(value_type = i64)]
    last_seen: Timestamp,
}

/// One page of a user's sessions.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    total: u32,
    query: Option<String>,
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
    sessions: Vec<SessionItem>,
}

/// The answer to ending a session, and whether it was the caller's own.
#[derive(Serialize, ToSchema)]
pub(super) struct Revoked {
    success: bool,
    logout: bool,
}

pub(super) const LIST: Operation = Operation::new("List the caller's sessions, newest first")
    .reads()
    .queries(&[Parameter::LIMIT, Parameter::OFFSET, Parameter::text("ip")])
    .gives(answer::<SessionList>)
    .fails(&[Refusal::InvalidField]);

/// `GET /users/@me/sessions`
pub(super) async fn list(
    bridge: Data<Bridge>,
    Now(now): Now,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Reply<SessionList>, Failure> {
    let pagination = query.pagination()?;
    // Addresses are compared as they are stored.
    let ip = query
        .first("ip")
        .map(|text| text.parse::<IpAddr>().map_or_else(|_| text.into(), |ip| ip.to_string()));
    let Paged { total, items } = bridge
        .read(|app| sessions::list(app, caller.session_ref(), ip.as_deref(), pagination, now))?;
    let sessions = items.into_iter().map(item).collect();
    Ok(Reply::new(SessionList {
        total,
        query: None,
        limit: pagination.limit,
        offset: pagination.offset,
        sessions,
    }))
}

pub(super) const CURRENT: Operation = Operation::new("Show the caller's session")
    .reads()
    .gives(answer::<SessionItem>)
    .fails(&[Refusal::SessionNotFound]);

/// `GET /users/@me/session`
pub(super) async fn current(
    bridge: Data<Bridge>,
    Now(now): Now,
    Authenticated(caller): Authenticated,
) -> Result<Reply<SessionItem>, Failure> {
    Ok(Reply::new(item(
        bridge.read(|app| sessions::find(app, caller.session_ref(), caller.session, now))?,
    )))
}

pub(super) const ONE: Operation = Operation::new("Show one of the caller's sessions")
    .reads()
    .gives(answer::<SessionItem>)
    .fails(&[Refusal::SessionNotFound]);

/// `GET /users/@me/sessions/{id}`
pub(super) async fn one(
    bridge: Data<Bridge>,
    Now(now): Now,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
) -> Result<Reply<SessionItem>, Failure> {
    let id = id(&request)?;
    Ok(Reply::new(item(bridge.read(|app| sessions::find(app, caller.session_ref(), id, now))?)))
}

pub(super) const REVOKE: Operation = Operation::new("End one of the caller's sessions")
    .changes()
    .gives(answer::<Revoked>)
    .fails(&[Refusal::SessionNotFound]);

/// `DELETE /users/@me/sessions/{id}`
pub(super) async fn revoke(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    cookies: SessionCookies,
    request: HttpRequest,
) -> Result<Reply<Revoked>, Failure> {
    let id = id(&request)?;
    let is_current = id == principal.session;
    bridge.run(move |app| sessions::revoke(app, &principal, id, now)).await?;
    let reply = Reply::new(Revoked { success: true, logout: is_current });
    Ok(if is_current { reply.with_cookies(cookies.remove(bridge.config())) } else { reply })
}

pub(super) const REVOKE_OTHERS: Operation =
    Operation::new("End every other session of the caller").changes().gives(answer::<Revoked>);

/// `DELETE /users/@me/sessions`
pub(super) async fn revoke_others(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
) -> Result<Reply<Revoked>, Failure> {
    bridge.run(move |app| sessions::revoke_others(app, &principal, now)).await?;
    Ok(Reply::new(Revoked { success: true, logout: false }))
}

fn item(session: SessionView) -> SessionItem {
    SessionItem {
        id: session.id.to_string(),
        current: session.is_current,
        created_at: session.created_at,
        expires: session.expires_at,
        expires_at: session.expires_at,
        last_seen: session.last_seen_at,
        active: session.is_active,
        public_key: session.public_key.map(|key| BASE64_STANDARD.encode(key)).unwrap_or_default(),
        devices: vec![DeviceItem {
            ip: session.ip,
            user_agent: session.user_agent.unwrap_or_default(),
            last_seen: session.last_seen_at,
        }],
    }
}

fn id(request: &HttpRequest) -> Result<SessionId> {
    request.match_info().get("id").and_then(SessionId::parse).ok_or(Error::SessionNotFound)
}
