//! What the document has.

use serde::Serialize;
use uuid::Uuid;

use super::stream::{Content, Streamed};
use crate::domain::accounts::profile::Profile;
use crate::domain::accounts::suspension::Suspension;
use crate::domain::audit::Line;
use crate::domain::lockouts::Lockout;
use crate::storage::invitations;
use crate::storage::passkeys::Passkey;
use crate::storage::password_links::OpenPasswordLink;
use crate::storage::sessions::Session;
use crate::time::Timestamp;
use crate::words::Language;

/// The document. What is long in it is read while it is serialized.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    pub(super) about: &'static str,
    pub(super) exported_at: Timestamp,
    pub(super) server: &'a str,
    pub(super) account: Facts<'a>,
    pub(super) suspension: Part<Option<Suspension>>,
    pub(super) second_factors: Factors,
    pub(super) passkeys: Part<Vec<ListedPasskey>>,
    pub(super) email_confirmations: Part<Vec<String>>,
    pub(super) password_link: Part<Option<PasswordLink>>,
    pub(super) invitations: Part<Vec<Invitation>>,
    pub(super) sessions: Part<Streamed<'a, OpenSession>>,
    pub(super) devices: Part<Vec<Device>>,
    pub(super) lockouts: Part<Vec<Lockout>>,
    pub(super) pictures: Part<Vec<Shown<'a>>>,
    pub(super) audit: Part<Streamed<'a, Line>>,
}

/// A part of the document, said in words.
#[derive(Serialize)]
pub(super) struct Part<T> {
    about: &'static str,
    content: T,
}

impl<T> Part<T> {
    pub(super) const fn new(about: &'static str, content: T) -> Self {
        Self { about, content }
    }
}

#[derive(Serialize)]
pub(super) struct Facts<'a> {
    pub(super) about: &'static str,
    #[serde(flatten)]
    pub(super) profile: &'a Profile,
    pub(super) language: Option<Language>,
    pub(super) password_changed_at: Timestamp,
    pub(super) last_login: Option<Timestamp>,
}

#[derive(Serialize)]
pub(super) struct Factors {
    pub(super) about: &'static str,
    pub(super) authenticator_app: bool,
    pub(super) authenticator_app_enabled_at: Option<Timestamp>,
    pub(super) codes_by_mail: bool,
    pub(super) passkey_after_password: bool,
    pub(super) unused_recovery_codes: u32,
}

/// A passkey, without its key and its credential id.
#[derive(Serialize)]
pub(super) struct ListedPasskey {
    id: String,
    name: String,
    rp_id: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    synced: bool,
    transports: String,
    aaguid: String,
}

impl From<Passkey> for ListedPasskey {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            rp_id: passkey.rp_id,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
            synced: passkey.is_synced,
            transports: passkey.transports,
            aaguid: Uuid::from_bytes(passkey.aaguid).to_string(),
        }
    }
}

/// An open link that sets a new password, without its secret.
#[derive(Serialize)]
pub(super) struct PasswordLink {
    made_by: &'static str,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<OpenPasswordLink> for PasswordLink {
    fn from(link: OpenPasswordLink) -> Self {
        let OpenPasswordLink { made_by, created_at, expires_at } = link;
        Self { made_by: made_by.as_str(), created_at, expires_at }
    }
}

/// An invitation, without its code and without the operator's note.
#[derive(Serialize)]
pub(super) struct Invitation {
    id: u32,
    email: Option<String>,
    tags: Vec<String>,
    expires_at: Timestamp,
}

impl From<invitations::Invitation> for Invitation {
    fn from(row: invitations::Invitation) -> Self {
        Self { id: row.id, email: row.email, tags: row.tags, expires_at: row.expires_at }
    }
}

#[derive(Serialize)]
pub(super) struct OpenSession {
    id: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    ip: String,
    user_agent: Option<String>,
    has_public_key: bool,
}

impl From<Session> for OpenSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            ip: session.ip,
            user_agent: session.user_agent,
            has_public_key: session.public_key.is_some(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Device {
    pub(super) last_login_at: Timestamp,
}

/// An uploaded picture.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    pub(super) used_as: &'static str,
    pub(super) url: String,
    pub(super) media_type: String,
    pub(super) bytes: u32,
    pub(super) sha256: String,
    pub(super) base64: Content<'a>,
}
