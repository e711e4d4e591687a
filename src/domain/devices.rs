//! Devices: by what they are known, so that a user can be told of a login from a new one.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::App;
use super::public_key::PublicKey;
use super::sessions::Device;
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::devices;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How long a device is remembered after its last login.
const MEMORY: Duration = Duration::from_hours(24 * 180);
/// What they are hashed for.
const PURPOSE: &str = "device";

/// Remembers from where a user logs in, and tells whether they have logged in before, but never from there. A device is
/// known by its own public key where it sends one, else by its address and its name for itself.
pub(super) fn note(
    app: &App,
    connection: &Connection,
    user: UserId,
    (device, public_key): (&Device, Option<&PublicKey>),
    now: Timestamp,
) -> Result<bool> {
    devices::delete_older(connection, user, now.before(MEMORY))?;
    let mark = public_key.map_or_else(
        || format!("{} {}", device.ip, device.user_agent.as_deref().unwrap_or_default()),
        |key| BASE64_STANDARD.encode(key.fingerprint()),
    );
    let has_logged_in = devices::exists_any_of(connection, user)?;
    let is_known = devices::touch(connection, user, &app.keyed_hash(PURPOSE, user, &mark), now)?;
    Ok(has_logged_in && !is_known)
}
