//! What a browser and an authenticator send of a passkey: nothing logs in without a signature.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::domain::fuzzing::passkey;

fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (client_data, bytes, signature) = input;
    passkey(client_data, bytes, signature);
});
