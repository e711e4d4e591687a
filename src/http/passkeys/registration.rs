//! `/auth/passkey/register`: adding a passkey.

use actix_web::web::Data;
use utoipa::ToSchema;

use super::credential::{RegistrationResponse, read_registration};
use super::list::PasskeyItem;
use super::options::RegistrationOptionsData;
use super::{ProofRequest, optional, proof};
use crate::domain::App;
use crate::domain::passkeys::names::PasskeyName;
use crate::domain::passkeys::{self, NewPasskey};
use crate::error::Result;
use crate::http::body::{Body, OptionalBody};
use crate::http::bridge::Bridge;
use crate::http::clock::Now;
use crate::http::envelope::{Failure, Reply};
use crate::http::extract::AuthenticatedChange;
use crate::http::openapi::operation::{Operation, Refusal, answer, schema};

pub(in crate::http) const REGISTRATION_OPTIONS: Operation =
    Operation::new("Begin to add a passkey: what a browser is asked for")
        .changes()
        .takes_optionally(schema::<ProofRequest>)
        .gives(answer::<RegistrationOptionsData>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/passkey/register/options`
pub(in crate::http) async fn registration_options(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<RegistrationOptionsData>, Failure> {
    passkeys::check_on(bridge.config())?;
    let proof = proof(&mut body)?;
    let has_password = proof.password.is_some();
    let work = move |app: &App| passkeys::registration_options(app, &principal, &proof, now);
    let options = if has_password { bridge.hash(work).await? } else { bridge.run(work).await? };
    let title = bridge.config().instance.title.clone();
    Ok(Reply::new(RegistrationOptionsData::new(options, title)))
}

/// What a browser answers, and a name for the passkey.
#[derive(ToSchema)]
#[schema(as = PasskeyRegistration)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(in crate::http) struct RegistrationRequest {
    id: String,
    response: RegistrationResponse,
    #[schema(max_length = 64)]
    name: Option<String>,
}

pub(in crate::http) const REGISTER: Operation =
    Operation::new("Add a passkey, by the browser's answer to the options")
        .changes()
        .takes(schema::<RegistrationRequest>)
        .gives(answer::<PasskeyItem>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::AlreadyExists,
            Refusal::InvalidChallenge,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/passkey/register/verify`
pub(in crate::http) async fn register(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(mut body): Body,
) -> Result<Reply<PasskeyItem>, Failure> {
    passkeys::check_on(bridge.config())?;
    let signed = read_registration(&mut body)?;
    let name = optional(&mut body, "name")?;
    let name = name.map(|text| PasskeyName::parse(&text)).transpose()?.flatten();
    let new = NewPasskey { signed, name };
    let added = bridge.run(move |app| passkeys::register(app, &principal, new, now)).await?;
    Ok(Reply::new(added.into()))
}
