//! Passwords and their Argon2id hashes (RFC 9106). [`Hasher`] computes them on threads of their
//! own. Hashes of other servers ([`imported`]) are verified until the next login replaces them.

mod common;
mod guess;
mod imported;
mod memory;
mod stored;
mod text;
mod threads;
mod work;
mod wrap;

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::thread;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params, Version};
use secrecy::SecretString;

pub(crate) use self::guess::Candidate;
pub(crate) use self::imported::{ImportedHash, Pbkdf2Hash};
use self::stored::Stored;
pub(crate) use self::text::Password;
use self::threads::Threads;
use self::work::{Input, Work};
pub(crate) use self::wrap::ToWrap;
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
    /// Whether there are wrapped hashes, which take longer to verify than others. Then every other
    /// verification takes as long, so that the time does not tell which accounts have one.
    has_wrapped: Arc<OnceLock<bool>>,
}

impl Hasher {
    pub(crate) fn new(config: &config::Password) -> Self {
        let threads = match config.hashers {
            None => thread::available_parallelism().map_or(1, usize::from),
            Some(count) => count.get() as usize,
        };
        let threads = Arc::new(Threads::new(threads));
        let has_wrapped = Arc::default();
        Self { threads, params: params(config), seconds: Arc::default(), has_wrapped }
    }

    /// A hasher with the same threads and the parameters that are configured now.
    pub(crate) fn reload(&self, config: &config::Password) -> Self {
        let (threads, seconds) = (Arc::clone(&self.threads), Arc::clone(&self.seconds));
        Self { threads, params: params(config), seconds, has_wrapped: self.has_wrapped.clone() }
    }

    /// Lets it know whether there are wrapped hashes, which `find` says. No new ones come while a
    /// server runs, so it is asked once.
    ///
    /// # Errors
    /// Those of `find`.
    pub(in crate::domain) fn knowing(&self, find: impl FnOnce() -> Result<bool>) -> Result<&Self> {
        if self.has_wrapped.get().is_none() {
            // Another thread may have set the same meanwhile.
            let _ = self.has_wrapped.set(find()?);
        }
        Ok(self)
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
        forms.into_iter().flatten().try_for_each(|form| {
            let salt = crypto::random::<SALT_LENGTH>()?;
            self.compute(self.as_long(form), &salt, self.params.clone()).map(drop)
        })
    }

    /// The hash that versions before NFC made of a password.
    #[cfg(test)]
    pub(crate) fn hash_as_typed(&self, text: &str) -> Result<String> {
        self.hash_text(&text.into())
    }

    fn hash_text(&self, text: &SecretString) -> Result<String> {
        let salt = crypto::random::<SALT_LENGTH>()?;
        let output = self.compute(Input::Text(text.clone()), &salt, self.params.clone())?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(fault)?,
            salt: Some(Salt::new(&salt).map_err(fault)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Whether `password` is the one that `stored` was made from; never where there is none. A text
    /// that NFC changes is compared in both forms, whatever the first comparison says, so that the
    /// time does not tell which.
    ///
    /// # Errors
    /// `stored` is of no form that is stored, or the system provides no memory.
    pub(crate) fn verify(&self, password: &Password, stored: &str) -> Result<Match> {
        let Some(stored) = Stored::parse(stored)? else {
            self.hash_for_nobody(password)?;
            return Ok(Match::Wrong);
        };
        let is_normalized = self.verify_text(&password.normalized, &stored)?;
        let is_typed = match &password.typed {
            Some(typed) => self.verify_text(typed, &stored)?,
            None => false,
        };
        Ok(match (is_normalized, is_typed) {
            (true, _) => Match::Right,
            (false, true) => Match::RightAsTyped,
            (false, false) => Match::Wrong,
        })
    }

    fn verify_text(&self, text: &SecretString, stored: &Stored) -> Result<bool> {
        let input =
            if stored.is_wrapped { Input::Derived(text.clone()) } else { self.as_long(text) };
        // `Output` compares in constant time.
        Ok(self.compute(input, &stored.salt, stored.params.clone())? == stored.output)
    }

    /// A text whose hash takes as long as that of a wrapped one, if there are any.
    fn as_long(&self, text: &SecretString) -> Input {
        if self.has_wrapped.get() == Some(&true) {
            Input::AsLong(text.clone())
        } else {
            Input::Text(text.clone())
        }
    }

    /// Whether `stored` was made with the parameters that are configured now.
    #[must_use]
    pub(crate) fn is_current(&self, stored: &str) -> bool {
        let parsed = Stored::parse(stored).ok().flatten();
        parsed.is_some_and(|stored| !stored.is_wrapped && stored.params == self.params)
    }

    /// Lets a hashing thread compute a hash, and waits for it.
    fn compute(&self, input: Input, salt: &[u8], params: Params) -> Result<Output> {
        let result = self.begin(Work { input, salt: salt.into(), params })?;
        result.recv().map_err(|_| fault("a hashing thread ended"))?
    }

    /// Lets a hashing thread compute a hash.
    fn begin(&self, work: Work) -> Result<Receiver<Result<Output>>> {
        let (done, result) = channel();
        let seconds = Arc::clone(&self.seconds);
        self.threads.send(Box::new(move |memory| {
            let watch = Stopwatch::start();
            let computed = work.compute(memory);
            seconds.observe(watch.elapsed());
            // Sending fails if the caller's thread has ended; then the hash is not needed.
            let _ = done.send(computed);
        }))?;
        Ok(result)
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
mod tests;
