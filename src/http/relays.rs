//! `/relays`: whether a user's token is good, for relays.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{Body, Object, SmallBody};
use super::bridge::Bridge;
use super::clock::Now;
use super::doc::{Doc, schema};
use super::envelope::{Failure, Reply};
use super::extract::Relay;
use crate::domain::identifier::Identifier;
use crate::domain::relays::{Bearer, check_bearer};
use crate::domain::users::UserId;
use crate::error::{Error, Result};

/// What a relay learns: its booleans are never null.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "relays look for each of them")]
pub(super) struct BearerData {
    valid: bool,
    is_invalid_token: bool,
    is_blacklisted: bool,
    blacklisted: bool,
    user: Option<BearerUser>,
    token_type: &'static str,
    access_token: String,
}

#[derive(Serialize, ToSchema)]
struct BearerUser {
    #[schema(value_type = i64, minimum = 1, maximum = 4_294_967_295_i64)]
    id: UserId,
    display: String,
    server: String,
    username: String,
}

/// What a relay asks.
#[derive(ToSchema)]
pub(super) struct BearerRequest {
    access_token: String,
    /// Whose token the relay thinks it is.
    #[schema(value_type = i64, minimum = 1, maximum = 4_294_967_295_i64)]
    user_id: UserId,
}

pub(super) const CHECKBEARER: Doc = Doc::new("Whether a user's token is good")
    .relays()
    .takes(schema::<BearerRequest>)
    .gives(schema::<BearerData>)
    .fails(&[5]);

/// `POST /relays/checkbearer`
pub(super) async fn checkbearer(
    bridge: Data<Bridge>,
    Now(now): Now,
    _: Relay,
    Body(body): SmallBody,
) -> Result<Reply<BearerData>, Failure> {
    let BearerRequest { access_token, user_id } = BearerRequest::read(body)?;
    let bearer = bridge.read(|app| check_bearer(app, &access_token, user_id, now))?;
    let blacklisted = matches!(bearer, Bearer::Blacklisted);
    let user = match bearer {
        Bearer::Valid(user) => {
            Some(BearerUser { id: user.id, display: user.display, server: user.server, username: user.username })
        }
        Bearer::Blacklisted | Bearer::Invalid => None,
    };
    Ok(Reply::new(BearerData {
        valid: user.is_some(),
        is_invalid_token: user.is_none() && !blacklisted,
        is_blacklisted: blacklisted,
        blacklisted,
        user,
        token_type: "bearer",
        access_token,
    }))
}

impl BearerRequest {
    fn read(mut body: Object) -> Result<Self> {
        let access_token = body.text("access_token")?.ok_or(Error::invalid("access_token", "must be a string"))?;
        let user_id = user_id(body.take("user_id"))?;
        match body.text("token_type")? {
            Some(kind) if !kind.eq_ignore_ascii_case("bearer") => Err(Error::invalid("token_type", "must be bearer")),
            _ => Ok(Self { access_token, user_id }),
        }
    }
}

fn user_id(value: Option<Value>) -> Result<UserId> {
    let number = match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    match number.and_then(Identifier::from_number) {
        Some(Identifier::Id(id)) => Ok(id),
        _ => Err(Error::invalid("user_id", "must be an id from 1 to 4294967295")),
    }
}
