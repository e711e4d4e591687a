//! Lists of users, of sessions, and those that are always empty.

use serde::Deserialize;

use super::user::PublicUser;
use super::values::{Base64, Millis, Nullable};

/// What a search finds: some programs look for `users`, others for `items`.
#[derive(Debug, Deserialize)]
pub struct Found<L> {
    pub total: u32,
    pub query: Nullable<String>,
    pub ids: Vec<u32>,
    pub limit: u32,
    pub offset: u32,
    users: Vec<PublicUser<L>>,
    items: Vec<PublicUser<L>>,
}

impl<L: PartialEq + std::fmt::Debug> Found<L> {
    /// The users of the list.
    #[track_caller]
    pub fn people(self) -> Vec<PublicUser<L>> {
        assert_eq!(self.users, self.items);
        self.items
    }

    /// Their names.
    #[track_caller]
    pub fn names(self) -> Vec<String> {
        self.people().into_iter().map(|user| user.username).collect()
    }
}

/// A list of users for the front of 2026 and for Unity.
#[derive(Debug, Deserialize)]
pub struct UserList<L> {
    pub items: Vec<PublicUser<L>>,
    pub total: u32,
    pub limit: u32,
    pub offset: u32,
}

/// The same for the front of 2025.
#[derive(Debug, Deserialize)]
pub struct Relations<L> {
    pub limit: u32,
    pub offset: u32,
    pub count: u32,
    pub total: u32,
    pub items: Vec<PublicUser<L>>,
}

#[derive(Debug, Deserialize)]
pub struct SessionList {
    pub total: u32,
    pub query: (),
    pub limit: u32,
    pub offset: u32,
    pub sessions: Vec<OpenSession>,
}

#[derive(Debug, Deserialize)]
pub struct OpenSession {
    pub id: String,
    pub current: bool,
    pub created_at: Millis,
    pub expires: Millis,
    pub expires_at: Millis,
    pub last_seen: Millis,
    pub active: bool,
    pub public_key: Base64,
    pub devices: Vec<Device>,
}

/// Both session pages take the name of a browser out of the user agent: `null` would end them.
#[derive(Debug, Deserialize)]
pub struct Device {
    pub ip: String,
    pub user_agent: String,
    pub last_seen: Millis,
}

impl SessionList {
    /// The one that asks.
    #[track_caller]
    pub fn current(&self) -> &OpenSession {
        let current: Vec<_> = self.sessions.iter().filter(|session| session.current).collect();
        assert_eq!(current.len(), 1, "{:?}", self.sessions);
        current[0]
    }
}
