//! The keys of an instance: the key file, and the key for keyed hashes, which is stored in the
//! database, sealed with the key file.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Mac;
use zeroize::Zeroizing;

use crate::crypto::{self, KEY_LENGTH, Key, hmac_sha256, keyed};
use crate::domain::audit::Differences;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::totp;
use crate::domain::{App, StartError};
use crate::error::Result;
use crate::storage::users::UserId;
use crate::storage::{
    Connection, Db, keys, recovery_codes, schema_version, sessions, totp_enrollments, totp_factors,
};
use crate::time::Timestamp;

/// The name of the row that holds the key for keyed hashes. That key stays when the key file is
/// rotated, since the hashes in the database cannot be computed again.
const HASH: &str = "hash";
/// The AEAD context that binds the sealed key to its row.
const CONTEXT: &str = "keys:hash";

/// A key for keyed hashes.
pub(crate) type HashKey = Zeroizing<[u8; KEY_LENGTH]>;

/// Reads the key file and opens the hash key with it, which proves that the file belongs to this
/// database. Creates both if the database holds nothing that needs them but sessions.
pub(crate) fn open(db: &Db, path: &Path) -> Result<(Key, HashKey), StartError> {
    let key = match Key::load(path)? {
        Some(key) => key,
        None if db.read(needs_its_key)? => return Err(StartError::KeyLost(path.to_owned())),
        None => Key::load_or_create(path)?,
    };
    let sealed = db.read(|connection| keys::find(connection, HASH))?;
    let opened_by = |key: &Key| sealed.as_deref().and_then(|sealed| unseal(key, sealed));
    if let Some(hash_key) = opened_by(&key) {
        key.discard_next()?;
        return Ok((key, hash_key));
    }
    // A rotation may have been interrupted after its commit, before the files were swapped.
    if let Some(next) = key.next()?
        && let Some(hash_key) = opened_by(&next)
    {
        return Ok((next.replace(&key)?, hash_key));
    }
    let is_foreign = db.read(|connection| match sealed {
        Some(_) => needs_its_key(connection),
        None => Ok(!totp::opens_any(connection, &key)?),
    })?;
    if is_foreign {
        return Err(StartError::KeyForeign(path.to_owned()));
    }
    let hash_key = db.write(|connection| make_hash_key(connection, &key))?;
    Ok((key, hash_key))
}

/// Creates the hash key, unless another process has done so meanwhile.
fn make_hash_key(connection: &Connection, key: &Key) -> Result<HashKey> {
    let found = keys::find(connection, HASH)?.and_then(|sealed| unseal(key, &sealed));
    found.map_or_else(
        || {
            let hash_key = Zeroizing::new(crypto::random::<KEY_LENGTH>()?);
            keys::put(connection, HASH, &key.seal(CONTEXT, hash_key.as_slice())?)?;
            Ok(hash_key)
        },
        Ok,
    )
}

/// Whether the database holds something that would be lost without the key file.
fn needs_its_key(connection: &Connection) -> Result<bool> {
    Ok(totp_factors::exists_any(connection)? || recovery_codes::exists_any(connection)?)
}

/// Whether a key file belongs to a database.
pub(crate) fn fits(connection: &Connection, key: &Key) -> Result<bool> {
    if schema_version(connection)? < keys::SINCE_VERSION {
        return totp::opens_any(connection, key);
    }
    Ok(keys::find(connection, HASH)?.is_none_or(|sealed| unseal(key, &sealed).is_some()))
}

/// Whether a key that was read from a backup belongs to that backup's database.
pub(crate) fn fits_bytes(connection: &Connection, bytes: &[u8; KEY_LENGTH]) -> Result<bool> {
    let opens = |sealed: Vec<u8>| crypto::open_with(bytes, CONTEXT, &sealed).is_ok();
    Ok(keys::find(connection, HASH)?.is_none_or(opens))
}

fn unseal(key: &Key, sealed: &[u8]) -> Option<HashKey> {
    let bytes = key.open(CONTEXT, sealed).ok()?;
    Some(Zeroizing::new(*bytes.first_chunk()?))
}

impl App {
    /// A keyed hash (HMAC) of a short text: without the key file, the text cannot be found by
    /// trying. `purpose` and `user` make the hash useless for any other row.
    pub(crate) fn keyed_hash(&self, purpose: &str, user: UserId, text: &str) -> [u8; 32] {
        hmac_sha256(&self.hash_key, format!("{purpose}:{user}:{text}").as_bytes())
    }

