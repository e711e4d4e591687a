//! The authenticator data: what an authenticator says of itself, its user and a credential.

use super::{Unfit, cbor};

const USER_PRESENT: u8 = 1 << 0;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// The authenticator data (WebAuthn Level 3, 6.1).
pub(super) struct AuthenticatorData<'a> {
    pub rp_id_hash: &'a [u8; 32],
    flags: u8,
    pub counter: u32,
    /// At a registration.
    pub credential: Option<AttestedCredential<'a>>,
}

/// The new credential (WebAuthn Level 3, 6.5.1).
pub(super) struct AttestedCredential<'a> {
    pub aaguid: [u8; 16],
    pub id: &'a [u8],
    pub public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it, and checks nothing but its shape. What extensions say is skipped.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Unfit> {
        let mut rest = bytes;
        let rp_id_hash = take_array(&mut rest)?;
        let &[flags] = take_array(&mut rest)?;
        let counter = u32::from_be_bytes(*take_array(&mut rest)?);
        let credential = if flags & HAS_CREDENTIAL != 0 {
            Some(AttestedCredential::take(&mut rest)?)
        } else {
            None
        };
        if flags & HAS_EXTENSIONS != 0 {
            (_, rest) = cbor::split_map(rest)?;
        }
        if !rest.is_empty() {
            return Err(Unfit::AuthenticatorData);
        }
        Ok(Self { rp_id_hash, flags, counter, credential })
    }

    pub fn is_user_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }

    pub fn is_user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    pub fn is_syncable(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub fn is_synced(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

impl<'a> AttestedCredential<'a> {
    fn take(rest: &mut &'a [u8]) -> Result<Self, Unfit> {
        let aaguid = *take_array(rest)?;
        let id_length = u16::from_be_bytes(*take_array(rest)?);
        let (id, behind) =
            rest.split_at_checked(id_length.into()).ok_or(Unfit::AuthenticatorData)?;
        let public_key;
        (public_key, *rest) = cbor::split_map(behind)?;
        Ok(Self { aaguid, id, public_key })
    }
}

/// Takes so many bytes from the front.
fn take_array<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], Unfit> {
    let (taken, behind) = rest.split_first_chunk().ok_or(Unfit::AuthenticatorData)?;
    *rest = behind;
    Ok(taken)
}
