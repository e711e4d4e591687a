//! The test vectors of the standard (Web Authentication Level 3, section 16).

use std::collections::HashMap;

use super::flips::flipped;
use crate::domain::passkeys::verifier::authenticator_data::AuthenticatorData;
use crate::domain::passkeys::verifier::cbor::{self, Key};
use crate::domain::passkeys::verifier::public_key::PublicKey;
use crate::domain::passkeys::verifier::{
    Asserted, ClientData, Expected, NewCredential, Unfit, verify_assertion, verify_registration,
};

/// Whether the two ceremonies of a vector are accepted. In most, the user is not verified.
const OUTCOMES: [(&str, Option<Unfit>, Option<Unfit>); 8] = [
    ("none.ES256", Some(Unfit::UserUnverified), Some(Unfit::UserUnverified)),
    ("none.ES256.crossOrigin", Some(Unfit::CrossOrigin), Some(Unfit::CrossOrigin)),
    ("none.ES256.topOrigin", Some(Unfit::CrossOrigin), Some(Unfit::CrossOrigin)),
    ("none.ES256.long-credential-id", Some(Unfit::UserUnverified), None),
    ("packed.ES256", None, None),
    ("packed.RS256", None, Some(Unfit::UserUnverified)),
    ("packed.EdDSA", Some(Unfit::UserUnverified), Some(Unfit::UserUnverified)),
    ("RS256 with a verified user", None, None),
];

pub struct Vector(HashMap<&'static str, &'static str>);

impl Vector {
    pub fn named(name: &str) -> Self {
        let all = include_str!("vectors.txt").split("\n\n").map(|lines| {
            lines.lines().filter_map(|line| line.split_once(' ')).collect::<HashMap<_, _>>()
        });
        Self(all.into_iter().find(|fields| fields.get("name") == Some(&name)).unwrap())
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        from_hex(self.0[name])
    }

    fn register(&self) -> Result<NewCredential, Unfit> {
        let client_data = ClientData::parse(&self.bytes("registration.clientDataJSON"))?;
        let object = self.bytes("registration.attestationObject");
        verify_registration(&expected(), &client_data, &object)
    }

    fn log_in(&self) -> Result<Asserted, Unfit> {
        verify_assertion(
            &expected(),
            &self.public_key(),
            &ClientData::parse(&self.bytes("login.clientDataJSON"))?,
            &self.bytes("login.authenticatorData"),
            &self.bytes("login.signature"),
        )
    }

    fn public_key(&self) -> Vec<u8> {
        self.read(|data| data.credential.unwrap().public_key.into())
    }

    /// What the registration says, whether it is accepted or not.
    fn read<T>(&self, read: impl FnOnce(AuthenticatorData<'_>) -> T) -> T {
        let object = self.bytes("registration.attestationObject");
        let object = cbor::map(&object).unwrap();
        let data = cbor::byte_string(object[&Key::Text("authData")]).unwrap();
        read(AuthenticatorData::parse(data).unwrap())
    }
}

fn expected() -> Expected<'static> {
    Expected { rp_id: "example.org", is_allowed_origin: &|origin| origin == "https://example.org" }
}

#[test]
fn vectors_are_accepted_where_the_user_is_verified() {
    for (name, registration, login) in OUTCOMES {
        let vector = Vector::named(name);
        assert_eq!(vector.register().err(), registration, "{name}");
        assert_eq!(vector.log_in().err(), login, "{name}");
    }
}

#[test]
fn signature_of_each_vector_is_right() {
    for (name, ..) in OUTCOMES {
        let vector = Vector::named(name);
        let client_data = ClientData::parse(&vector.bytes("login.clientDataJSON")).unwrap();
        let message = [&vector.bytes("login.authenticatorData")[..], &client_data.sha256].concat();
        let signature = vector.bytes("login.signature");
        let public_key = vector.public_key();
        let key = PublicKey::parse(&public_key).unwrap();
        assert_eq!(key.verify(&message, &signature), Ok(()), "{name}");
        for bent in flipped(&signature).step_by(7) {
            assert_eq!(key.verify(&message, &bent), Err(Unfit::Signature), "{name}");
        }
        for bent in flipped(&message).step_by(7) {
            assert_eq!(key.verify(&bent, &signature), Err(Unfit::Signature), "{name}");
        }
    }
}

#[test]
fn vectors_say_what_the_standard_lists() {
    let registered = Vector::named("packed.ES256").register().unwrap();
    let id = "c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5";
    assert_eq!(registered.credential_id, from_hex(id));
    assert_eq!(registered.aaguid[..], from_hex("876ca4f52071c3e9b25509ef2cdf7ed6"));
    assert_eq!(
        (registered.counter, registered.is_syncable, registered.is_synced),
        (0, true, false)
    );
    let asserted = Vector::named("packed.ES256").log_in();
    assert_eq!(asserted, Ok(Asserted { counter: 0, is_syncable: true, is_synced: false }));
    let asserted = Vector::named("RS256 with a verified user").log_in();
    assert_eq!(asserted, Ok(Asserted { counter: 9, is_syncable: false, is_synced: false }));

    let long = Vector::named("none.ES256.long-credential-id");
    assert_eq!(long.read(|data| data.credential.unwrap().id.len()), 1023);

    let challenge = "b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5";
    let client_data = Vector::named("packed.ES256").bytes("login.clientDataJSON");
    assert_eq!(ClientData::parse(&client_data).unwrap().challenge, from_hex(challenge));
}

fn from_hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
