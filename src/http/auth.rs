//! `/api/auth`: logging in and out.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::{Value, json};

use super::body::Object;
use super::bridge::Bridge;
use super::cookie;
use super::envelope::{Failure, Reply};
use super::extract::{LoginFrom, Writer};
use super::observe::Now;
use crate::config::Config;
use crate::domain::auth::{self, Code, LoginAttempt, LoginOutcome};
use crate::domain::factors::is_code;
use crate::domain::identifier::Identifier;
use crate::domain::password::{MAX_LENGTH, Password};
use crate::domain::public_key::PublicKey;
use crate::domain::sessions::{Device, OpenedSession, revoke};
use crate::domain::users::Profile;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Older accounts may have passwords shorter than the server wants of new ones.
const MIN_LENGTH: usize = 6;

/// What a client gets for a login.
#[derive(Serialize)]
pub(super) struct SessionData {
    token: String,
    expires: Timestamp,
    created_at: Timestamp,
    user: Profile,
}

/// `POST /api/auth/login`
pub(super) async fn login(
    bridge: Data<Bridge>,
    Now(now): Now,
    LoginFrom(device): LoginFrom,
    body: Object,
) -> Result<Reply<SessionData>, Failure> {
    let attempt = read_login(body, device, bridge.config())?;
    match bridge.hash(move |app| auth::login(app, &attempt, now)).await? {
        LoginOutcome::Session(session) => {
            let cookie = cookie::of(bridge.config(), &session);
            let OpenedSession { token, expires_at: expires, created_at, user } = *session;
            Ok(Reply::new(SessionData { token, expires, created_at, user }).with_cookie(cookie))
        }
        LoginOutcome::VerificationRequired(methods) => {
            Err(Failure::with_data(Error::VerificationRequired, json!({ "methods": methods })))
        }
    }
}

/// `POST` and `GET /api/auth/logout`
pub(super) async fn logout(bridge: Data<Bridge>, Writer(principal): Writer) -> Result<Reply<Value>, Failure> {
    bridge.write(move |app| revoke(app, principal.session)).await?;
    Ok(Reply::new(json!({ "success": true })).with_cookie(cookie::removal(bridge.config())))
}

/// Reads the fields in the contract's order: the first that breaks its rule is the one reported.
fn read_login(mut body: Object, device: Device, config: &Config) -> Result<LoginAttempt> {
    Ok(LoginAttempt {
        identifier: identifier(body.take("identifier"), config.server.address.as_str())?,
        password: password(body.take("password"))?,
        code: code(&mut body)?,
        public_key: public_key(body.take("public_key"))?,
        device,
    })
}

fn identifier(value: Option<Value>, server: &str) -> Result<Identifier> {
    match value {
        Some(Value::String(text)) => Identifier::parse(&text, server),
        Some(Value::Number(number)) => number.as_u64().and_then(Identifier::from_number),
        _ => None,
    }
    .ok_or(Error::InvalidField { field: "identifier", rule: "must be a username or an id from 1 to 4294967295" })
}

fn password(value: Option<Value>) -> Result<Password> {
    match value {
        Some(Value::String(text)) => Some(Password::from(text)),
        _ => None,
    }
    .filter(|password| (MIN_LENGTH..=MAX_LENGTH).contains(&password.length()))
    .ok_or(Error::InvalidField { field: "password", rule: "must be between 6 and 128 characters long" })
}

/// The second factor under either of its names.
fn code(body: &mut Object) -> Result<Option<Code>> {
    let sent = ["twofa_token", "factor_code"].into_iter().find_map(|field| Some((field, body.take(field)?)));
    match sent {
        None => Ok(None),
        Some((field, Value::String(digits))) if is_code(&digits) => Ok(Some(Code { field, digits })),
        Some((field, _)) => Err(Error::InvalidField { field, rule: "must be six digits" }),
    }
}

fn public_key(value: Option<Value>) -> Result<Option<PublicKey>> {
    match value {
        None => Some(None),
        Some(Value::String(text)) => PublicKey::from_base64(&text).map(Some),
        Some(_) => None,
    }
    .ok_or(Error::InvalidField { field: "public_key", rule: "must be base64 of an SPKI public key in DER" })
}
