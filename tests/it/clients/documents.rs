//! What the server says of itself inside the envelope: where it is, and what may be offered there.

use serde::Deserialize;
use serde_json::Value;

use super::values::{Millis, Nullable};
use super::{ADDRESS, URL};

#[derive(Debug, Deserialize)]
pub struct ServerFacts {
    id: String,
    title: String,
    description: String,
    address: String,
    gateways: Gateways,
    features: Vec<String>,
    version: String,
    ready_at: Millis,
    icon: Nullable<String>,
}

#[derive(Debug, Deserialize)]
struct Gateways {
    http: String,
    /// There is none; with a URL, programs would try for ever.
    ws: String,
    web: String,
}

impl ServerFacts {
    #[track_caller]
    pub fn is_ours(&self) {
        let Gateways { http, ws, web } = &self.gateways;
        assert_eq!((self.id.as_str(), self.address.as_str()), (ADDRESS, ADDRESS));
        assert_eq!([http, ws, web], [URL, "", URL]);
    }
}

/// Which forms and buttons there are.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's own names")]
pub struct Configs {
    pub registration: Registration,
    pub password_min_length: u32,
    pub password_max_length: u32,
    pub picture_max_bytes: u32,
    pub maintenance: Nullable<String>,
    pub allow_user_registration: bool,
    #[serde(rename = "allowUserRegistration")]
    old_allow_user_registration: bool,
    pub support_passkey: bool,
    pub passkey_rp_id: Nullable<String>,
    allow_world_creation: bool,
    allow_world_creation_by_external: bool,
    allow_avatar_creation: bool,
    allow_avatar_creation_by_external: bool,
    allow_instance_creation: bool,
    allow_instance_creation_by_external: bool,
    regions: Vec<String>,
    /// The front of 2026 would ask for pictures of these widths.
    allowed_image_widths: Option<Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    Open,
    Closed,
    Invite,
}

impl Configs {
    /// Checks that only existing features are offered, and registration only where it is open.
    #[track_caller]
    pub fn are_true(&self) {
        assert_eq!(
            self.allow_user_registration,
            self.registration == Registration::Open,
            "{self:?}"
        );
        assert_eq!(self.allow_user_registration, self.old_allow_user_registration, "{self:?}");
        let offered = [
            self.allow_world_creation,
            self.allow_world_creation_by_external,
            self.allow_avatar_creation,
            self.allow_avatar_creation_by_external,
            self.allow_instance_creation,
            self.allow_instance_creation_by_external,
        ];
        assert!(offered == [false; 6] && self.regions.is_empty(), "{self:?}");
        assert_eq!(self.allowed_image_widths, None);
    }
}
