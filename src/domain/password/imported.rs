//! Hashes that other servers have made, and how they are taken over.

use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Params};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The longest salt and output of Argon2id that are taken, in bytes, and the shortest.
const SALT_LENGTHS: std::ops::RangeInclusive<usize> = 8..=48;
const OUTPUT_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;
/// The most work that a row may make of each login: memory in KiB, passes, and lanes.
const MOST_MEMORY: u32 = 1 << 20;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// PBKDF2-HMAC-SHA256 of a password, with [`Pbkdf2Hash::ROUNDS`] rounds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pbkdf2Hash {
    pub(super) salt: [u8; Self::SALT_LENGTH],
    pub(super) output: [u8; Self::LENGTH],
}

impl Pbkdf2Hash {
    pub(super) const ROUNDS: u32 = 10_000;
    pub(super) const SALT_LENGTH: usize = 16;
    pub(super) const LENGTH: usize = 64;

    /// Reads `SALT:HASH`, both in standard base64 with padding.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (salt, output) = text.split_once(':')?;
        Some(Self {
            salt: BASE64_STANDARD.decode(salt).ok()?.try_into().ok()?,
            output: BASE64_STANDARD.decode(output).ok()?.try_into().ok()?,
        })
    }
}

/// A hash that another server has made.
pub(crate) enum ImportedHash {
    /// To be wrapped into Argon2id.
    Pbkdf2(Pbkdf2Hash),
    /// To be stored as it is, with its parameters as a report shows them.
    Argon2id(String),
}

impl ImportedHash {
    /// Recognizes a hash by its form.
    ///
    /// # Errors
    /// The name of the form, as far as it is recognized, if a login could not use the hash. Nothing
    /// of the hash is in it.
    pub(crate) fn recognize(text: &str) -> Result<Self, &'static str> {
        if let Some(hash) = Pbkdf2Hash::parse(text) {
            return Ok(Self::Pbkdf2(hash));
        }
        let is_hex =
            |length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text.split('$').nth(1) {
            Some("argon2id") => argon2id(text).map(Self::Argon2id),
            Some("argon2i" | "argon2d") => Err("Argon2i or Argon2d"),
            Some("2a" | "2b" | "2x" | "2y") => Err("bcrypt"),
            _ if is_hex(64) => Err("64 hexadecimal digits"),
            _ if text.is_empty() => Err("an empty text"),
            _ => Err("an unknown form or clear text"),
        }
    }
}

/// Checks a hash of Argon2id, and returns its parameters.
fn argon2id(text: &str) -> Result<String, &'static str> {
    const MALFORMED: &str = "malformed Argon2id";
    let hash = PasswordHash::new(text).map_err(|_| MALFORMED)?;
    let (Some(salt), Some(output)) = (&hash.salt, &hash.hash) else { return Err(MALFORMED) };
    if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(0x13) {
        return Err("Argon2id of another version than 19");
    }
    // A key or data beside the password is not in the hash, so no login could compute it.
    let has_more = hash.params.iter().any(|(name, _)| !matches!(name.as_str(), "m" | "t" | "p"));
    if has_more {
        return Err("Argon2id with a key or data of its own");
    }
    // One that is missing would be taken to be a value that the other server need not have used.
    if !["m", "t", "p"].iter().all(|name| hash.params.iter().any(|(has, _)| has.as_str() == *name))
    {
        return Err("Argon2id without its memory, passes or lanes");
    }
    let params = Params::try_from(&hash).map_err(|_| MALFORMED)?;
    let is_fit = params.m_cost() <= MOST_MEMORY
        && params.t_cost() <= MOST_PASSES
        && params.p_cost() <= MOST_LANES
        && SALT_LENGTHS.contains(&salt.len())
        && OUTPUT_LENGTHS.contains(&output.len());
    // The builder does not compare them with each other.
    let is_sound =
        Params::new(params.m_cost(), params.t_cost(), params.p_cost(), Some(output.len())).is_ok();
    if !is_fit || !is_sound {
        return Err("Argon2id with more memory, passes or lanes than a login may take");
    }
    Ok(format!("m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost()))
}
