//! `/relays`: relays check the tokens of users, and report that they run.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{Body, Ignored};
use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::{Failure, Reply};
use super::extract::Relay;
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use crate::domain::accounts::UserId;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::relays::{Bearer, check_bearer};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Relays that are given no other interval report every few seconds.
const NEXT_UPDATE: u16 = 10_000;

/// The answer about a token. Its booleans are never null: relays cannot read that.
#[derive(Serialize, ToSchema)]
pub(super) struct BearerData {
    valid: bool,
    is_invalid_token: bool,
    is_blacklisted: bool,
    blacklisted: Option<BlacklistEntry>,
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

/// The suspension of a user.
#[derive(Serialize, ToSchema)]
struct BlacklistEntry {
    /// The id of the user.
    #[schema(value_type = i64, minimum = 1, maximum = 4_294_967_295_i64)]
    id: UserId,
    /// When it ends, in unix milliseconds; 0 for one without an end.
    expires: i64,
    /// The operator's reason; empty where none was given.
    reason: String,
}

/// A question about a token.
#[derive(ToSchema)]
pub(super) struct BearerRequest {
    access_token: String,
    /// The user whose token the relay takes it for; 0 where it does not know.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    user_id: Option<UserId>,
}

pub(super) const CHECKBEARER: Operation = Operation::new("Check a user's token")
    .relays()
    .takes(schema::<BearerRequest>)
    .gives(answer::<BearerData>)
    .fails(&[Refusal::InvalidField]);

/// `POST /relays/checkbearer`
pub(super) async fn checkbearer(
    bridge: Data<Bridge>,
    Now(now): Now,
    _: Relay,
    Body(body): Body,
) -> Result<Reply<BearerData>, Failure> {
    let BearerRequest { access_token, user_id } = BearerRequest::read(body)?;
    let bearer = bridge.read(|app| check_bearer(app, &access_token, user_id, now))?;
    let (valid, user, blacklisted) = match bearer {
        Bearer::Valid(user) => (true, Some(user), None),
        Bearer::Blacklisted { user, until, reason } => {
            let (expires, reason) =
                (until.map_or(0, Timestamp::millis), reason.unwrap_or_default());
            let entry = BlacklistEntry { id: user.id, expires, reason };
            (false, Some(user), Some(entry))
        }
        Bearer::Invalid => (false, None, None),
    };
    Ok(Reply::new(BearerData {
        valid,
        is_invalid_token: user.is_none(),
        is_blacklisted: blacklisted.is_some(),
        blacklisted,
        user: user.map(|user| BearerUser {
            id: user.id,
            display: user.display,
            server: user.server,
            username: user.username,
        }),
        token_type: "bearer",
        access_token,
    }))
}

/// The answer to a report.
#[derive(Serialize, ToSchema)]
pub(super) struct UpdateData {
    /// The relay's own name.
    relay: String,
    /// The time until the next report, in milliseconds.
    next_update: u16,
    server: String,
    /// Always empty: this server keeps no worlds.
    instances: Vec<String>,
}

pub(super) const UPDATE: Operation =
    Operation::new("Report that a relay runs").relays().ignores_body().gives(answer::<UpdateData>);

/// `POST /relays/update`
pub(super) async fn update(
    bridge: Data<Bridge>,
    Relay(relay): Relay,
    _: Ignored,
) -> Reply<UpdateData> {
    let server = bridge.config().server.address.to_string();
    Reply::new(UpdateData { relay, next_update: NEXT_UPDATE, server, instances: Vec::new() })
}

impl BearerRequest {
    fn read(mut body: Object) -> Result<Self> {
        let access_token =
            body.text("access_token")?.ok_or(Error::invalid("access_token", "must be a string"))?;
        let user_id = user_id(body.take("user_id"))?;
        match body.text("token_type")? {
            Some(kind) if !kind.eq_ignore_ascii_case("bearer") => {
                Err(Error::invalid("token_type", "must be bearer"))
            }
            _ => Ok(Self { access_token, user_id }),
        }
    }
}

/// Reads an id; `None` where it is 0 or missing.
fn user_id(value: Option<Value>) -> Result<Option<UserId>> {
    let number = match value {
        None => Some(0),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    match (number, number.and_then(Identifier::from_number)) {
        (Some(0), _) => Ok(None),
        (_, Some(Identifier::Id(id))) => Ok(Some(id)),
        _ => Err(Error::invalid("user_id", "must be an id from 1 to 4294967295")),
    }
}
