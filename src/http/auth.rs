//! `/auth`: login and logout.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::Body;
use super::bridge::Bridge;
use super::clock::Now;
use super::cookie::{LoginBy, SessionCookies};
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::extract::{AuthenticatedChange, LoginFrom};
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use super::profile::OwnUser;
use super::reply::{Success, success};
use super::request_parts::{CodeText, code};
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::{self, LoginAttempt, Repeat, refuse_malformed_code};
use crate::domain::factors::Code;
use crate::domain::password::{MAX_LENGTH, MIN_LENGTH, Password};
use crate::domain::principal::{Client, Device};
use crate::domain::public_key::PublicKey;
use crate::domain::sessions::{OpenedSession, revoke};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// What a client sends to log in.
#[derive(ToSchema)]
pub(super) struct LoginRequest {
    /// A username, an id, `name@server`, or a verified email address.
    #[schema(value_type = IdentifierText)]
    identifier: Identifier,
    #[schema(value_type = String, min_length = 6, max_length = 128)]
    password: Password,
    /// The second factor, where one is on.
    #[schema(value_type = Option<CodeText>)]
    twofa_token: Option<Code>,
    /// The second factor, under the name that released clients use.
    #[schema(value_type = Option<CodeText>)]
    factor_code: Option<Code>,
    /// Base64 of a public key (SPKI, DER), kept with the session.
    #[schema(value_type = Option<String>)]
    public_key: Option<PublicKey>,
    /// What the refusal that asked for the code has in `send_data`. With it, a browser that sends
    /// the same code twice gets the same session twice.
    challenge: Option<String>,
}

/// The forms of an identifier in JSON.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Identifier)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) enum IdentifierText {
    Name(String),
    Id(i64),
}

/// The session that a login opens.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionData {
    token: String,
    #[schema(value_type = i64)]
    expires: Timestamp,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    user: OwnUser,
    /// After a registration with an address: what became of the link that confirms it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<String>,
}

pub(super) const LOGIN: Operation =
    Operation::new("Log in").takes(schema::<LoginRequest>).gives(answer::<SessionData>).fails(&[
        Refusal::UserNotFound,
        Refusal::InvalidField,
        Refusal::UnAuthorized,
        Refusal::VerificationRequired,
        Refusal::TooManyRequests,
    ]);

/// `POST /auth/login`
pub(super) async fn login(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    LoginFrom { device, cookies }: LoginFrom,
    Body(mut body): Body,
) -> Result<Reply<SessionData>, Failure> {
    let server = bridge.config().server.address.as_str();
    let identifier = identifier(body.take("identifier"), server)?;
    let request = match LoginRequest::read(body, identifier.clone()) {
        Err(refusal @ Error::InvalidCode { .. }) => {
            let refuse = |app: &_| refuse_malformed_code(app, &identifier, device.ip, refusal);
            bridge.read(refuse)?
        }
        request => request?,
    };
    let attempt = request.into_attempt(device);
    let session = bridge.log_in(move |app| auth::login(app, &attempt, now)).await?;
    let cookies = cookies.set(bridge.config(), &session, LoginBy::Api);
    Ok(Reply::new(session_data(*session, None, dialect)).with_cookies(cookies))
}

pub(super) const LOGOUT: Operation =
    Operation::new("End this session").changes().gives(answer::<Success>);

/// `POST` and `GET /auth/logout`
pub(super) async fn logout(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    cookies: SessionCookies,
) -> Result<Reply<Success>, Failure> {
    bridge.run(move |app| revoke(app, &principal, principal.session, now)).await?;
    Ok(success().with_cookies(cookies.remove(bridge.config())))
}

/// A session with its token. `message` is for the user.
pub(super) fn session_data(
    session: OpenedSession,
    message: Option<String>,
    dialect: Dialect,
) -> SessionData {
    let OpenedSession { token, expires_at: expires, created_at, user, .. } = session;
    SessionData { token, expires, created_at, user: OwnUser::new(user, dialect), message }
}

impl LoginRequest {
    /// Reads the fields behind the identifier in the contract's order: the first that breaks its
    /// rule is the one reported.
    fn read(mut body: Object, identifier: Identifier) -> Result<Self> {
        Ok(Self {
            identifier,
            password: password(body.take("password"))?,
            twofa_token: code(&mut body, "twofa_token")?,
            factor_code: code(&mut body, "factor_code")?,
            public_key: public_key(&mut body)?,
            challenge: body.take("challenge").as_ref().and_then(Value::as_str).map(Into::into),
        })
    }

    fn into_attempt(self, device: Device) -> LoginAttempt {
        let Self { identifier, password, twofa_token, factor_code, public_key, challenge } = self;
        let client = Client { device, public_key };
        let repeat = challenge.map_or(Repeat::Never, Repeat::Challenge);
        let code = twofa_token.or(factor_code);
        LoginAttempt { identifier, password, code, client, repeat, held: None }
    }
}

pub(super) fn identifier(value: Option<Value>, server: &str) -> Result<Identifier> {
    match value {
        Some(Value::String(text)) => Identifier::parse(&text, server),
        Some(Value::Number(number)) => number.as_u64().and_then(Identifier::from_number),
        _ => None,
    }
    .ok_or(Error::invalid("identifier", "must be a username or an id from 1 to 4294967295"))
}

fn password(value: Option<Value>) -> Result<Password> {
    match value {
        Some(Value::String(text)) => Some(Password::from(text)),
        _ => None,
    }
    .filter(|password| (MIN_LENGTH..=MAX_LENGTH).contains(&password.length()))
    .ok_or(Error::invalid("password", "must be between 6 and 128 characters long"))
}

pub(super) fn public_key(body: &mut Object) -> Result<Option<PublicKey>> {
    match body.take("public_key") {
        None => Some(None),
        Some(Value::String(text)) => PublicKey::from_base64(&text).map(Some),
        Some(_) => None,
    }
    .ok_or(Error::invalid("public_key", "must be base64 of an SPKI public key in DER"))
}
