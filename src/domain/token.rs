//! The session token: a JWT (RFC 7519) signed with HMAC-SHA-256, which names a row of the sessions table.

use std::sync::Once;

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result as JwtResult};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use signature::{Error as SignatureError, Signer as Sign, Verifier as Verify};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::secret::Key;
use crate::storage::sessions::SessionId;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The server's address.
    iss: String,
    /// The user's id.
    sub: String,
    /// The username.
    name: String,
    /// The session.
    jti: Uuid,
    /// Seconds since the epoch, as `exp`.
    iat: i64,
    exp: i64,
}

/// Makes tokens, and tells its own from all others.
pub(super) struct Signer {
    issuer: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Signer {
    pub(super) fn new(key: &Key, issuer: &str) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Fails only where there is one already, and nothing else installs one.
            let _ = HS256.install_default();
        });
        let secret = key.derive("token");
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // The library would read the clock itself; to the millisecond, the sessions table decides.
        validation.validate_exp = false;
        Self {
            issuer: issuer.into(),
            encoding: EncodingKey::from_secret(secret.as_ref()),
            decoding: DecodingKey::from_secret(secret.as_ref()),
            validation,
        }
    }

    /// A token for one session.
    pub(super) fn sign(
        &self,
        user: (UserId, &str),
        session: SessionId,
        (iat, exp): (Timestamp, Timestamp),
    ) -> Result<String> {
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: user.0.to_string(),
            name: user.1.into(),
            jti: session.0,
            iat: iat.seconds(),
            exp: exp.seconds(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| Error::internal("sign a token", error))
    }

    /// The session and the user that a token of ours names; `None` for any other, and after its last second.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Option<(SessionId, UserId)> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?.claims;
        if claims.exp < now.seconds() {
            return None;
        }
        Some((SessionId(claims.jti), UserId(claims.sub.parse().ok()?)))
    }
}

/// The one algorithm: jsonwebtoken's own backends bring a dozen, with as many crates.
static HS256: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(HmacSha256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| Ok(Box::new(HmacSha256::new(*algorithm, key.try_get_as_bytes()?)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> JwtResult<Self> {
        match algorithm {
            Algorithm::HS256 => Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into()),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    }
}

impl Sign<Vec<u8>> for HmacSha256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verify<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        // In constant time.
        self.0.clone().chain_update(message).verify_slice(signature).map_err(|_| SignatureError::new())
    }
}

impl JwtSigner for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(9_899);
    const ID: SessionId = SessionId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));

    fn signer(folder: &tempfile::TempDir, issuer: &str) -> Signer {
        Signer::new(&Key::load_or_create(&folder.path().join("nox.key")).unwrap(), issuer)
    }

    fn sign(signer: &Signer) -> String {
        let times = (Timestamp::from_millis(1_500), Timestamp::from_millis(9_900));
        signer.sign((UserId(7), "ada"), ID, times).unwrap()
    }

    /// A token with this header and these claims, and a right signature of them.
    fn forge(signer: &Signer, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", B64.encode(header), B64.encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &signer.encoding, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_says_what_the_contract_wants() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "hactazia.fr");
        let token = sign(&signer);
        let part = |index: usize| String::from_utf8(B64.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap();
        assert_eq!(part(0), r#"{"typ":"JWT","alg":"HS256"}"#);
        assert_eq!(
            part(1),
            r#"{"iss":"hactazia.fr","sub":"7","name":"ada","jti":"01900000-0000-7000-8000-000000000001","iat":1,"exp":9}"#
        );
        assert_eq!(signer.read(&token, NOW), Some((ID, UserId(7))));
    }

    #[test]
    fn tokens_of_other_keys_and_other_servers_are_nobodys() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ours = signer(&folder, "hactazia.fr");
        assert_eq!(ours.read(&sign(&signer(&other, "hactazia.fr")), NOW), None);
        assert_eq!(ours.read(&sign(&signer(&folder, "elsewhere.fr")), NOW), None);
    }

    #[test]
    fn a_token_that_was_bent_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "a");
        let header = r#"{"typ":"JWT","alg":"HS256"}"#;
        let good = format!(r#"{{"iss":"a","sub":"7","name":"x","jti":"{}","iat":1,"exp":9}}"#, ID.0);
        assert!(signer.read(&forge(&signer, header, &good), NOW).is_some(), "the forgery itself is sound");
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"None"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"RS256"}"#, "{}", ""] {
            assert_eq!(signer.read(&forge(&signer, header, &good), NOW), None, "{header}");
        }
        for (part, bent) in [
            ("\"exp\":9", "\"exp\":\"9\""),
            (",\"exp\":9", ""),
            ("\"7\"", "7"),
            ("\"7\"", "\"-7\""),
            ("\"a\"", "\"b\""),
        ] {
            assert_eq!(signer.read(&forge(&signer, header, &good.replace(part, bent)), NOW), None, "{bent}");
        }
        let token = sign(&signer);
        let unsigned = token.rsplit_once('.').unwrap().0;
        for bent in [
            unsigned.into(),
            format!("{unsigned}."),
            format!("{token}A"),
            format!("{token}="),
            String::new(),
            "a.b.c".into(),
        ] {
            assert_eq!(signer.read(&bent, NOW), None, "{bent}");
        }
    }

    #[test]
    fn a_token_that_differs_in_one_letter_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "hactazia.fr");
        let token: Vec<char> = sign(&signer).chars().collect();
        proptest!(|(at in 0..token.len(), letter in "[A-Za-z0-9_.=-]|.", instead in 0..=1_usize)| {
            let bent = [&token[..at], &letter.chars().collect::<Vec<_>>(), &token[at + instead..]].concat();
            prop_assert!(bent == token || signer.read(&bent.iter().collect::<String>(), NOW).is_none());
            let cut: String = [&token[..at], &token[at + 1..]].concat().iter().collect();
            prop_assert_eq!(signer.read(&cut, NOW), None);
        });
    }

    #[test]
    fn a_text_that_nobody_signed_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "a");
        let claims = format!(r#"{{"iss":"a","sub":"7","name":"x","jti":"{}","iat":1,"exp":9}}"#, ID.0);
        let good = [r#"{"alg":"HS256"}"#, &claims].map(|part| B64.encode(part)).join(".");
        proptest!(|(text in ".*|([A-Za-z0-9_-]{0,90}\\.?){0,4}", signature in any::<[u8; 32]>())| {
            prop_assert_eq!(signer.read(&text, NOW), None);
            prop_assert_eq!(signer.read(&format!("{good}.{text}"), NOW), None);
            prop_assert_eq!(signer.read(&format!("{good}.{}", B64.encode(signature)), NOW), None);
        });
    }
}
