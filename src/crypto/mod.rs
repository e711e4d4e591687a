//! The crypto toolbox: the key file, HMAC, random numbers, and generated passwords and codes.

mod key;
mod sealing;

use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::time::Timestamp;
pub use key::{KEY_LENGTH, Key, KeyError};
pub use sealing::open_with;
pub(crate) use sealing::seal_with;

/// HMAC-SHA-256 (RFC 2104) with its key, ready for a message.
pub(crate) type HmacSha256 = Hmac<Sha256>;

/// HMAC-SHA-256 with a key of 32 bytes, for many messages.
pub(crate) fn keyed(key: &[u8; KEY_LENGTH]) -> HmacSha256 {
    // RFC 2104 pads a key to the block size with zeros. With a whole block, no length can be wrong.
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_LENGTH].copy_from_slice(key);
    Hmac::new((&*block).into())
}

/// HMAC-SHA-256 of one message with a key of 32 bytes.
pub(crate) fn hmac_sha256(key: &[u8; KEY_LENGTH], message: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// `N` random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal("generate a random number", error))?;
    Ok(bytes)
}

/// A UUID of version 7 (RFC 9562, 5.7). It begins with the time, so that ids are in the order in
/// which they are made, and new rows lie close together in an index.
pub(crate) fn new_uuid(now: Timestamp) -> Result<Uuid> {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Ok(Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid())
}

/// The maximum length of a password, in characters.
const LONGEST_PASSWORD: usize = 128;

/// A random password of at least 100 bits and `min_length` characters, in groups of five. It has no
/// characters that are easily confused: no `l`, `o`, `0` or `1`.
pub(crate) fn generate_password(min_length: usize) -> Result<Zeroizing<String>> {
    let mut password =
        groups_of_five(b"abcdefghijkmnpqrstuvwxyz23456789", min_length.div_ceil(5).max(4))?;
    password.truncate(LONGEST_PASSWORD);
    Ok(password)
}

/// Random characters of the alphabet, five bits each, in groups of five with dashes between them.
pub(crate) fn groups_of_five(alphabet: &[u8; 32], groups: usize) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(groups * 6));
    for group in 0..groups {
        if group > 0 {
            text.push('-');
        }
        let letters = Zeroizing::new(random::<5>()?);
        text.extend(letters.iter().map(|byte| char::from(alphabet[usize::from(byte % 32)])));
    }
    Ok(text)
}

/// A code of six random digits. All codes are equally likely.
pub(crate) fn six_digits() -> Result<Zeroizing<String>> {
    const COUNT: u32 = 1_000_000;
    loop {
        let number = u32::from_be_bytes(random()?);
        // Numbers above the last multiple of a million would make some codes more likely.
        if number < u32::MAX - u32::MAX % COUNT {
            return Ok(Zeroizing::new(format!("{:06}", number % COUNT)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn generated_passwords_differ_and_have_no_confusable_characters() {
        let one = generate_password(8).unwrap();
        assert_ne!(one, generate_password(8).unwrap());
        assert_eq!(one.len(), 23);
        assert!(!one.contains(['l', 'o', '0', '1']));
        for min_length in [23, 24, 127, 128] {
            let password = generate_password(min_length).unwrap();
            assert!(
                (min_length..=128).contains(&password.len()) && !password.ends_with('-'),
                "{}",
                *password
            );
        }
    }

    #[test]
    fn codes_are_six_digits_and_differ() {
        let codes: std::collections::BTreeSet<String> =
            (0..100).map(|_| six_digits().unwrap().to_string()).collect();
        assert!(
            codes
                .iter()
                .all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()))
        );
        assert!(codes.len() > 95);
    }

    #[test]
    fn key_file_of_another_length_and_changed_ciphertext_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.key");
        drop(Key::load_or_create(&path).unwrap());
        let bytes = vec(any::<u8>(), 0..70);
        proptest!(|(bytes in bytes, at in any::<prop::sample::Index>(), flip in 1_u8..)| {
            std::fs::write(&path, &bytes).unwrap();
            prop_assert_eq!(Key::load_or_create(&path).is_ok(), bytes.len() == KEY_LENGTH);
            prop_assert!(open_with(&[7; KEY_LENGTH], "here", &bytes).is_err());
            std::fs::write(&path, [7; KEY_LENGTH]).unwrap();
            let mut sealed = Key::load_or_create(&path).unwrap().seal("here", &bytes).unwrap();
            prop_assert_eq!(&*open_with(&[7; KEY_LENGTH], "here", &sealed).unwrap(), &bytes);
            sealed[at.index(bytes.len() + 40)] ^= flip;
            prop_assert!(open_with(&[7; KEY_LENGTH], "here", &sealed).is_err());
        });
    }
}
