//! Passkeys that another server stored.

use super::names::{self, PasskeyName};
use super::registration::transports;
use super::verifier;

/// What a passkey is called, and how browsers reach its authenticator.
pub(crate) struct Described {
    pub name: String,
    /// Words with blanks between.
    pub transports: String,
}

/// Describes a passkey by what another server says of it.
pub(crate) fn described(name: Option<&str>, words: &[String], aaguid: [u8; 16]) -> Described {
    let name = name.and_then(|name| PasskeyName::parse(name).ok().flatten());
    let name = name.map(PasskeyName::into_text);
    Described {
        name: name.unwrap_or_else(|| names::of_program(aaguid, &[])),
        transports: transports(words),
    }
}

/// Whether a login can use a passkey with this id and this public key.
pub(crate) fn is_usable(credential_id: &[u8], public_key: &[u8]) -> bool {
    verifier::is_credential(credential_id, public_key)
}
