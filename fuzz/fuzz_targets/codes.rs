//! Codes of the second factor, and public keys of clients.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::domain::factors::Code;
use nox::domain::public_key::PublicKey;

fuzz_target!(|text: &str| {
    assert!(Code::parse("code", text.into()).is_err() || matches!(text.len(), 6 | 10 | 11));
    if let Some(key) = PublicKey::from_base64(text) {
        assert!(key.into_der().len() <= text.len());
    }
});
