//! Passkeys as their user sees them.

use uuid::Uuid;

use super::{is_on, rp_id};
use crate::config::Config;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::error::Result;
use crate::storage::passkeys::{self, Passkey, PasskeyId};
use crate::time::Timestamp;

/// A passkey, without its key.
#[derive(Debug)]
pub(crate) struct PasskeyView {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// Whether it may be copied to other devices.
    pub is_syncable: bool,
    /// Whether it is.
    pub is_synced: bool,
    /// How browsers reach its device.
    pub transports: Vec<String>,
    pub aaguid: Uuid,
    /// The domain that it was made for.
    pub rp_id: String,
    /// Whether it logs in to this server as that is configured.
    pub is_usable: bool,
}

impl PasskeyView {
    pub(super) fn new(config: &Config, passkey: Passkey) -> Self {
        Self {
            is_usable: is_on(config) && rp_id(config).as_ref() == Some(&passkey.rp_id),
            id: passkey.id,
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
            is_syncable: passkey.is_syncable,
            is_synced: passkey.is_synced,
            transports: passkey.transports.split_whitespace().map(Into::into).collect(),
            aaguid: Uuid::from_bytes(passkey.aaguid),
            rp_id: passkey.rp_id,
        }
    }
}

/// Lists the passkeys of a user, the oldest first.
///
/// # Errors
/// A fault.
pub(crate) fn list(app: &App, user: UserId) -> Result<Vec<PasskeyView>> {
    let found = app.db.read(|connection| passkeys::list_of(connection, user))?;
    Ok(found.into_iter().map(|passkey| PasskeyView::new(&app.config, passkey)).collect())
}
