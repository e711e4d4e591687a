//! Hashes as they are stored.

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params};

use super::fault;
use super::imported::Pbkdf2Hash;
use super::wrap::WRAPPED;
use crate::error::Result;
use crate::storage::users::NO_PASSWORD;

/// A hash as it is stored.
pub(super) struct Stored {
    /// Whether PBKDF2 is computed first.
    pub is_wrapped: bool,
    pub params: Params,
    pub salt: Salt,
    pub output: Output,
}

impl Stored {
    /// Reads what is stored of a password; `None` where there is no password.
    ///
    /// # Errors
    /// It is of no form that is stored: a fault.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        if text == NO_PASSWORD {
            return Ok(None);
        }
        let hash = PasswordHash::new(text).map_err(fault)?;
        let is_wrapped = hash.algorithm.as_str() == WRAPPED;
        let (Some(0x13), Some(salt), Some(output), true) =
            (hash.version, hash.salt, hash.hash, is_wrapped || hash.algorithm == ARGON2ID_IDENT)
        else {
            return Err(fault("the stored hash is not Argon2id of version 19"));
        };
        let params =
            if is_wrapped { wrapped(&hash)? } else { Params::try_from(&hash).map_err(fault)? };
        Ok(Some(Self { is_wrapped, params, salt, output }))
    }
}

/// The parameters of the Argon2id around PBKDF2. There is one kind of PBKDF2.
fn wrapped(hash: &PasswordHash) -> Result<Params> {
    let number = |name: &str| hash.params.get_decimal(name).unwrap_or_default();
    let length = u32::try_from(Pbkdf2Hash::LENGTH).unwrap_or_default();
    if number("i") != Pbkdf2Hash::ROUNDS || number("l") != length {
        return Err(fault("the stored hash is around PBKDF2 of another kind"));
    }
    let output = hash.hash.as_ref().map(Output::len);
    Params::new(number("m"), number("t"), number("p"), output).map_err(fault)
}
