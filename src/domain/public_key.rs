//! The public key that a client may store with its session.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoRef;
use spki::der::Decode;

/// The maximum length of a key, in bytes: about twice that of an RSA key of 4096 bits.
const MAX_LENGTH: usize = 1024;

/// A public key in DER, as a `SubjectPublicKeyInfo` (RFC 5280, 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a key in standard base64 (RFC 4648, 4). `None` if the text is not one.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let der = BASE64_STANDARD.decode(text).ok().filter(|der| der.len() <= MAX_LENGTH)?;
        SubjectPublicKeyInfoRef::from_der(&der).ok()?;
        Some(Self(der))
    }

    /// The SHA-256 of the key's DER.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// The key in DER.
    #[must_use]
    pub fn into_der(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The Ed25519 key of RFC 8410, 10.1.
    const ED25519: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    #[test]
    fn valid_key_is_kept_unchanged() {
        let key = PublicKey::from_base64(ED25519).unwrap();
        assert_eq!(key.fingerprint().len(), 32);
        assert_eq!(BASE64_STANDARD.encode(key.into_der()), ED25519);
    }

    #[test]
    fn text_that_is_not_a_key_is_refused() {
        for text in [
            "",
            "AAAA",
            "not base64!",
            &ED25519[..40],
            &format!("{ED25519}AAAA"),
            &format!(" {ED25519}"),
        ] {
            assert_eq!(PublicKey::from_base64(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_that_is_read_as_a_key_is_kept_unchanged(
            text in ".*|[A-Za-z0-9+/]*={0,2}",
            at in 0..ED25519.len(),
            letter in "[A-Za-z0-9+/=]",
        ) {
            let mut bent = ED25519.to_owned();
            bent.replace_range(at..=at, &letter);
            for text in [text, bent] {
                if let Some(key) = PublicKey::from_base64(&text) {
                    prop_assert_eq!(BASE64_STANDARD.encode(key.into_der()), text);
                }
            }
        }
    }
}
