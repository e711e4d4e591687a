//! Lists that clients ask for as they open, and that are always empty here: this server keeps no
//! relations and no worlds.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::doc::{Doc, answer};
use super::envelope::{Failure, Reply};
use super::extract::{Authenticated, Selected};
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

/// The same for the front of 2025.
#[derive(Serialize, ToSchema)]
pub(super) struct EmptyRelations {
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
    count: u32,
    total: u32,
    items: Vec<String>,
}

const OF_USER: Doc = Doc::new("")
    .queries(&[("limit", "limit"), ("offset", "offset")])
    .gives(answer::<EmptyList>)
    .fails(&[2, 5, 7]);
pub(super) const FOLLOWERS: Doc =
    Doc { summary: "Who follows a user: nobody on this server", ..OF_USER };
pub(super) const FOLLOWING: Doc =
    Doc { summary: "Whom a user follows: nobody on this server", ..OF_USER };
pub(super) const PUBLIC: Doc =
    Doc { summary: "What a user shows: nothing on this server", ..OF_USER };

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

pub(super) const FRIENDS: Doc = Doc::new("One's friends: nobody on this server")
    .reads()
    .queries(&[("limit", "limit"), ("offset", "offset")])
    .gives(answer::<EmptyList>)
    .fails(&[5]);

/// `GET /users/@me/friends`
pub(super) async fn friends(_: Authenticated, query: Query) -> Result<Reply<EmptyList>, Failure> {
    empty(&query)
}

pub(super) const RELATIONS: Doc = Doc::new("One's relations: none on this server")
    .reads()
    .queries(&[("limit", "limit"), ("offset", "offset")])
    .gives(answer::<EmptyRelations>)
    .fails(&[5]);

/// `GET /relations/@me/followers` and `/following`
pub(super) async fn relations(
    _: Authenticated,
    query: Query,
) -> Result<Reply<EmptyRelations>, Failure> {
    let page = query.page()?;
    Ok(Reply::new(EmptyRelations {
        limit: page.limit,
        offset: page.offset,
        count: 0,
        total: 0,
        items: Vec::new(),
    }))
}

fn empty(query: &Query) -> Result<Reply<EmptyList>, Failure> {
    let page = query.page()?;
    Ok(Reply::new(EmptyList {
        items: Vec::new(),
        total: 0,
        limit: page.limit,
        offset: page.offset,
    }))
}
