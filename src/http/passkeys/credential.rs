//! What browsers answer with a passkey (WebAuthn Level 3, 5.1: `toJSON()`), as clients send it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::passkeys::{SignedLogin, SignedRegistration};
use crate::error::{Error, PasskeyFault, Result};
use crate::http::object::Object;

/// Base64url, in which browsers write bytes, with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where a body has the credential, if it is not the body itself.
const WRAPPERS: [&str; 3] = ["credential", "response", "assertion"];

/// The answer of a browser to registration options, as `toJSON()` writes it. Other fields of it are
/// ignored. It may be in a field `credential`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct RegistrationResponse {
    #[schema(rename = "clientDataJSON")]
    client_data: String,
    #[schema(rename = "attestationObject")]
    attestation_object: String,
    transports: Option<Vec<String>>,
}

/// The answer of a browser to login options, as `toJSON()` writes it. Other fields of it are
/// ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct LoginResponse {
    #[schema(rename = "clientDataJSON")]
    client_data: String,
    #[schema(rename = "authenticatorData")]
    authenticator_data: String,
    signature: String,
    #[schema(rename = "userHandle")]
    user_handle: Option<String>,
}

const MALFORMED: Error = Error::RefusedPasskey(PasskeyFault::Malformed);

/// A credential: its id, and what the browser says of it.
struct Credential {
    id: Vec<u8>,
    response: Map<String, Value>,
}

/// Writes bytes as browsers read them.
pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(in crate::http) fn read_registration(body: &mut Object) -> Result<SignedRegistration> {
    let credential = Credential::take(body)?;
    let transports = match credential.response.get("transports") {
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    Ok(SignedRegistration {
        client_data: credential.bytes("clientDataJSON")?,
        attestation: credential.bytes("attestationObject")?,
        transports: transports.into_iter().map(Into::into).collect(),
        credential_id: credential.id,
    })
}

pub(in crate::http) fn read_login(body: &mut Object) -> Result<SignedLogin> {
    let credential = Credential::take(body)?;
    let handle = match credential.response.get("userHandle") {
        None | Some(Value::Null) => None,
        Some(_) => Some(credential.bytes("userHandle")?).filter(|handle| !handle.is_empty()),
    };
    Ok(SignedLogin {
        client_data: credential.bytes("clientDataJSON")?,
        authenticator_data: credential.bytes("authenticatorData")?,
        signature: credential.bytes("signature")?,
        handle,
        credential_id: credential.id,
    })
}

impl Credential {
    /// Takes the credential from a body: the body itself, or a field of it.
    fn take(body: &mut Object) -> Result<Self> {
        let id = body.take("id");
        let wrapped = WRAPPERS.map(|field| (field, body.take(field)));
        let response = |value: &Value| match value {
            Value::Object(response) if response.contains_key("clientDataJSON") => {
                Some(response.clone())
            }
            _ => None,
        };
        let bare = wrapped.iter().find(|(field, _)| *field == "response");
        if let Some(found) = bare.and_then(|(_, value)| value.as_ref()).and_then(response) {
            return Self::new(id.as_ref(), found);
        }
        let mut inner = wrapped.iter().filter_map(|(_, value)| value.as_ref());
        let found =
            inner.find_map(|value| Some((value.get("id"), response(value.get("response")?)?)));
        let (id, response) = found.ok_or(MALFORMED)?;
        Self::new(id, response)
    }

    fn new(id: Option<&Value>, response: Map<String, Value>) -> Result<Self> {
        let id = id.and_then(Value::as_str).ok_or(MALFORMED)?;
        Ok(Self { id: decode(id)?, response })
    }

    fn bytes(&self, field: &str) -> Result<Vec<u8>> {
        decode(self.response.get(field).and_then(Value::as_str).ok_or(MALFORMED)?)
    }
}

fn decode(text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|_| MALFORMED)
}
