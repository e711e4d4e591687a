//! The session token: a JWT (RFC 7519), signed with HMAC-SHA-256, that names a row of the table
//! `sessions`.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::Mac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::crypto::{HmacSha256, Key, keyed};
use crate::error::{Error, Result};
use crate::storage::sessions::{SessionId, SessionRef};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// `{"typ":"JWT","alg":"HS256"}`, the only header that is accepted, so that no token chooses the
/// algorithm that checks it.
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";
const SIGNATURE_LENGTH: usize = 32;

/// The claims of a token (RFC 7519, 4.1).
#[derive(Serialize, Deserialize)]
struct Claims<'a> {
    /// The server's address.
    #[serde(borrow)]
    iss: Cow<'a, str>,
    /// The user's id.
    sub: Cow<'a, str>,
    /// The username.
    name: Cow<'a, str>,
    /// The session's id.
    jti: Uuid,
    /// When the token was issued, in seconds since the epoch.
    iat: i64,
    /// The last second in which the token is valid, since the epoch.
    exp: i64,
}

/// What a token is issued for.
pub(crate) struct TokenContent<'a> {
    pub session: SessionRef,
    pub username: &'a str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Issues tokens and verifies them. The key is derived from the key file.
#[derive(Clone)]
pub(crate) struct Signer {
    issuer: String,
    keyed: HmacSha256,
}

impl Signer {
    pub(crate) fn new(key: &Key, issuer: &str) -> Self {
        Self { issuer: issuer.into(), keyed: keyed(&key.derive("token")) }
    }

    /// Issues a token for a session.
    pub(crate) fn sign(&self, content: &TokenContent<'_>) -> Result<String> {
        let SessionRef { session, user } = content.session;
        let claims = Claims {
            iss: Cow::Borrowed(&self.issuer),
            sub: user.to_string().into(),
            name: content.username.into(),
            jti: session.0,
            iat: content.issued_at.seconds(),
            exp: content.expires_at.seconds(),
        };
        let claims = serde_json::to_string(&claims)
            .map_err(|error| Error::internal("sign a token", error))?;
        Ok(self.signed(&format!("{HEADER}.{}", BASE64.encode(claims))))
    }

    /// Appends the signature to a message.
    fn signed(&self, message: &str) -> String {
        let signature = self.keyed.clone().chain_update(message).finalize().into_bytes();
        format!("{message}.{}", BASE64.encode(signature))
    }

