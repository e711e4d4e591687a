//! Functions that the fuzzers in `fuzz/` call directly. Only their build has this module.

use sha2::{Digest, Sha256};

use super::verifier::{ClientData, Expected, Unfit, verify_assertion, verify_registration};

const RP_ID: &str = "nox.example";
const CLIENT_DATA: [&str; 2] = [
    r#"{"type": "webauthn.create", "challenge": "", "origin": "https://nox.example"}"#,
    r#"{"type": "webauthn.get", "challenge": "", "origin": "https://nox.example"}"#,
];
/// The Ed25519 key of RFC 8032, 7.1, test 1, as a `COSE_Key`.
const PUBLIC_KEY: &[u8] = b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20\
    \xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\
    \x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a";

/// Reads bytes as every part of a credential, alone and among parts that fit. Panics where a login
/// is accepted that nothing has signed, or a registration that cannot be stored.
pub fn passkey(json: &[u8], bytes: &[u8], signature: &[u8]) {
    let data = [&Sha256::digest(RP_ID)[..], bytes].concat();
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
    let begin: &[u8] = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
    let object = [begin, &length, &data].concat();
    for json in CLIENT_DATA.map(str::as_bytes).into_iter().chain([json]) {
        for object in [&object, bytes] {
            assert_registration(json, object);
        }
        for data in [&data, bytes] {
            assert!(log_in(json, PUBLIC_KEY, data, signature).is_err());
            assert!(log_in(json, bytes, data, &[]).is_err());
        }
    }
}

fn expected() -> Expected<'static> {
    Expected { rp_id: RP_ID, is_allowed_origin: &|origin| origin == "https://nox.example" }
}

fn assert_registration(json: &[u8], object: &[u8]) {
    let Ok(client_data) = ClientData::parse(json) else { return };
    if let Ok(new) = verify_registration(&expected(), &client_data, object) {
        assert!((1..=1023).contains(&new.credential_id.len()));
        assert!(new.public_key.len() <= 2048);
        assert!(new.is_syncable || !new.is_synced);
    }
}

fn log_in(json: &[u8], public_key: &[u8], data: &[u8], signature: &[u8]) -> Result<(), Unfit> {
    let client_data = ClientData::parse(json)?;
    verify_assertion(&expected(), public_key, &client_data, data, signature).map(drop)
}
