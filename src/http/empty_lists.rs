//! Lists that clients request when they start, and that are always empty: this server keeps no
//! relations and no worlds.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::{Failure, Reply};
use super::extract::{Authenticated, Selected};
use super::openapi::operation::{Operation, Parameter, Refusal, answer};
use super::query::Query;
use crate::domain::accounts::search::select;
use crate::error::Result;

/// An empty list.
#[derive(Serialize, ToSchema)]
pub(super) struct EmptyList {
    items: Vec<String>,
    total: u32,
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
}

/// An empty list as the front of 2025 reads it.
#[derive(Serialize, ToSchema)]
pub(super) struct EmptyRelations {
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
    count: u32,
    total: u32,
    items: Vec<String>,
}

const OF_USER: Operation = Operation::new("")
    .queries(&[Parameter::LIMIT, Parameter::OFFSET])
    .gives(answer::<EmptyList>)
    .fails(&[Refusal::UserNotFound, Refusal::InvalidField, Refusal::NotLogged]);
pub(super) const FOLLOWERS: Operation =
    OF_USER.with_summary("List the followers of a user: none on this server");
pub(super) const FOLLOWING: Operation =
    OF_USER.with_summary("List the users that a user follows: none on this server");
pub(super) const PUBLIC: Operation =
    OF_USER.with_summary("List the public items of a user: none on this server");

/// `GET /users/{selector}/followers`, `/following` and `/public`
pub(super) async fn of_user(
    bridge: Data<Bridge>,
    Now(now): Now,
    selected: Selected,
    query: Query,
) -> Result<Reply<EmptyList>, Failure> {
    if let Selected::User(identifier) = selected {
        bridge.read(|app| select(app, &identifier, now))?;
    }
    empty(&query)
}

pub(super) const FRIENDS: Operation =
    Operation::new("List the caller's friends: none on this server")
        .reads()
        .queries(&[Parameter::LIMIT, Parameter::OFFSET])
        .gives(answer::<EmptyList>)
        .fails(&[Refusal::InvalidField]);

/// `GET /users/@me/friends`
pub(super) async fn friends(_: Authenticated, query: Query) -> Result<Reply<EmptyList>, Failure> {
    empty(&query)
}

pub(super) const RELATIONS: Operation =
    Operation::new("List the caller's relations: none on this server")
        .reads()
        .queries(&[Parameter::LIMIT, Parameter::OFFSET])
        .gives(answer::<EmptyRelations>)
        .fails(&[Refusal::InvalidField]);

/// `GET /relations/@me/followers` and `/following`
pub(super) async fn relations(
    _: Authenticated,
    query: Query,
) -> Result<Reply<EmptyRelations>, Failure> {
    let pagination = query.pagination()?;
    Ok(Reply::new(EmptyRelations {
        limit: pagination.limit,
        offset: pagination.offset,
        count: 0,
        total: 0,
        items: Vec::new(),
    }))
}

fn empty(query: &Query) -> Result<Reply<EmptyList>, Failure> {
    let pagination = query.pagination()?;
    Ok(Reply::new(EmptyList {
        items: Vec::new(),
        total: 0,
        limit: pagination.limit,
        offset: pagination.offset,
    }))
}