    /// The CSRF token for the forms of a browser, derived from the secret in that browser's cookie.
    #[must_use]
    pub fn form_token(&self, browser: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac_sha256(&self.key.derive("forms"), browser.as_bytes()))
    }

    /// A hash of a form, by which the same form is known when it comes again.
    pub(crate) fn form_digest(&self, content: &str) -> [u8; 32] {
        hmac_sha256(&self.key.derive("form digests"), content.as_bytes())
    }

    /// Whether `token` is the CSRF token of this browser. Compares in constant time.
    #[must_use]
    pub(crate) fn is_form_token(&self, browser: &str, token: &str) -> bool {
        let sent = BASE64_URL_SAFE_NO_PAD.decode(token);
        let expected = keyed(&self.key.derive("forms")).chain_update(browser);
        sent.is_ok_and(|sent| expected.verify_slice(&sent).is_ok())
    }
}

/// Replaces the key file and seals every secret again with the new key. Every session ends, since
/// the old key signed its token. The next start completes or discards a rotation that was
/// interrupted.
///
/// # Errors
/// Another process uses the key file, it cannot be replaced, or a fault.
pub(crate) fn rotate(app: &App, now: Timestamp) -> Result<(), StartError> {
    let next = app.key.create_next()?;
    app.change(By::Operator, now, |tx| {
        totp::reseal(tx, &app.key, &next)?;
        totp_enrollments::delete_all(tx)?;
        keys::put(tx, HASH, &next.seal(CONTEXT, app.hash_key.as_slice())?)?;
        sessions::delete_all(tx)?;
        tx.happened_here(Event::KeyRotated, Differences::none())
    })?;
    next.replace(&app.key)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::add_user;
    use super::super::testing::app_with;
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn foreign_key_file_is_refused_and_the_right_one_accepted() {
        let (_folder, app) = app_with("");
        let config = app.config.clone();
        let path = config.secrets.key_file.clone();
        let new = || App::open(config.clone()).map(drop);
        let key = fs::read(&path).unwrap();
        drop(app);
        fs::write(&path, [7; KEY_LENGTH]).unwrap();
        assert!(new().is_ok(), "only sessions are lost");
        fs::write(&path, key).unwrap();
        let app = App::open(config.clone()).unwrap();
        let ada = add_user(&app, "ada", "hunter22");
        app.db.write(|connection| recovery_codes::replace(connection, ada, &[[7; 32]])).unwrap();
        drop(app);
        let key = fs::read(&path).unwrap();
        fs::write(&path, [7; KEY_LENGTH]).unwrap();
        assert!(matches!(new(), Err(StartError::KeyForeign(_))));
        fs::remove_file(&path).unwrap();
        assert!(matches!(new(), Err(StartError::KeyLost(_))));
        fs::write(&path, key).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert!(new().is_ok());
    }

    #[test]
    fn database_without_a_hash_key_is_matched_by_its_totp_secrets() {
        let (_folder, app) = app_with("");
        let ada = add_user(&app, "ada", "hunter22");
        let enrollment = totp::enroll(&app, "ada").unwrap();
        totp::enable_unconfirmed(&app, &enrollment, Timestamp::from_millis(1), |_| {
            Ok::<_, crate::error::Error>(())
        })
        .unwrap();
        // The first version of the schema had no hash key.
        app.db.write(|connection| keys::delete(connection, HASH)).unwrap();
        let config = app.config.clone();
        let path = config.secrets.key_file.clone();
        drop(app);
        let key = fs::read(&path).unwrap();
        fs::write(&path, [7; KEY_LENGTH]).unwrap();
        assert!(matches!(App::open(config.clone()), Err(StartError::KeyForeign(_))));
        fs::write(&path, key).unwrap();
        assert!(App::open(config).unwrap().keyed_hash("test", ada, "text") != [0; 32]);
    }

    #[test]
    fn interrupted_rotation_is_completed_or_discarded() {
        let (folder, app) = app_with("");
        let config = app.config.clone();
        let path = config.secrets.key_file.clone();
        let hash = app.keyed_hash("test", UserId(1), "text");
        let old = fs::read(&path).unwrap();
        // If it was interrupted before the commit, the old key stays.
        drop(app.key.create_next().unwrap());
        drop(app);
        let app = App::open(config.clone()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), old);
        rotate(&app, Timestamp::from_millis(1)).unwrap();
        drop(app);
        // If it was interrupted after the commit, the new key lies beside the old one.
        let new = fs::read(&path).unwrap();
        assert_ne!(new, old);
        fs::rename(&path, folder.path().join("nox.key.next")).unwrap();
        fs::write(&path, &old).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        let app = App::open(config).unwrap();
        assert_eq!(fs::read(&path).unwrap(), new);
        assert!(!folder.path().join("nox.key.next").exists());
        assert_eq!(app.keyed_hash("test", UserId(1), "text"), hash);
    }
}
