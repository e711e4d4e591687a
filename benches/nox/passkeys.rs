//! Logins by passkey, beside those by password.

use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{self, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Measure;
use crate::figures::Figures;
use crate::fixture::Fixture;
use crate::http::{Connection, request};
use crate::storm::{CLIENTS, Storm};

/// The default of `server.public_url`, and its host.
const ORIGIN: &str = "http://localhost:53032";
const RP_ID: &str = "localhost";
/// The user is there and verified.
const FLAGS: u8 = 0b0000_0101;
const HAS_CREDENTIAL: u8 = 0b0100_0000;

/// A passkey of ES256, and the connection of its device.
struct Passkey {
    connection: Connection,
    /// The address of the device, as a proxy names it.
    ip: String,
    id: [u8; 16],
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Passkey {
    /// Adds a passkey to a user, in a session that was just opened.
    fn add(address: SocketAddr, user: u32) -> Result<Self> {
        let mut connection = Connection::open(address)?;
        let token = connection.log_in(user)?;
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
            .and_then(|pkcs8| Ok(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random)?))
            .map_err(|_| anyhow!("no key was made"))?;
        let id = rand::generate::<[u8; 16]>(&random).map_err(|_| anyhow!("no id was made"))?;
        let id = id.expose();
        let ip = format!("10.1.{}.{}", user / 256, user % 256);
        let mut passkey = Self { connection, ip, id, key, random };
        let bearer = format!("Bearer {token}");
        let options = passkey.post("register/options", &bearer, &json!({}))?;
        let credential = passkey.create(challenge(&options)?);
        passkey.post("register/verify", &bearer, &credential)?;
        Ok(passkey)
    }

    /// The answer of a device that was asked for a new passkey.
    fn create(&self, challenge: &str) -> Value {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let key = [
            // A map of five: an EC2 key, ES256, P-256, and the two coordinates.
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20][..],
            x,
            &[0x22, 0x58, 0x20],
            y,
        ]
        .concat();
        let credential = [&[0; 16][..], &[0, 16], &self.id, &key].concat();
        let data = [authenticator_data(FLAGS | HAS_CREDENTIAL), credential].concat();
        let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
        let object =
            [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[length], &data].concat();
        let client_data = client_data("webauthn.create", challenge);
        let response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "attestationObject": encode(&object),
        });
        self.credential(&response)
    }

    /// What a browser sends.
    fn credential(&self, response: &Value) -> Value {
        json!({ "id": encode(&self.id), "type": "public-key", "response": response })
    }

    /// Logs in: asks for a challenge, signs it and sends it back.
    fn log_in(&mut self) -> Result<()> {
        let options = self.post("login/options", "", &json!({}))?;
        let client_data = client_data("webauthn.get", challenge(&options)?);
        let data = authenticator_data(FLAGS);
        let message = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&self.random, &message).map_err(|_| anyhow!("not signed"))?;
        let response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
        });
        self.post("login/verify", "", &self.credential(&response)).map(drop)
    }

    fn post(&mut self, path: &str, authorization: &str, body: &Value) -> Result<Value> {
        let headers = [
            ("Content-Type", "application/json"),
            ("X-Forwarded-For", &self.ip),
            ("Authorization", authorization),
        ];
        // An empty value would be a malformed one.
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let path = format!("/api/auth/passkey/{path}");
        let sent = request("POST", &path, &headers, &body.to_string());
        let (answer, start) = self.connection.send(&sent)?;
        let envelope: Value = serde_json::from_slice(&answer[start..])?;
        Ok(envelope["data"].clone())
    }
}

fn challenge(options: &Value) -> Result<&str> {
    options["challenge"].as_str().context("no challenge")
}

fn client_data(ceremony: &str, challenge: &str) -> String {
    json!({ "type": ceremony, "challenge": challenge, "origin": ORIGIN }).to_string()
}

/// The authenticator data of a device that does not count.
fn authenticator_data(flags: u8) -> Vec<u8> {
    [&Sha256::digest(RP_ID)[..], &[flags, 0, 0, 0, 0]].concat()
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Logins per second of users with a passkey each.
pub struct Passkeys {
    fixture: Rc<Fixture>,
}

impl Passkeys {
    pub fn new(fixture: &Rc<Fixture>) -> Self {
        Self { fixture: Rc::clone(fixture) }
    }
}

impl Measure for Passkeys {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let address = self.fixture.server.address;
        let storm = Storm::of(CLIENTS, move |number| {
            let mut passkey = Passkey::add(address, 1 + number)?;
            Ok(move || passkey.log_in())
        })?;
        figures.record("passkeys", storm.rate(self.fixture.seconds(4))?);
        storm.stop()
    }
}
