//! An authenticator with its browser. Both can say anything, and write CBOR by hand, so that
//! nothing is read by what wrote it.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::passkeys::verifier::{
    Asserted, ClientData, Expected, NewCredential, Unfit, verify_assertion, verify_registration,
};

pub const RP_ID: &str = "nox.example";
pub const ORIGIN: &str = "https://nox.example";
pub const UP: u8 = 0x01;
pub const UV: u8 = 0x04;
pub const BE: u8 = 0x08;
pub const BS: u8 = 0x10;
pub const AT: u8 = 0x40;
pub const ED: u8 = 0x80;

/// The first bytes of an item of CBOR.
pub fn head(kind: u8, count: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap();
    let bytes = count.to_be_bytes();
    match count {
        0..24 => vec![kind << 5 | bytes[3]],
        24..0x100 => vec![kind << 5 | 0x18, bytes[3]],
        0x100..0x1_0000 => vec![kind << 5 | 0x19, bytes[2], bytes[3]],
        _ => [&[kind << 5 | 0x1a], &bytes[..]].concat(),
    }
}

pub fn number(number: i16) -> Vec<u8> {
    let kind = u8::from(number < 0);
    let count = if number < 0 { -1 - number } else { number };
    head(kind, usize::try_from(count).unwrap())
}

pub fn bytes(bytes: &[u8]) -> Vec<u8> {
    [&head(2, bytes.len()), bytes].concat()
}

pub fn text(text: &str) -> Vec<u8> {
    [&head(3, text.len()), text.as_bytes()].concat()
}

pub fn map(entries: &[[Vec<u8>; 2]]) -> Vec<u8> {
    [head(5, entries.len()), entries.as_flattened().concat()].concat()
}

pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

/// The members of a `COSE_Key`.
pub fn cose(members: &[(i16, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<_> =
        members.iter().map(|(label, item)| [number(*label), item.clone()]).collect();
    map(&entries)
}

/// A credential's private key.
pub enum Signer {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Signer {
    pub fn es256() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::Es256(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap())
    }

    pub fn ed_dsa() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    /// The members of its public key.
    pub fn members(&self) -> Vec<(i16, Vec<u8>)> {
        match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                vec![
                    (1, number(2)),
                    (3, number(-7)),
                    (-1, number(1)),
                    (-2, bytes(x)),
                    (-3, bytes(y)),
                ]
            }
            Self::EdDsa(pair) => {
                let point = pair.public_key().as_ref();
                vec![(1, number(1)), (3, number(-8)), (-1, number(6)), (-2, bytes(point))]
            }
        }
    }

    pub fn public_key(&self) -> Vec<u8> {
        cose(&self.members())
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().into(),
            Self::EdDsa(pair) => pair.sign(message).as_ref().into(),
        }
    }
}

/// What is said in a ceremony. As it is made, it fits.
#[derive(Clone)]
pub struct Said {
    pub client_data: Value,
    pub rp_id: &'static str,
    pub flags: u8,
    pub counter: u32,
    pub id: Vec<u8>,
    pub public_key: Vec<u8>,
    /// What follows in the authenticator data.
    pub behind: Vec<u8>,
    pub statement: Vec<u8>,
}

impl Said {
    /// At a registration.
    pub fn create(public_key: Vec<u8>) -> Self {
        Self {
            client_data: json!({
                "type": "webauthn.create",
                "challenge": "AAECAw",
                "origin": ORIGIN,
                "crossOrigin": false,
            }),
            rp_id: RP_ID,
            flags: UP | UV | AT,
            counter: 7,
            id: b"a credential".into(),
            public_key,
            behind: Vec::new(),
            statement: map(&[]),
        }
    }

    /// At a login.
    pub fn get() -> Self {
        let mut said = Self::create(Vec::new());
        said.client_data["type"] = "webauthn.get".into();
        said.flags = UP | UV;
        said
    }

    pub fn client_data_json(&self) -> Vec<u8> {
        self.client_data.to_string().into()
    }

    pub fn authenticator_data(&self) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id).to_vec();
        data.push(self.flags);
        data.extend(self.counter.to_be_bytes());
        if self.flags & AT != 0 {
            data.extend(*b"sixteen bytes id");
            data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
            data.extend(&self.id);
            data.extend(&self.public_key);
        }
        data.extend(&self.behind);
        data
    }

    pub fn attestation_object(&self) -> Vec<u8> {
        map(&[
            [text("fmt"), text("none")],
            [text("attStmt"), self.statement.clone()],
            [text("authData"), bytes(&self.authenticator_data())],
        ])
    }

    pub fn register(&self) -> Result<NewCredential, Unfit> {
        register(&self.client_data_json(), &self.attestation_object())
    }

    /// Signs it all.
    pub fn signed(&self, signer: &Signer) -> Signed {
        let client_data_json = self.client_data_json();
        let authenticator_data = self.authenticator_data();
        let hash = Sha256::digest(&client_data_json);
        let signature = signer.sign(&[&authenticator_data, &hash[..]].concat());
        let public_key = signer.public_key();
        Signed { public_key, client_data_json, authenticator_data, signature }
    }
}

pub fn register(client_data: &[u8], object: &[u8]) -> Result<NewCredential, Unfit> {
    let is_allowed_origin = |origin: &str| origin == ORIGIN;
    let expected = Expected { rp_id: RP_ID, is_allowed_origin: &is_allowed_origin };
    verify_registration(&expected, &ClientData::parse(client_data)?, object)
}

/// What arrives at a login.
#[derive(Clone)]
pub struct Signed {
    pub public_key: Vec<u8>,
    pub client_data_json: Vec<u8>,
    pub authenticator_data: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Signed {
    pub fn verify(&self) -> Result<Asserted, Unfit> {
        self.verify_for(RP_ID, ORIGIN)
    }

    pub fn verify_for(&self, rp_id: &str, origin: &str) -> Result<Asserted, Unfit> {
        let is_allowed_origin = |other: &str| other == origin;
        verify_assertion(
            &Expected { rp_id, is_allowed_origin: &is_allowed_origin },
            &self.public_key,
            &ClientData::parse(&self.client_data_json)?,
            &self.authenticator_data,
            &self.signature,
        )
    }
}
