//! `/auth/passkey/login`: logging in by a passkey.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::credential::{LoginResponse, read_login};
use super::optional;
use super::options::LoginOptionsData;
use crate::domain::passkeys::{self, Entered, PasskeyAttempt, PasskeyCode};
use crate::domain::principal::{Client, Principal};
use crate::error::{Error, Result};
use crate::http::auth::{IdentifierText, SessionData, identifier, public_key, session_data};
use crate::http::body::{Body, OptionalBody};
use crate::http::bridge::Bridge;
use crate::http::clock::Now;
use crate::http::cookie::LoginBy;
use crate::http::dialect::Dialect;
use crate::http::envelope::{Failure, Reply};
use crate::http::extract::{LoginFrom, authenticated_change};
use crate::http::openapi::operation::{Operation, Refusal, answer, schema};
use crate::normalization::trim;
use crate::time::Timestamp;

/// What a client may send with it: neither changes what a stranger gets.
#[derive(ToSchema)]
#[schema(as = PasskeyOptionsRequest)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(in crate::http) struct OptionsRequest {
    /// Not read: what was typed changes nothing.
    identifier: Option<Value>,
    /// What a refusal that asks for a code has in `send_data`. With it, the passkeys of its user
    /// are named.
    challenge: Option<String>,
}

pub(in crate::http) const LOGIN_OPTIONS: Operation =
    Operation::new("Begin to log in by a passkey: what a browser is asked for")
        .takes_optionally(schema::<OptionsRequest>)
        .gives(answer::<LoginOptionsData>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::UnAuthorized,
            Refusal::InvalidChallenge,
        ]);

/// `POST /auth/passkey/login/options`
pub(in crate::http) async fn login_options(
    bridge: Data<Bridge>,
    Now(now): Now,
    LoginFrom { device, .. }: LoginFrom,
    body: Result<OptionalBody, Failure>,
) -> Result<Reply<LoginOptionsData>, Failure> {
    passkeys::check_on(bridge.config())?;
    let OptionalBody(mut body) = body?;
    let proof = optional(&mut body, "challenge")?;
    let find = |app: &_| passkeys::login_options(app, &device, proof.as_deref(), now);
    Ok(Reply::new(bridge.read(find)?.into()))
}

/// What a browser answers.
#[derive(ToSchema)]
#[schema(as = PasskeyLogin)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(in crate::http) struct LoginRequest {
    id: String,
    response: LoginResponse,
    /// The account that was typed, which must be the passkey's.
    identifier: Option<IdentifierText>,
    /// Base64 of a public key (SPKI, DER), kept with the session.
    public_key: Option<String>,
}

/// What a passkey gets: a session, or in a session of its own user a code.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = PasskeyLoginData)]
pub(in crate::http) enum LoginData {
    Session(Box<SessionData>),
    Code(CodeData),
}

/// A code that takes the place of one of a second factor, once and within ten minutes.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyCode)]
pub(in crate::http) struct CodeData {
    verified: bool,
    code: String,
    factor_code: String,
    #[schema(value_type = i64)]
    expires: Timestamp,
}

pub(in crate::http) const LOGIN: Operation =
    Operation::new("Log in by a passkey, by the browser's answer to the options")
        .takes(schema::<LoginRequest>)
        .gives(answer::<LoginData>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::UnAuthorized,
            Refusal::InvalidChallenge,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/passkey/login/verify`
pub(in crate::http) async fn login(
    bridge: Data<Bridge>,
    Now(now): Now,
    LoginFrom { device, cookies }: LoginFrom,
    request: HttpRequest,
    body: Result<Body, Failure>,
) -> Result<Reply<LoginData>, Failure> {
    passkeys::check_on(bridge.config())?;
    let Body(mut body) = body?;
    let dialect = Dialect::of(&request);
    let signed = read_login(&mut body)?;
    let named = body.take("identifier").filter(|value| value.as_str().is_none_or(is_named));
    let server = bridge.config().server.address.as_str();
    let identifier = named.map(|value| identifier(Some(value), server)).transpose()?;
    let client = Client { device, public_key: public_key(&mut body)? };
    let principal = session(&request)?;
    let attempt = PasskeyAttempt { signed, identifier, client, principal };
    match bridge.run(move |app| passkeys::log_in(app, &attempt, now)).await? {
        Entered::Session(session) => {
            let cookies = cookies.set(bridge.config(), &session, LoginBy::Api);
            let data = LoginData::Session(Box::new(session_data(*session, None, dialect)));
            Ok(Reply::new(data).with_cookies(cookies))
        }
        Entered::Code(PasskeyCode { code, expires_at: expires }) => {
            let [code, factor_code] = [code.to_string(), code.to_string()];
            Ok(Reply::new(LoginData::Code(CodeData { verified: true, code, factor_code, expires })))
        }
    }
}

fn is_named(text: &str) -> bool {
    !trim(text).is_empty()
}

/// The session of a request; `None` where it has none, or one that has ended.
fn session(request: &HttpRequest) -> Result<Option<Principal>> {
    match authenticated_change(request) {
        Ok(principal) => Ok(Some(principal)),
        Err(Error::NotLogged | Error::UnAuthorized { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
