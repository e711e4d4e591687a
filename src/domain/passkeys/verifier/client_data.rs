//! The client data: what a browser says of a ceremony.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Unfit;

/// What a browser was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceremony {
    /// `webauthn.create`: a registration.
    Create,
    /// `webauthn.get`: a login, or the proof of one.
    Get,
}

/// The client data of a credential (WebAuthn Level 3, 5.8.1). The browser writes it, and what the
/// authenticator signs covers it.
#[derive(Debug)]
pub(crate) struct ClientData {
    /// `None` where the type is another one.
    pub ceremony: Option<Ceremony>,
    /// The challenge that is answered.
    pub challenge: Vec<u8>,
    /// The page's origin, as the browser wrote it.
    pub origin: String,
    /// Whether the page stood in a frame of another origin's page.
    pub is_cross_origin: bool,
    /// Of the very bytes, since these are signed, and not what they mean.
    pub(super) sha256: [u8; 32],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    r#type: String,
    challenge: String,
    origin: String,
    cross_origin: Option<bool>,
    top_origin: Option<String>,
}

impl ClientData {
    /// Reads it, and checks nothing but its shape. Other members are ignored: browsers may add
    /// some.
    ///
    /// # Errors
    /// [`Unfit::ClientData`].
    pub fn parse(json: &[u8]) -> Result<Self, Unfit> {
        let members: Members = serde_json::from_slice(json).map_err(|_| Unfit::ClientData)?;
        let challenge = BASE64_URL_SAFE_NO_PAD.decode(members.challenge);
        Ok(Self {
            ceremony: match members.r#type.as_str() {
                "webauthn.create" => Some(Ceremony::Create),
                "webauthn.get" => Some(Ceremony::Get),
                _ => None,
            },
            challenge: challenge.map_err(|_| Unfit::ClientData)?,
            origin: members.origin,
            is_cross_origin: members.cross_origin == Some(true) || members.top_origin.is_some(),
            sha256: Sha256::digest(json).into(),
        })
    }
}
