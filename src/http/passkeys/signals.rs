//! What the signals take by which browsers keep passkeys tidy (WebAuthn Level 3, 5.1.10), in one
//! object: each reads what it knows.

use serde::Serialize;

use super::credential::encode;
use crate::domain::passkeys::AcceptedPasskeys;

/// What `signalAllAcceptedCredentials` and `signalCurrentUserDetails` are given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Signals {
    rp_id: String,
    user_id: String,
    all_accepted_credential_ids: Vec<String>,
    name: String,
    display_name: String,
}

impl From<AcceptedPasskeys> for Signals {
    fn from(accepted: AcceptedPasskeys) -> Self {
        let ids = accepted.credential_ids.iter();
        Self {
            rp_id: accepted.rp_id,
            user_id: encode(&accepted.handle),
            all_accepted_credential_ids: ids.map(|id| encode(id)).collect(),
            name: accepted.username,
            display_name: accepted.display,
        }
    }
}
