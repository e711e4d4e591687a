//! Hashes of PBKDF2, wrapped into Argon2id: they are too weak to be stored until each user has
//! logged in. A login computes PBKDF2 first and Argon2id of it, and replaces the hash by a plain
//! one.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use argon2::Version;
use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use zeroize::Zeroizing;

use super::imported::Pbkdf2Hash;
use super::work::{Input, Work};
use super::{Hasher, fault};
use crate::error::Result;

/// The name of a wrapped hash in its PHC string.
pub(super) const WRAPPED: &str = "argon2id-pbkdf2-sha256";
/// How many hashes are begun for each thread, so that none waits for the next.
const BEGUN_FOR_EACH: usize = 2;

/// A hash that is to be wrapped, and whose it is.
pub(crate) struct ToWrap<T> {
    pub whose: T,
    pub hash: Pbkdf2Hash,
}

/// A hash that is being wrapped.
struct Begun<T> {
    whose: T,
    salt: [u8; Pbkdf2Hash::SALT_LENGTH],
    result: Receiver<Result<Output>>,
}

impl Hasher {
    /// Wraps hashes on all threads, and calls `each` with whose it is and the PHC string, in the
    /// order of `hashes`.
    ///
    /// # Errors
    /// Those of `hashes` and of `each`, or the system provides no memory.
    pub(crate) fn wrap_all<T>(
        &self,
        hashes: impl IntoIterator<Item = Result<ToWrap<T>>>,
        mut each: impl FnMut(T, String) -> Result<()>,
    ) -> Result<()> {
        let mut begun = VecDeque::new();
        let mut finish = |Begun { whose, salt, result }| {
            let output = result.recv().map_err(|_| fault("a hashing thread ended"))??;
            each(whose, self.phc(&salt, output)?)
        };
        for next in hashes {
            let ToWrap { whose, hash } = next?;
            let result = self.begin(Work {
                input: Input::Known(Zeroizing::new(hash.output)),
                salt: hash.salt.into(),
                params: self.params.clone(),
            })?;
            begun.push_back(Begun { whose, salt: hash.salt, result });
            if begun.len() >= self.threads() * BEGUN_FOR_EACH
                && let Some(first) = begun.pop_front()
            {
                finish(first)?;
            }
        }
        begun.into_iter().try_for_each(finish)
    }

    fn phc(&self, salt: &[u8], output: Output) -> Result<String> {
        let mut params = ParamsString::try_from(&self.params).map_err(fault)?;
        let length = u32::try_from(Pbkdf2Hash::LENGTH).map_err(fault)?;
        for (name, value) in [("i", Pbkdf2Hash::ROUNDS), ("l", length)] {
            params.add_decimal(name, value).map_err(fault)?;
        }
        let hash = PasswordHash {
            algorithm: Ident::new(WRAPPED).map_err(fault)?,
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(Salt::new(salt).map_err(fault)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }
}
