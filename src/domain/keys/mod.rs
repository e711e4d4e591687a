//! The keys of an instance: the key file, and the key for keyed hashes, which is stored in the
//! database, sealed with the key file.

mod replacement;

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Mac;
use zeroize::Zeroizing;

use crate::crypto::{self, KEY_LENGTH, Key, KeyError, hmac_sha256, keyed};
use crate::domain::factors::totp;
use crate::domain::{App, StartError};
use crate::error::Result;
use crate::storage::users::UserId;
use crate::storage::{
    Connection, Db, keys, recovery_codes, schema_version, sessions, totp_factors,
};

pub(crate) use replacement::{Lost, Replaced, find_lost, replace, rotate};

/// The name of the row that holds the key for keyed hashes. That key stays when the key file is
/// rotated, since the hashes in the database cannot be computed again.
const HASH: &str = "hash";
/// The AEAD context that binds the sealed key to its row.
const CONTEXT: &str = "keys:hash";

/// A key for keyed hashes.
pub(crate) type HashKey = Zeroizing<[u8; KEY_LENGTH]>;

/// Reads the key file and opens the hash key with it, which proves that the file belongs to this
/// database. Creates both if the database holds nothing that needs them but sessions, which end.
pub(crate) fn open(db: &Db, path: &Path) -> Result<(Key, HashKey), StartError> {
    let sealed = db.read(|connection| keys::find(connection, HASH))?;
    let opened_by = |key: &Key| sealed.as_deref().and_then(|sealed| unseal(key, sealed));
    let found = Key::load(path);
    if let Ok(Some(key)) = &found
        && let Some(hash_key) = opened_by(key)
    {
        key.discard_next()?;
        return found?.map(|key| (key, hash_key)).ok_or_else(|| StartError::KeyLost(path.into()));
    }
    // A replacement may have been interrupted after its commit, before the files were swapped.
    if matches!(found, Ok(_) | Err(KeyError::Length { .. }))
        && let Some(next) = Key::next_of(path)?
        && let Some(hash_key) = opened_by(&next)
    {
        return Ok((next.take_place(path)?, hash_key));
    }
    let found = found?;
    // A database of the first version has nothing sealed, and its sessions are of this key.
    let is_new = found.is_none() || sealed.is_some();
    let key = match found {
        Some(key) => key,
        None if db.read(needs_its_key)? => return Err(StartError::KeyLost(path.to_owned())),
        None => Key::load_or_create(path)?,
    };
    let is_foreign = db.read(|connection| match sealed {
        Some(_) => needs_its_key(connection),
        None => Ok(!totp::opens_any(connection, key.expose())?),
    })?;
    if is_foreign {
        return Err(StartError::KeyForeign(path.to_owned()));
    }
    let hash_key = db.write(|connection| make_hash_key(connection, &key, is_new))?;
    Ok((key, hash_key))
}

/// Creates the hash key, unless another process has done so meanwhile. If the key file is new, the
/// tokens of all sessions were signed by the one before.
fn make_hash_key(connection: &Connection, key: &Key, is_new: bool) -> Result<HashKey> {
    let found = keys::find(connection, HASH)?.and_then(|sealed| unseal(key, &sealed));
    found.map_or_else(
        || {
            let ended = if is_new { sessions::delete_all(connection)? } else { 0 };
            if ended > 0 {
                tracing::warn!(
                    sessions = ended,
                    "the key file is a new one, so all sessions ended"
                );
            }
            put_hash_key(connection, key)
        },
        Ok,
    )
}

/// Creates the hash key in a database that has none.
pub(crate) fn complete(connection: &Connection, key: &Key) -> Result<()> {
    match keys::find(connection, HASH)? {
        Some(_) => Ok(()),
        None => put_hash_key(connection, key).map(drop),
    }
}

/// Creates the hash key, in the place of one that the lost key file has sealed.
fn put_hash_key(connection: &Connection, key: &Key) -> Result<HashKey> {
    let hash_key = Zeroizing::new(crypto::random::<KEY_LENGTH>()?);
    keys::put(connection, HASH, &key.seal(CONTEXT, hash_key.as_slice())?)?;
    Ok(hash_key)
}

/// Whether the database holds something that would be lost without the key file.
pub(crate) fn needs_its_key(connection: &Connection) -> Result<bool> {
    // The first version of the schema has no recovery codes.
    let has_codes = schema_version(connection)? >= keys::SINCE_VERSION
        && recovery_codes::exists_any(connection)?;
    Ok(has_codes || totp_factors::exists_any(connection)?)
}

/// Whether a key file belongs to a database.
pub(crate) fn fits(connection: &Connection, key: &Key) -> Result<bool> {
    fits_bytes(connection, key.expose())
}

/// Whether a key belongs to a database, such as the one that is in the backup with it.
pub(crate) fn fits_bytes(connection: &Connection, bytes: &[u8; KEY_LENGTH]) -> Result<bool> {
    let sealed = if schema_version(connection)? < keys::SINCE_VERSION {
        None
    } else {
        keys::find(connection, HASH)?
    };
    match sealed {
        Some(sealed) => Ok(crypto::open_with(bytes, CONTEXT, &sealed).is_ok()),
        None => totp::opens_any(connection, bytes),
    }
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

#[cfg(test)]
mod tests;
