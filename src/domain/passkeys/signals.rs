//! What the browser of a user is told, so that what a device keeps is what the account has.

use super::{is_on, rp_id};
use crate::domain::App;
use crate::error::Result;
use crate::storage::passkeys;
use crate::storage::users::User;

/// The passkeys of a user as devices know them. The user's own pages alone may have it.
pub(crate) struct AcceptedPasskeys {
    pub rp_id: String,
    /// The bytes by which devices know the user.
    pub handle: Vec<u8>,
    pub credential_ids: Vec<Vec<u8>>,
    pub username: String,
    pub display: String,
}

/// Finds them; `None` where passkeys are off, since none is to be forgotten for that, and for a
/// user whom no device knows.
///
/// # Errors
/// A fault.
pub(crate) fn accepted(app: &App, user: &User) -> Result<Option<AcceptedPasskeys>> {
    let Some(rp_id) = rp_id(&app.config).filter(|_| is_on(&app.config)) else { return Ok(None) };
    app.db.read(|connection| {
        let Some(handle) = passkeys::find_handle(connection, user.id)? else { return Ok(None) };
        let of_domain = passkeys::list_of(connection, user.id)?.into_iter();
        let of_domain = of_domain.filter(|passkey| passkey.rp_id == rp_id);
        Ok(Some(AcceptedPasskeys {
            credential_ids: of_domain.map(|passkey| passkey.credential_id).collect(),
            handle,
            username: user.username.clone(),
            display: user.display.clone(),
            rp_id,
        }))
    })
}
