//! `/users`: showing and finding users.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::extract::{Authenticated, Selected, caller};
use super::openapi::operation::{Operation, Parameter, Refusal, answer};
use super::profile::{AnyUser, OwnUser, PublicUser};
use super::query::Query;
use crate::domain::Pagination;
use crate::domain::accounts::UserId;
use crate::domain::accounts::identifier::{Identifier, Selector};
use crate::domain::accounts::profile::profile;
use crate::domain::accounts::search;
use crate::domain::sessions::have_key;
use crate::domain::{App, Paged};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// The most ids in one search.
const MOST_IDS: usize = 100;

/// The result of a search. `users` and `items` are the same list, under both names that clients
/// read.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    total: u32,
    query: Option<String>,
    /// Those of the ids asked for that exist.
    #[schema(value_type = Vec<i64>)]
    ids: Vec<UserId>,
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
    users: Vec<PublicUser>,
    items: Vec<PublicUser>,
}

pub(super) const ME: Operation = Operation::new("Show the caller")
    .reads()
    .queries(&[Parameter::text("fp")])
    .gives(answer::<OwnUser>)
    .fails(&[Refusal::UserNotFound, Refusal::InvalidField]);

/// `GET /users/@me`
pub(super) async fn me(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Reply<OwnUser>, Failure> {
    let fingerprint = query.fingerprint()?;
    let profile = bridge.read(|app| {
        check_key(app, caller.user.id, fingerprint, now)?;
        Ok(profile(app, &caller.user, now))
    })?;
    Ok(Reply::new(OwnUser::new(profile, dialect)))
}

pub(super) const ONE: Operation = Operation::new("Show a user")
    .queries(&[Parameter::text("fp")])
    .gives(answer::<AnyUser>)
    .fails(&[Refusal::UserNotFound, Refusal::InvalidField, Refusal::NotLogged]);

/// `GET /users/{selector}`
pub(super) async fn one(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    selected: Selected,
    query: Query,
) -> Result<Reply<AnyUser>, Failure> {
    let fingerprint = query.fingerprint()?;
    let user = bridge.read(|app| match selected {
        Selected::Own(caller) => {
            check_key(app, caller.user.id, fingerprint, now)?;
            Ok(AnyUser::Own(Box::new(OwnUser::new(profile(app, &caller.user, now), dialect))))
        }
        Selected::User(identifier) => {
            let user = search::select(app, &identifier, now)?;
            check_key(app, user.id, fingerprint, now)?;
            Ok(AnyUser::Public(Box::new(PublicUser::new(user, dialect))))
        }
    });
    Ok(Reply::new(user?))
}

/// Checks that a session of the user has the public key that `fp` names, where it is sent.
fn check_key(app: &App, user: UserId, fingerprint: Option<[u8; 32]>, now: Timestamp) -> Result<()> {
    match fingerprint {
        Some(fingerprint) if !have_key(app, user, &fingerprint, now)? => Err(Error::UserNotFound),
        _ => Ok(()),
    }
}

pub(super) const SEARCH: Operation =
    Operation::new("Find users by a part of their names, or by their ids")
        .queries(&[
            Parameter::text("query"),
            Parameter::text("q"),
            Parameter::ids("id"),
            Parameter::LIMIT,
            Parameter::OFFSET,
        ])
        .gives(answer::<Found>)
        .fails(&[Refusal::InvalidField]);

/// `GET /users`
pub(super) async fn search(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    request: HttpRequest,
    query: Query,
) -> Result<Reply<Found>, Failure> {
    let text = query.first("query").or_else(|| query.first("q")).map(str::to_owned);
    let among = among(&bridge, &request, &query)?;
    let pagination = query.pagination()?;
    let wanted = search::Query { text: text.clone().unwrap_or_default(), among, pagination };
    let search::Found { ids, users: Paged { total, items } } =
        bridge.search(move |app| search::search(app, &wanted, now)).await?;
    let users: Vec<_> = items.into_iter().map(|user| PublicUser::new(user, dialect)).collect();
    let Pagination { limit, offset } = pagination;
    Ok(Reply::new(Found { total, query: text, ids, limit, offset, items: users.clone(), users }))
}

/// The users that a search names by `id`; identifiers that cannot exist here are left out.
fn among(bridge: &Bridge, request: &HttpRequest, query: &Query) -> Result<Option<Vec<Identifier>>> {
    let texts: Vec<&str> = query.all("id").collect();
    if query.count("id") > MOST_IDS {
        return Err(Error::invalid("id", "must be at most 100 ids"));
    }
    let server = bridge.config().server.address.as_str();
    let selected = texts.iter().filter_map(|text| match Selector::parse(text, server)? {
        Selector::Me => caller(request).ok().map(|caller| Identifier::Id(caller.user.id)),
        Selector::User(identifier) => Some(identifier),
    });
    Ok((!texts.is_empty()).then(|| selected.collect()))
}
