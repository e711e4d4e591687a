//! A device with passkeys, which does what a test wants, and lies where that wants it to.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::{Answer, Client, User};

/// The paths of the two ceremonies.
const REGISTRATION: &str = "/api/auth/passkey/register";
const PASSKEY_LOGIN: &str = "/api/auth/passkey/login";
pub const PASSKEYS: &str = "/api/auth/passkey";

/// The user is there, was verified, and the passkey may be and is copied.
const SYNCED: u8 = 0x1d;
/// The user is there and was verified, and the passkey stays on its device.
pub const SINGLE: u8 = 0x05;
/// The flag that a new credential follows.
const HAS_CREDENTIAL: u8 = 0x40;

/// A device with one passkey. Its fields are what it says: a test may change them.
#[derive(Clone)]
pub struct Authenticator {
    pub key: Vec<u8>,
    pub id: Vec<u8>,
    pub origin: String,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    pub aaguid: [u8; 16],
    pub transports: Vec<&'static str>,
    /// The type of the client data; empty where it is the right one.
    pub ceremony: &'static str,
    pub is_cross_origin: bool,
    /// What the server calls the user, once the device has been told.
    pub handle: Option<String>,
}

impl Authenticator {
    /// For a server with the public URL that is the default.
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let mut id = [0; 16];
        random.fill(&mut id).unwrap();
        Self {
            key: key.as_ref().into(),
            id: id.into(),
            origin: "http://localhost:53032".into(),
            rp_id: "localhost".into(),
            flags: SYNCED,
            counter: 0,
            aaguid: [0; 16],
            transports: vec!["internal"],
            ceremony: "",
            is_cross_origin: false,
            handle: None,
        }
    }

    /// What the browser answers to registration options.
    pub fn create(&mut self, options: &Value) -> Value {
        self.handle = options["user"]["id"].as_str().map(Into::into);
        let client_data = self.client_data("webauthn.create", options);
        let data = self.registration_data();
        let attestation = attestation(&data);
        self.credential(&json!({
            "clientDataJSON": BASE64.encode(client_data),
            "attestationObject": BASE64.encode(attestation),
            "transports": self.transports,
        }))
    }

    /// What the browser answers to login options.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(self.flags);
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let random = SystemRandom::new();
        let key = self.key(&random);
        let signature = key.sign(&random, &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": BASE64.encode(client_data),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature),
            "userHandle": self.handle,
        }))
    }

    fn credential(&self, response: &Value) -> Value {
        let id = BASE64.encode(&self.id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    /// Adds the passkey to the account of a user with a young session, and returns what the server
    /// says of it.
    #[track_caller]
    pub fn add_to(&mut self, user: &User) -> Value {
        self.try_add_to(user).data()
    }

    pub fn try_add_to(&mut self, user: &User) -> Answer {
        let options = user.post(&format!("{REGISTRATION}/options"), &json!({})).data();
        user.post(&format!("{REGISTRATION}/verify"), &self.create(&options))
    }

    /// The authenticator data of a registration.
    pub fn registration_data(&self) -> Vec<u8> {
        let random = SystemRandom::new();
        let point = self.key(&random).public_key().as_ref().to_vec();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        // A map of kty 2, alg -7, crv 1, x and y.
        let start = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
        [
            &self.authenticator_data(self.flags | HAS_CREDENTIAL)[..],
            &self.aaguid,
            &length,
            &self.id,
            &start,
            &point[1..33],
            &[0x22, 0x58, 0x20],
            &point[33..],
        ]
        .concat()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let counter = self.counter.to_be_bytes();
        [digest(&SHA256, self.rp_id.as_bytes()).as_ref(), &[flags], &counter].concat()
    }

    fn client_data(&self, ceremony: &str, options: &Value) -> Vec<u8> {
        let ceremony = if self.ceremony.is_empty() { ceremony } else { self.ceremony };
        json!({
            "type": ceremony,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.is_cross_origin,
        })
        .to_string()
        .into_bytes()
    }

    fn key(&self, random: &SystemRandom) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key, random).unwrap()
    }
}

/// An attestation object with the statement "none".
pub fn attestation(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length[..], data].concat()
}

impl Authenticator {
    /// The answer to a login of anyone, without a session.
    pub fn log_in(&self, client: &Client) -> Answer {
        let options = client.post(&format!("{PASSKEY_LOGIN}/options"), &json!({})).data();
        client.post(&format!("{PASSKEY_LOGIN}/verify"), &self.get(&options))
    }
}
