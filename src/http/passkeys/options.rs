//! What browsers are asked for (WebAuthn Level 3, 5.4 and 5.5), in the JSON that they parse.

use serde::Serialize;
use utoipa::ToSchema;

use super::credential::encode;
use crate::domain::passkeys::{
    CHALLENGE_LIFETIME, KnownPasskey, LoginOptions, RegistrationOptions,
};

/// The algorithms of keys that are taken (COSE), the best first: ECDSA on P-256 with SHA-256,
/// Ed25519, and RSA PKCS#1 1.5 with SHA-256.
const ALGORITHMS: [i32; 3] = [-7, -8, -257];
const PUBLIC_KEY: &str = "public-key";
const REQUIRED: &str = "required";

/// A passkey that a browser looks for.
#[derive(Clone, Serialize, ToSchema)]
struct Descriptor {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    transports: Vec<String>,
}

impl From<KnownPasskey> for Descriptor {
    fn from(known: KnownPasskey) -> Self {
        Self { kind: PUBLIC_KEY, id: encode(&known.credential_id), transports: known.transports }
    }
}

/// The options of a login by themselves, and again under the name that some fronts read.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyLoginOptions)]
pub(in crate::http) struct LoginOptionsData {
    #[serde(flatten)]
    bare: RequestOptions,
    options: RequestOptions,
}

impl From<LoginOptions> for LoginOptionsData {
    fn from(options: LoginOptions) -> Self {
        let options = RequestOptions::from(options);
        Self { bare: options.clone(), options }
    }
}

/// The same for a registration.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRegistrationOptions)]
pub(in crate::http) struct RegistrationOptionsData {
    #[serde(flatten)]
    bare: CreationOptions,
    options: CreationOptions,
}

impl RegistrationOptionsData {
    pub(in crate::http) fn new(options: RegistrationOptions, title: String) -> Self {
        let options = CreationOptions::new(options, title);
        Self { bare: options.clone(), options }
    }
}

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyRequestOptions)]
struct RequestOptions {
    challenge: String,
    /// In milliseconds.
    timeout: u64,
    rp_id: String,
    /// Empty: the browser offers the passkeys that it knows.
    allow_credentials: Vec<Descriptor>,
    user_verification: &'static str,
}

impl From<LoginOptions> for RequestOptions {
    fn from(options: LoginOptions) -> Self {
        Self {
            challenge: encode(&options.challenge),
            timeout: timeout(),
            rp_id: options.rp_id,
            allow_credentials: options.allowed.into_iter().map(Into::into).collect(),
            user_verification: REQUIRED,
        }
    }
}

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyCreationOptions)]
struct CreationOptions {
    rp: RelyingParty,
    user: UserEntity,
    challenge: String,
    pub_key_cred_params: Vec<Algorithm>,
    /// In milliseconds.
    timeout: u64,
    exclude_credentials: Vec<Descriptor>,
    authenticator_selection: Selection,
    attestation: &'static str,
    extensions: Extensions,
}

#[derive(Clone, Serialize, ToSchema)]
struct RelyingParty {
    id: String,
    name: String,
}

#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyUser)]
struct UserEntity {
    /// Random bytes, which name the user to devices alone.
    id: String,
    name: String,
    display_name: String,
}

#[derive(Clone, Serialize, ToSchema)]
#[schema(as = PasskeyAlgorithm)]
struct Algorithm {
    #[serde(rename = "type")]
    kind: &'static str,
    alg: i32,
}

/// The same wish under its two names: some browsers know only the older one.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeySelection)]
struct Selection {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

/// Firefox for Android makes a passkey that needs no name only where this is asked for.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyExtensions)]
struct Extensions {
    cred_props: bool,
}

impl CreationOptions {
    fn new(options: RegistrationOptions, title: String) -> Self {
        let algorithms = ALGORITHMS.map(|alg| Algorithm { kind: PUBLIC_KEY, alg });
        Self {
            rp: RelyingParty { id: options.rp_id, name: title },
            user: UserEntity {
                id: encode(&options.handle),
                name: options.username,
                display_name: options.display,
            },
            challenge: encode(&options.challenge),
            pub_key_cred_params: algorithms.into(),
            timeout: timeout(),
            exclude_credentials: options.known.into_iter().map(Into::into).collect(),
            authenticator_selection: Selection {
                resident_key: REQUIRED,
                require_resident_key: true,
                user_verification: REQUIRED,
            },
            attestation: "none",
            extensions: Extensions { cred_props: true },
        }
    }
}

/// How long a browser may wait for its user: as long as the challenge is good.
fn timeout() -> u64 {
    CHALLENGE_LIFETIME.as_secs() * 1000
}