    /// Verifies a token and returns the session and the user that it names. `None` if the token is
    /// invalid or expired.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Option<SessionRef> {
        self.read_if(token, |claims| claims.iss == self.issuer && now.seconds() <= claims.exp)
    }

    /// Whether a token was signed with this key, even if it has expired.
    pub(crate) fn has_signed(&self, token: &str) -> bool {
        self.read_if(token, |_| true).is_some()
    }

    /// Verifies a token's signature, and returns what it names if its claims are accepted.
    fn read_if(&self, token: &str, accept: impl FnOnce(&Claims<'_>) -> bool) -> Option<SessionRef> {
        let (message, signature) = token.rsplit_once('.')?;
        let claims = message.strip_prefix(HEADER)?.strip_prefix('.')?;
        let mut sent = [0; SIGNATURE_LENGTH];
        let length = BASE64.decode_slice(signature, &mut sent).ok()?;
        // `verify_slice` compares in constant time.
        self.keyed.clone().chain_update(message).verify_slice(&sent[..length]).ok()?;
        let claims = BASE64.decode(claims).ok()?;
        let claims: Claims<'_> = serde_json::from_slice(&claims).ok()?;
        if !accept(&claims) {
            return None;
        }
        let user = UserId(claims.sub.parse().ok()?);
        Some(SessionRef { session: SessionId(claims.jti), user })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(9_899);
    const ID: SessionId = SessionId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
    const SESSION: SessionRef = SessionRef { session: ID, user: UserId(7) };

    fn signer(folder: &tempfile::TempDir, issuer: &str) -> Signer {
        Signer::new(&Key::load_or_create(&folder.path().join("nox.key")).unwrap(), issuer)
    }

    fn sign(signer: &Signer) -> String {
        let content = TokenContent {
            session: SESSION,
            username: "ada",
            issued_at: Timestamp::from_millis(1_500),
            expires_at: Timestamp::from_millis(9_900),
        };
        signer.sign(&content).unwrap()
    }

    /// A token with this header and these claims, and the valid signature of them.
    fn forge(signer: &Signer, header: &str, claims: &str) -> String {
        signer.signed(&format!("{}.{}", BASE64.encode(header), BASE64.encode(claims)))
    }

    #[test]
    fn token_has_the_header_and_claims_of_the_contract() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "hactazia.fr");
        let token = sign(&signer);
        let part = |index: usize| {
            String::from_utf8(BASE64.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
        };
        assert_eq!(part(0), r#"{"typ":"JWT","alg":"HS256"}"#);
        assert_eq!(
            part(1),
            concat!(
                r#"{"iss":"hactazia.fr","sub":"7","name":"ada","#,
                r#""jti":"01900000-0000-7000-8000-000000000001","iat":1,"exp":9}"#
            )
        );
        assert_eq!(signer.read(&token, NOW), Some(SESSION));
    }

    #[test]
    fn token_of_another_key_or_server_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let ours = signer(&folder, "hactazia.fr");
        assert_eq!(ours.read(&sign(&signer(&other, "hactazia.fr")), NOW), None);
        assert_eq!(ours.read(&sign(&signer(&folder, "elsewhere.fr")), NOW), None);
    }

    #[test]
    fn token_with_a_changed_header_claim_or_signature_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "a");
        let header = r#"{"typ":"JWT","alg":"HS256"}"#;
        let good =
            format!(r#"{{"iss":"a","sub":"7","name":"x","jti":"{}","iat":1,"exp":9}}"#, ID.0);
        assert!(
            signer.read(&forge(&signer, header, &good), NOW).is_some(),
            "the forged token itself is valid"
        );
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"RS256"}"#,
            "{}",
            "",
        ] {
            assert_eq!(signer.read(&forge(&signer, header, &good), NOW), None, "{header}");
        }
        for (part, bent) in [
            ("\"exp\":9", "\"exp\":\"9\""),
            (",\"exp\":9", ""),
            ("\"7\"", "7"),
            ("\"7\"", "\"-7\""),
            ("\"a\"", "\"b\""),
        ] {
            assert_eq!(
                signer.read(&forge(&signer, header, &good.replace(part, bent)), NOW),
                None,
                "{bent}"
            );
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
    fn token_with_one_changed_character_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "hactazia.fr");
        let token: Vec<char> = sign(&signer).chars().collect();
        proptest!(|(at in 0..token.len(), letter in "[A-Za-z0-9_.=-]|.", instead in 0..=1_usize)| {
            let letter: Vec<char> = letter.chars().collect();
            let bent = [&token[..at], &letter, &token[at + instead..]].concat();
            let text: String = bent.iter().collect();
            prop_assert!(bent == token || signer.read(&text, NOW).is_none());
            let cut: String = [&token[..at], &token[at + 1..]].concat().iter().collect();
            prop_assert_eq!(signer.read(&cut, NOW), None);
        });
    }

    #[test]
    fn text_without_a_valid_signature_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let signer = signer(&folder, "a");
        let claims =
            format!(r#"{{"iss":"a","sub":"7","name":"x","jti":"{}","iat":1,"exp":9}}"#, ID.0);
        let good = [r#"{"alg":"HS256"}"#, &claims].map(|part| BASE64.encode(part)).join(".");
        proptest!(|(text in ".*|([A-Za-z0-9_-]{0,90}\\.?){0,4}", signature in any::<[u8; 32]>())| {
            prop_assert_eq!(signer.read(&text, NOW), None);
            prop_assert_eq!(signer.read(&format!("{good}.{text}"), NOW), None);
            let forged = format!("{good}.{}", BASE64.encode(signature));
            prop_assert_eq!(signer.read(&forged, NOW), None);
        });
    }
}
