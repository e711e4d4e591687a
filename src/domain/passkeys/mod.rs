//! Passkeys (WebAuthn): credentials of a user's devices, which log in without a password.

#[expect(dead_code, reason = "the rules that call it are built next")]
mod verifier;
