//! Passwords and their Argon2id hashes (RFC 9106), computed on a few threads of their own.

mod memory;
mod threads;

use std::sync::mpsc::channel;
use std::thread;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use self::threads::Threads;
use crate::config;
use crate::crypto;
use crate::error::{Error, Result};

/// The longest password, in Unicode scalar values.
pub(crate) const MAX_LENGTH: usize = 128;
/// The shortest password that an account may have, in characters: older ones may be shorter than
/// the server wants of new ones.
pub(crate) const MIN_LENGTH: usize = 6;
const HASH_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;

/// A password in clear text: wiped when dropped, never shown, and used exactly as it was typed.
#[derive(Clone)]
pub(crate) struct Password(SecretString);

impl Password {
    /// Its length in Unicode scalar values.
    #[must_use]
    pub(crate) fn length(&self) -> usize {
        self.0.expose_secret().chars().count()
    }

    fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Computes hashes, and checks passwords against them.
pub(crate) struct Hasher {
    threads: Threads,
    params: Params,
}

impl Hasher {
    pub(crate) fn new(config: &config::Password) -> Self {
        let threads = match config.hashers {
            None => thread::available_parallelism().map_or(1, usize::from),
            Some(count) => count.get() as usize,
        };
        let (memory, iterations, lanes) =
            (config.memory_kib.get(), config.iterations.get(), config.parallelism.get());
        // Configuration allows only what Argon2 does.
        let params = Params::new(memory, iterations, lanes, Some(HASH_LENGTH)).unwrap_or_default();
        Self { threads: Threads::new(threads), params }
    }

    pub(crate) const fn threads(&self) -> usize {
        self.threads.count
    }

    /// Hashes a password with a fresh salt, as a PHC string.
    ///
    /// # Errors
    /// The system gives no random numbers, or no memory.
    pub(crate) fn hash(&self, password: &Password) -> Result<String> {
        let salt = crypto::random::<SALT_LENGTH>()?;
        let output = self.compute(password, &salt, self.params.clone())?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(fault)?,
            salt: Some(Salt::new(&salt).map_err(fault)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Whether `password` is the one that `phc` was made from.
    ///
    /// # Errors
    /// `phc` is no Argon2id hash, or the system gives no memory.
    pub(crate) fn verify(&self, password: &Password, phc: &str) -> Result<bool> {
        let stored = PasswordHash::new(phc).map_err(fault)?;
        match (stored.algorithm, stored.version, &stored.salt, &stored.hash) {
            (ARGON2ID_IDENT, Some(0x13), Some(salt), Some(hash)) => {
                let params = Params::try_from(&stored).map_err(fault)?;
                // Compared in constant time by the type.
                Ok(self.compute(password, salt, params)? == *hash)
            }
            _ => Err(fault("the stored hash is not Argon2id of version 19")),
        }
    }

    /// Whether `phc` was made with the parameters that are configured now.
    #[must_use]
    pub(crate) fn is_current(&self, phc: &str) -> bool {
        PasswordHash::new(phc)
            .is_ok_and(|stored| Params::try_from(&stored).is_ok_and(|params| params == self.params))
    }

    /// Has one hash computed and waits for it.
    fn compute(&self, password: &Password, salt: &[u8], params: Params) -> Result<Output> {
        let (password, salt) = (password.clone(), salt.to_vec());
        let (done, result) = channel();
        self.threads.send(Box::new(move |memory| {
            // Nobody listens any more where the caller's thread is gone.
            let _ = done.send(memory.compute(&password, &salt, params));
        }))?;
        result.recv().map_err(|_| fault("a hashing thread ended"))?
    }
}

fn fault(source: impl Into<crate::error::Cause>) -> Error {
    Error::internal("check a password", source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hasher(settings: &str) -> Hasher {
        Hasher::new(&toml::from_str(settings).unwrap())
    }

    fn password(text: &str) -> Password {
        text.to_owned().into()
    }

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let hasher = hasher("memory_kib = 1024\niterations = 1");
        let hash = hasher.hash(&password("correct horse")).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{hash}");
        assert!(hasher.verify(&password("correct horse"), &hash).unwrap());
        assert!(!hasher.verify(&password("Correct horse"), &hash).unwrap());
        assert_ne!(
            hash,
            hasher.hash(&password("correct horse")).unwrap(),
            "each hash has its own salt"
        );
    }

    #[test]
    fn hashes_with_other_parameters_are_read_but_not_current() {
        let (old, new) = (
            hasher("memory_kib = 1024\niterations = 1"),
            hasher("memory_kib = 2048\niterations = 1"),
        );
        let hash = old.hash(&password("secret")).unwrap();
        assert!(new.verify(&password("secret"), &hash).unwrap());
        assert!(old.is_current(&hash) && !new.is_current(&hash));
    }

    /// The hash that the reference implementation's command line gives:
    /// `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e`.
    #[test]
    fn it_agrees_with_the_reference_implementation() {
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let hasher = hasher("memory_kib = 1024");
        assert!(hasher.verify(&password("password"), known).unwrap());
        assert!(!hasher.verify(&password("passwore"), known).unwrap());
    }

    #[test]
    fn what_is_no_argon2id_hash_is_a_fault_and_not_a_wrong_password() {
        let hasher = hasher("memory_kib = 1024");
        let other_version = hasher.hash(&password("secret")).unwrap().replace("v=19", "v=16");
        for hash in [
            "",
            "secret",
            &other_version,
            "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        ] {
            assert!(matches!(
                hasher.verify(&password("secret"), hash),
                Err(Error::InternalError { .. })
            ));
        }
    }

    #[test]
    fn a_hash_that_was_damaged_is_nobodys() {
        let hasher = hasher("memory_kib = 1024\niterations = 1\nhashers = 1");
        let hash = hasher.hash(&password("secret")).unwrap();
        // Other words for the same: a parameter that is not named has its default.
        let meaning = |text: &str| {
            PasswordHash::new(text)
                .ok()
                .map(|hash| (hash.version, Params::try_from(&hash).ok(), hash.salt, hash.hash))
        };
        // A third digit of the memory's size is the most that one letter more can cost.
        proptest!(ProptestConfig::with_cases(64), |(at in 0..hash.len(), letter in "[a-zA-Z0-9+/$=,]|.", text in ".*")| {
            let mut bent = hash.clone();
            bent.replace_range(at..=at, &letter);
            prop_assert!(meaning(&bent) == meaning(&hash) || !hasher.verify(&password("secret"), &bent).unwrap_or(false), "{}", bent);
            prop_assert!(hasher.verify(&password("secret"), &text).is_err() && !hasher.is_current(&text));
        });
    }
}
