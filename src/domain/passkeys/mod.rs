//! Passkeys (WebAuthn): credentials of a user's devices, which log in without a password.

#[cfg(fuzzing)]
pub mod fuzzing;
#[cfg_attr(not(test), expect(dead_code, reason = "the rules that call it are built next"))]
mod verifier;
