//! The two checks of WebAuthn (Level 3, 7.1 and 7.2): that of a new credential, and that of a
//! login with one. They are pure: what a challenge is worth, whose a credential is and whether its
//! counter fits are questions of the caller, who opens the challenge between
//! [`ClientData::parse`] and these checks.
//!
//! An attestation statement is not read: it says who made an authenticator, which is not asked for.

mod authenticator_data;
mod cbor;
mod client_data;
mod public_key;

use sha2::{Digest, Sha256};

use authenticator_data::AuthenticatorData;
use cbor::Key;
pub(crate) use client_data::{Ceremony, ClientData};
use public_key::PublicKey;

/// The maximum length of a credential's id, in bytes (WebAuthn Level 3, 7.1, step 26).
const MAX_ID_LENGTH: usize = 1023;

/// What a credential must have been made for.
pub(crate) struct Expected<'a> {
    /// The domain.
    pub rp_id: &'a str,
    /// Whether a page of this origin may ask for a credential. It is called with the whole origin,
    /// as the browser wrote it.
    pub is_allowed_origin: &'a dyn Fn(&str) -> bool,
}

/// Why a credential is refused. Nothing of what was sent is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("the client data is not of the standard's form")]
    ClientData,
    #[error("the client data is of another ceremony")]
    Ceremony,
    #[error("the origin is not one of this server")]
    Origin,
    #[error("the page stood in a frame of another origin")]
    CrossOrigin,
    #[error("the attestation object is not of the standard's form")]
    AttestationObject,
    #[error("the CBOR is malformed, or not of the form that authenticators write")]
    Cbor,
    #[error("the authenticator data has another length than its parts")]
    AuthenticatorData,
    #[error("the authenticator data has a new credential at a login, or none at a registration")]
    AttestedCredential,
    #[error("the credential's id is empty or too long")]
    CredentialId,
    #[error(
        "the public key is malformed, not on its curve, or of an algorithm that was not offered"
    )]
    PublicKey,
    #[error("the credential belongs to another domain")]
    RpId,
    #[error("the user was not there")]
    UserAbsent,
    #[error("the authenticator did not verify the user")]
    UserUnverified,
    #[error("the credential is backed up, and must not be")]
    BackedUp,
    #[error("the signature is wrong")]
    Signature,
}

/// A credential that an authenticator has made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewCredential {
    /// Of 1 to 1023 bytes.
    pub credential_id: Vec<u8>,
    /// A `COSE_Key`, as it came: of less than 2 KiB.
    pub public_key: Vec<u8>,
    /// How often it has signed; 0 where the authenticator does not count.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub is_syncable: bool,
    /// Whether it is.
    pub is_synced: bool,
    /// Which product the authenticator claims to be.
    pub aaguid: [u8; 16],
}

/// What an authenticator says with a right signature.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asserted {
    /// How often the credential has signed; 0 where the authenticator does not count.
    pub counter: u32,
    /// Whether the credential may be copied to other devices.
    pub is_syncable: bool,
    /// Whether it is.
    pub is_synced: bool,
}

/// Checks a new credential, with a statement of any format.
///
/// # Errors
/// The [`Unfit`] of the first check that fails.
pub(crate) fn verify_registration(
    expected: &Expected<'_>,
    client_data: &ClientData,
    attestation_object: &[u8],
) -> Result<NewCredential, Unfit> {
    let object = cbor::map(attestation_object)?;
    let parts = ["fmt", "attStmt", "authData"].map(|name| object.get(&Key::Text(name)));
    let [Some(_), Some(_), Some(data)] = parts else { return Err(Unfit::AttestationObject) };
    let data = cbor::byte_string(data).ok_or(Unfit::AttestationObject)?;
    let data = AuthenticatorData::parse(data)?;
    let credential = data.credential.as_ref().ok_or(Unfit::AttestedCredential)?;
    if !is_id(credential.id) {
        return Err(Unfit::CredentialId);
    }
    check_new_key(credential.public_key)?;
    check(expected, client_data, Ceremony::Create, &data)?;
    Ok(NewCredential {
        credential_id: credential.id.into(),
        public_key: credential.public_key.into(),
        counter: data.counter,
        is_syncable: data.is_syncable(),
        is_synced: data.is_synced(),
        aaguid: credential.aaguid,
    })
}

/// Whether a credential can log in by this public key, as another server stored it.
pub(crate) fn is_credential(credential_id: &[u8], public_key: &[u8]) -> bool {
    is_id(credential_id) && check_new_key(public_key).is_ok()
}

/// Checks a public key before it is stored.
fn check_new_key(public_key: &[u8]) -> Result<(), Unfit> {
    PublicKey::parse(public_key)?.check_point()
}

fn is_id(credential_id: &[u8]) -> bool {
    (1..=MAX_ID_LENGTH).contains(&credential_id.len())
}

/// Checks that a credential has signed the client data, by the public key that
/// [`verify_registration`] found.
///
/// # Errors
/// The [`Unfit`] of the first check that fails.
pub(crate) fn verify_assertion(
    expected: &Expected<'_>,
    public_key: &[u8],
    client_data: &ClientData,
    authenticator_data: &[u8],
    signature: &[u8],
) -> Result<Asserted, Unfit> {
    let key = PublicKey::parse(public_key)?;
    let data = AuthenticatorData::parse(authenticator_data)?;
    if data.credential.is_some() {
        return Err(Unfit::AttestedCredential);
    }
    check(expected, client_data, Ceremony::Get, &data)?;
    key.verify(&[authenticator_data, &client_data.sha256].concat(), signature)?;
    Ok(Asserted {
        counter: data.counter,
        is_syncable: data.is_syncable(),
        is_synced: data.is_synced(),
    })
}

/// Checks what both ceremonies have in common.
fn check(
    expected: &Expected<'_>,
    client_data: &ClientData,
    ceremony: Ceremony,
    data: &AuthenticatorData<'_>,
) -> Result<(), Unfit> {
    let checks = [
        (client_data.ceremony == Some(ceremony), Unfit::Ceremony),
        ((expected.is_allowed_origin)(&client_data.origin), Unfit::Origin),
        (!client_data.is_cross_origin, Unfit::CrossOrigin),
        (Sha256::digest(expected.rp_id)[..] == data.rp_id_hash[..], Unfit::RpId),
        (data.is_user_present(), Unfit::UserAbsent),
        (data.is_user_verified(), Unfit::UserUnverified),
        (data.is_syncable() || !data.is_synced(), Unfit::BackedUp),
    ];
    let failed = checks.into_iter().find(|(holds, _)| !holds);
    failed.map_or(Ok(()), |(_, unfit)| Err(unfit))
}

#[cfg(test)]
mod tests;
