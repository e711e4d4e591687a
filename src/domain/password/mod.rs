//! Passwords and their Argon2id hashes (RFC 9106). [`Hasher`] computes them on threads of their
//! own.

mod common;
mod guess;
#[allow(dead_code, reason = "the command follows")]
mod imported;
mod memory;
mod text;
mod threads;

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params, Version};
use secrecy::SecretString;

pub(crate) use self::guess::Candidate;
#[allow(unused_imports, reason = "the command follows")]
pub(crate) use self::imported::{ImportedHash, Pbkdf2Hash};
pub(crate) use self::text::Password;
use self::threads::Threads;
use crate::config;
use crate::crypto;
use crate::domain::metrics::Histogram;
use crate::error::{Error, Result};
use crate::time::Stopwatch;

/// The maximum length of a password, in Unicode scalar values.
pub(crate) const MAX_LENGTH: usize = 128;
/// The minimum length of any existing password, in Unicode scalar values. Older accounts may have
/// passwords that are shorter than the configuration demands of new ones.
pub(crate) const MIN_LENGTH: usize = 6;
const HASH_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;

/// Whether a password is the one that a hash was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is another password.
    Wrong,
    /// It is the same.
    Right,
    /// It is the same as it was typed, but the hash is of an earlier version and not of NFC.
    RightAsTyped,
}

/// Hashes passwords and verifies them against hashes.
pub(crate) struct Hasher {
    threads: Arc<Threads>,
    params: Params,
    seconds: Arc<Histogram>,
}

impl Hasher {
    pub(crate) fn new(config: &config::Password) -> Self {
        let threads = match config.hashers {
            None => thread::available_parallelism().map_or(1, usize::from),
            Some(count) => count.get() as usize,
        };
        let threads = Arc::new(Threads::new(threads));
        Self { threads, params: params(config), seconds: Arc::default() }
    }

    /// A hasher with the same threads and the parameters that are configured now.
    pub(crate) fn reload(&self, config: &config::Password) -> Self {
        let (threads, seconds) = (Arc::clone(&self.threads), Arc::clone(&self.seconds));
        Self { threads, params: params(config), seconds }
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads.count
    }

    /// How long its threads computed each hash.
    pub(crate) fn seconds(&self) -> &Histogram {
        &self.seconds
    }

    /// Hashes a password with a fresh salt, as a PHC string.
    ///
    /// # Errors
    /// The system provides no random numbers or no memory.
    pub(crate) fn hash(&self, password: &Password) -> Result<String> {
        self.hash_text(&password.normalized)
    }

    /// Computes as many hashes as [`Self::verify`] does for this password.
    ///
    /// # Errors
    /// The errors of [`Self::hash`].
    pub(crate) fn hash_for_nobody(&self, password: &Password) -> Result<()> {
        let forms = [Some(&password.normalized), password.typed.as_ref()];
        forms.into_iter().flatten().try_for_each(|form| self.hash_text(form).map(drop))
    }

    /// The hash that versions before NFC made of a password.
    #[cfg(test)]
    pub(crate) fn hash_as_typed(&self, text: &str) -> Result<String> {
        self.hash_text(&text.into())
    }

