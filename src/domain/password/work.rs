//! What a hashing thread computes.

use std::num::NonZeroU32;

use argon2::Params;
use argon2::password_hash::phc::Output;
use ring::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::imported::Pbkdf2Hash;
use super::memory::Memory;
use crate::error::Result;

/// What Argon2id is computed of.
pub(super) enum Input {
    /// A password.
    Text(SecretString),
    /// A password, after PBKDF2 of it was computed for nothing but its time.
    AsLong(SecretString),
    /// The PBKDF2 of a password.
    Derived(SecretString),
    /// What PBKDF2 has made of a password elsewhere.
    Known(Zeroizing<[u8; Pbkdf2Hash::LENGTH]>),
}

/// A hash that is to be computed.
pub(super) struct Work {
    pub input: Input,
    pub salt: Vec<u8>,
    pub params: Params,
}

impl Work {
    pub fn compute(&self, memory: &mut Memory) -> Result<Output> {
        let params = self.params.clone();
        match &self.input {
            Input::Text(text) => {
                memory.compute(text.expose_secret().as_bytes(), &self.salt, params)
            }
            Input::AsLong(text) => {
                // An optimizer must not see that it is not needed.
                std::hint::black_box(pbkdf2(text, &self.salt));
                memory.compute(text.expose_secret().as_bytes(), &self.salt, params)
            }
            Input::Derived(text) => {
                memory.compute(&pbkdf2(text, &self.salt)[..], &self.salt, params)
            }
            Input::Known(derived) => memory.compute(&derived[..], &self.salt, params),
        }
    }
}

/// PBKDF2 of a password, as the first generation of servers computed it.
fn pbkdf2(text: &SecretString, salt: &[u8]) -> Zeroizing<[u8; Pbkdf2Hash::LENGTH]> {
    let mut derived = Zeroizing::new([0; Pbkdf2Hash::LENGTH]);
    let rounds = NonZeroU32::new(Pbkdf2Hash::ROUNDS).unwrap_or(NonZeroU32::MIN);
    derive(PBKDF2_HMAC_SHA256, rounds, salt, text.expose_secret().as_bytes(), &mut derived[..]);
    derived
}
