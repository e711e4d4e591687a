//! Relays of the first generation, which keep their tokens.

use sha2::{Digest, Sha256};

use super::columns::moment;
use super::loss::{Loss, LossKind};
use crate::domain::import::dump::Row;
use crate::domain::relays::{Relay, is_name};
use crate::time::Timestamp;

/// A relay, with the hash of its token.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::domain::import) struct ImportedRelay {
    pub relay: Relay,
    pub token_sha256: [u8; 32],
}

/// The relay of a row of `"Badger"` or `badgers`, named by the `relay_id` of its token.
///
/// # Errors
/// It is left out.
pub(in crate::domain::import) fn relay(row: &Row, now: Timestamp) -> Result<ImportedRelay, Loss> {
    let lost = |what: &str| Loss::new(LossKind::Relay, what);
    let id = row.text("relay_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| lost("its token belongs to no relay"))?;
    let name = format!("relay-{id}");
    if !is_name(&name) {
        return Err(lost("its relay_id makes no name of at most 64 of A-Z, a-z, 0-9, _, . and -"));
    }
    let token = row.text("token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| lost(&format!("{name} has no token")))?;
    let created_at = row.text("created_at").and_then(moment).unwrap_or(now);
    let token_sha256 = Sha256::digest(token).into();
    Ok(ImportedRelay { relay: Relay { name, created_at }, token_sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relay_is_named_by_the_id_of_its_token_and_its_token_is_hashed() {
        let now = Timestamp::from_millis(7);
        let read = |id, token, at| {
            relay(&Row::of(&[("relay_id", id), ("token", token), ("created_at", at)]), now)
        };
        let found = read(Some("3"), Some("abc"), Some("1970-01-01 00:00:01")).unwrap();
        assert_eq!(found.relay.name, "relay-3");
        assert_eq!(found.relay.created_at, Timestamp::from_millis(1000));
        // SHA-256 of `abc`, FIPS 180-2.
        assert_eq!(found.token_sha256[..4], [0xba, 0x78, 0x16, 0xbf]);
        let uuid = "0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a";
        assert_eq!(read(Some(uuid), Some("x"), None).unwrap().relay.name, format!("relay-{uuid}"));
        assert_eq!(read(Some("3"), Some("x"), Some("infinity")).unwrap().relay.created_at, now);
        for (id, token) in [
            (None, Some("x")),
            (Some("3"), None),
            (Some("3"), Some("")),
            (Some(""), None),
            (Some("a b"), Some("x")),
            (Some("../x"), Some("x")),
            (Some(&"9".repeat(60) as &str), Some("secret-token")),
        ] {
            let lost = read(id, token, None).unwrap_err();
            assert!(lost.kind == LossKind::Relay && !lost.what.contains("secret"), "{id:?}");
        }
    }
}
