//! Hashes in hex, as clients write them.

/// Reads a SHA-256 in hex, in lower or upper case.
pub(super) fn sha256(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = [0; 32];
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hash_is_read_in_either_case_and_other_texts_are_refused(
            hash: [u8; 32],
            other in "[0-9a-f]{63}|[0-9a-f]{65}|[+0-9a-g]{64}|.*"
        ) {
            let text = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            prop_assert_eq!(sha256(&text), Some(hash));
            prop_assert_eq!(sha256(&text.to_uppercase()), Some(hash));
            let is_hash = other.len() == 64 && other.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(sha256(&other).is_some(), is_hash);
        }
    }
}
