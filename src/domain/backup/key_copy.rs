//! Whether a backup with the key file was made. The key file stays the same until it is replaced,
//! so that one such backup is enough, wherever it was sent.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Connection;
use crate::crypto::Key;
use crate::domain::App;
use crate::error::Result;
use crate::storage::observations::{self, Kind};
use crate::storage::schema_version;
use crate::time::Timestamp;

/// Identifies a key without telling anything else of it.
fn fingerprint(key: &Key) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key.derive("fingerprint").as_slice())
}

/// Stores for `nox doctor` that a backup with the present key file was made.
pub(crate) fn record(app: &App, now: Timestamp) {
    let put = |connection: &_| {
        observations::put(connection, Kind::KeyCopied, &fingerprint(&app.key), now)
    };
    if let Err(error) = app.db.write(put) {
        tracing::error!(%error, "that the key file is in a backup is not stored for nox doctor");
    }
}

/// Whether a backup with this key was made by a command.
pub(crate) fn is_recorded(connection: &Connection, key: &Key) -> Result<bool> {
    if schema_version(connection)? < observations::SINCE_VERSION {
        return Ok(false);
    }
    let recorded = observations::find_text(connection, Kind::KeyCopied)?;
    Ok(recorded.is_some_and(|recorded| recorded == fingerprint(key)))
}
