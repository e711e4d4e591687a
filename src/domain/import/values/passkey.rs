//! Passkeys of the second generation.
//!
//! What its table lacks is the domain that they were made for, which is taken to be the one of this
//! server, and the bytes by which authenticators know the user. So the id of an imported passkey is
//! marked: the bytes that come with it are not compared. They are not signed either.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::columns::{flag, moment};
use super::loss::{Loss, LossKind};
use super::username::id;
use crate::config::Config;
use crate::domain::import::dump::Row;
use crate::domain::passkeys::{self, Described, PasskeyId};
use crate::error::Result as Outcome;
use crate::storage::passkeys::Passkey;
use crate::time::Timestamp;

/// Reads a passkey. Its row names its user by id.
///
/// # Errors
/// It is left out; or a fault, if the system has no random numbers.
pub(in crate::domain::import) fn passkey(
    config: &Config,
    row: &Row,
    now: Timestamp,
) -> Outcome<Result<Passkey, Loss>> {
    let created_at = row.text("created_at").and_then(moment).unwrap_or(now);
    let id = PasskeyId::imported(created_at)?;
    Ok(read(config, row, id, created_at).map_err(|why| Loss::new(LossKind::Passkey, why)))
}

fn read(
    config: &Config,
    row: &Row,
    new_id: PasskeyId,
    created_at: Timestamp,
) -> Result<Passkey, &'static str> {
    let rp_id = passkeys::rp_id(config).filter(|_| config.passkeys.enabled);
    let rp_id = rp_id.ok_or("passkeys are off here (passkeys.enabled, server.public_url)")?;
    let bytes = |column| {
        let text = row.text(column)?.trim_end_matches('=');
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()
    };
    let user_id = row.text("user_id").and_then(|text| id(text).ok());
    let credential_id = bytes("credential_id").ok_or("its credential_id is no base64url")?;
    let public_key = bytes("public_key").ok_or("its public_key is no base64url")?;
    if !passkeys::is_usable(&credential_id, &public_key) {
        return Err("its id or its public key cannot be used here");
    }
    let counter = row.text("counter").unwrap_or("0").parse().map_err(|_| "its counter is wrong")?;
    let is_syncable = row.text("device_type") == Some("multiDevice");
    let backed_up = flag(row, "backed_up").map_err(|_| "backed_up is neither t nor f")?;
    let aaguid = row.text("aaguid").and_then(|text| Uuid::try_parse(text).ok()).unwrap_or_default();
    let words = row.texts("transports").ok().flatten().unwrap_or_default();
    let words: Vec<String> = words.into_iter().flatten().collect();
    let Described { name, transports } =
        passkeys::described(row.text("name"), &words, aaguid.into_bytes());
    Ok(Passkey {
        id: new_id,
        user_id: user_id.ok_or("its user_id is no id")?,
        credential_id,
        public_key,
        rp_id,
        counter,
        is_syncable,
        is_synced: is_syncable && backed_up,
        aaguid: aaguid.into_bytes(),
        transports,
        name,
        created_at,
        last_used_at: row.text("last_used_at").and_then(moment),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of Ed25519: `{1: 1, 3: -8, -1: 6, -2: 32 bytes}`.
    fn key() -> String {
        let point = [7; 32];
        BASE64_URL_SAFE_NO_PAD
            .encode([&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], &point[..]].concat())
    }

    fn config(settings: &str) -> Config {
        toml::from_str(&format!("[server]\npublic_url = 'https://nox.example.org'\n{settings}"))
            .unwrap()
    }

    fn row(changes: &[(&'static str, Option<&str>)]) -> Row {
        let key = key();
        let mut fields = vec![
            ("id", Some("0192f0c1-2b3c-4d4e-8f5a-6b7c8d9e0f1a")),
            ("user_id", Some("7")),
            ("credential_id", Some("AQID")),
            ("public_key", Some(key.as_str())),
            ("counter", Some("5")),
            ("transports", Some("{internal,hybrid,smoke}")),
            ("device_type", Some("multiDevice")),
            ("backed_up", Some("t")),
            ("aaguid", Some("fbfc3007-154e-4ecc-8c0b-6e020557d7bd")),
            ("name", None),
            ("created_at", Some("1970-01-01 00:00:01")),
            ("last_used_at", None),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push((*name, *value));
        }
        Row::of(&fields)
    }

    fn of(config: &Config, changes: &[(&'static str, Option<&str>)]) -> Result<Passkey, String> {
        let now = Timestamp::from_millis(9);
        passkey(config, &row(changes), now).unwrap().map_err(|loss| loss.what)
    }

    #[test]
    fn passkey_is_taken_with_the_domain_of_this_server_and_a_marked_id() {
        let found = of(&config(""), &[]).unwrap();
        assert_eq!(found.rp_id, "nox.example.org");
        assert_eq!((found.user_id.0, found.counter), (7, 5));
        assert_eq!((found.is_syncable, found.is_synced), (true, true));
        assert_eq!(found.transports, "hybrid internal");
        assert_eq!(found.name, "Apple Passwords");
        assert!(found.id.is_imported());
        assert_eq!(found.created_at.millis(), 1000);
        let single = of(&config(""), &[("device_type", Some("singleDevice"))]).unwrap();
        assert_eq!((single.is_syncable, single.is_synced), (false, false));
        assert_eq!(
            of(&config(""), &[("name", Some("Key\u{7} "))]).unwrap().name,
            "Apple Passwords"
        );
        assert_eq!(of(&config(""), &[("name", Some("My key"))]).unwrap().name, "My key");
        let nameless = of(&config(""), &[("aaguid", Some("x")), ("name", None)]).unwrap();
        assert_eq!((nameless.name.as_str(), nameless.aaguid), ("Passkey", [0; 16]));
    }

    #[test]
    fn passkey_that_could_not_log_in_is_left_out_and_told() {
        let on = config("");
        let long = BASE64_URL_SAFE_NO_PAD.encode([1; 1024]);
        // A key of ES256, `{1: 2, 3: -7, -1: 1, -2: 32 bytes, -3: 32 bytes}`, not on its curve.
        let start = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        let off_curve = [&start[..], &[7; 32], &[0x22, 0x58, 32], &[7; 32]].concat();
        let off_curve = BASE64_URL_SAFE_NO_PAD.encode(off_curve);
        for (column, value) in [
            ("user_id", None),
            ("user_id", Some("0")),
            ("credential_id", Some("")),
            ("credential_id", Some("a b")),
            ("credential_id", Some(long.as_str())),
            ("public_key", Some("")),
            ("public_key", Some("AQID")),
            ("public_key", Some(off_curve.as_str())),
            ("public_key", None),
            ("counter", Some("-1")),
            ("counter", Some("4294967296")),
            ("backed_up", Some("yes")),
        ] {
            assert!(of(&on, &[(column, value)]).is_err(), "{column} {value:?}");
        }
    }

    #[test]
    fn passkey_is_left_out_where_there_can_be_none() {
        for settings in [
            "[server]\npublic_url = 'https://nox.example.org'\n[passkeys]\nenabled = false",
            "[server]\npublic_url = 'http://nox.example.org'",
            "[server]\npublic_url = 'https://192.0.2.1'",
        ] {
            let why = of(&toml::from_str(settings).unwrap(), &[]).unwrap_err();
            assert!(why.contains("passkeys are off"), "{settings}: {why}");
        }
    }
}