    fn hash_text(&self, text: &SecretString) -> Result<String> {
        let salt = crypto::random::<SALT_LENGTH>()?;
        let output = self.compute(text, &salt, self.params.clone())?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(fault)?,
            salt: Some(Salt::new(&salt).map_err(fault)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Whether `password` is the one that `phc` was made from. A text that NFC changes is compared
    /// in both forms, whatever the first comparison says, so that the time does not tell which.
    ///
    /// # Errors
    /// `phc` is not an Argon2id hash, or the system provides no memory.
    pub(crate) fn verify(&self, password: &Password, phc: &str) -> Result<Match> {
        let is_normalized = self.verify_text(&password.normalized, phc)?;
        let is_typed = match &password.typed {
            Some(typed) => self.verify_text(typed, phc)?,
            None => false,
        };
        Ok(match (is_normalized, is_typed) {
            (true, _) => Match::Right,
            (false, true) => Match::RightAsTyped,
            (false, false) => Match::Wrong,
        })
    }

    fn verify_text(&self, text: &SecretString, phc: &str) -> Result<bool> {
        let stored = PasswordHash::new(phc).map_err(fault)?;
        match (stored.algorithm, stored.version, &stored.salt, &stored.hash) {
            (ARGON2ID_IDENT, Some(0x13), Some(salt), Some(hash)) => {
                let params = Params::try_from(&stored).map_err(fault)?;
                // `Output` compares in constant time.
                Ok(self.compute(text, salt, params)? == *hash)
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

    /// Lets a hashing thread compute a hash, and waits for it.
    fn compute(&self, text: &SecretString, salt: &[u8], params: Params) -> Result<Output> {
        let text = text.clone();
        let salt = salt.to_vec();
        let (done, result) = channel();
        let seconds = Arc::clone(&self.seconds);
        self.threads.send(Box::new(move |memory| {
            let watch = Stopwatch::start();
            let computed = memory.compute(&text, &salt, params);
            seconds.observe(watch.elapsed());
            // Sending fails if the caller's thread has ended; then the hash is not needed.
            let _ = done.send(computed);
        }))?;
        result.recv().map_err(|_| fault("a hashing thread ended"))?
    }
}

fn params(config: &config::Password) -> Params {
    // The configuration accepts only values that Argon2 accepts.
    Params::new(
        config.memory_kib.get(),
        config.iterations.get(),
        config.parallelism.get(),
        Some(HASH_LENGTH),
    )
    .unwrap_or_default()
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
    fn hash_verifies_its_password_and_no_other() {
        let hasher = hasher("memory_kib = 1024\niterations = 1");
        let hash = hasher.hash(&password("correct horse")).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{hash}");
        assert_eq!(hasher.verify(&password("correct horse"), &hash).unwrap(), Match::Right);
        assert_eq!(hasher.verify(&password("Correct horse"), &hash).unwrap(), Match::Wrong);
        assert_ne!(
            hash,
            hasher.hash(&password("correct horse")).unwrap(),
            "each hash has its own salt"
        );
    }

    #[test]
    fn hash_with_other_parameters_verifies_but_is_not_current() {
        let old = hasher("memory_kib = 1024\niterations = 1");
        let new = hasher("memory_kib = 2048\niterations = 1");
        let hash = old.hash(&password("secret")).unwrap();
        assert_eq!(new.verify(&password("secret"), &hash).unwrap(), Match::Right);
        assert!(old.is_current(&hash) && !new.is_current(&hash));
    }

    #[test]
    fn composed_and_decomposed_password_are_one_and_old_hashes_of_either_verify() {
        let hasher = hasher("memory_kib = 1024\niterations = 1");
        let forms = ["pass w\u{fc}rd", "pass wu\u{308}rd"];
        for set in forms {
            let hash = hasher.hash(&password(set)).unwrap();
            for typed in forms {
                assert_eq!(hasher.verify(&password(typed), &hash).unwrap(), Match::Right);
            }
        }
        let [composed, decomposed] = forms;
        let old = hasher.hash_as_typed(decomposed).unwrap();
        assert_eq!(hasher.verify(&password(decomposed), &old).unwrap(), Match::RightAsTyped);
        assert_eq!(hasher.verify(&password(composed), &old).unwrap(), Match::Wrong);
        for other in ["pass wurd", "PASS W\u{fc}RD", "pass w\u{fc}rd ", "ｐass w\u{fc}rd"] {
            assert_eq!(hasher.verify(&password(other), &old).unwrap(), Match::Wrong);
        }
        let typed = password(decomposed);
        assert_eq!((typed.length(), typed.normalized_length()), (10, 9));
    }

    /// The hash comes from the reference implementation's command line:
    /// `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e`.
    #[test]
    fn hash_of_the_reference_implementation_verifies() {
        let known = concat!(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
            "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        );
        let hasher = hasher("memory_kib = 1024");
        assert_eq!(hasher.verify(&password("password"), known).unwrap(), Match::Right);
        assert_eq!(hasher.verify(&password("passwore"), known).unwrap(), Match::Wrong);
    }

    #[test]
    fn text_that_is_not_an_argon2id_hash_is_a_fault() {
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
    fn damaged_hash_does_not_verify() {
        let hasher = hasher("memory_kib = 1024\niterations = 1\nhashers = 1");
        let hash = hasher.hash(&password("secret")).unwrap();
        // A changed text can mean the same hash: a parameter that is not named has its default.
        let meaning = |text: &str| {
            PasswordHash::new(text)
                .ok()
                .map(|hash| (hash.version, Params::try_from(&hash).ok(), hash.salt, hash.hash))
        };
        // One more character can cost at most one more digit of the memory's size.
        let letters = "[a-zA-Z0-9+/$=,]|.";
        let config = ProptestConfig::with_cases(64);
        proptest!(config, |(at in 0..hash.len(), letter in letters, text in ".*")| {
            let mut bent = hash.clone();
            bent.replace_range(at..=at, &letter);
            let found = hasher.verify(&password("secret"), &bent);
            let is_accepted = found.is_ok_and(|found| found != Match::Wrong);
            prop_assert!(meaning(&bent) == meaning(&hash) || !is_accepted, "{}", bent);
            prop_assert!(hasher.verify(&password("secret"), &text).is_err());
            prop_assert!(!hasher.is_current(&text));
        });
    }
}
