//! Who acts, and from where.

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::public_key::PublicKey;
use crate::language::Language;
use crate::storage::sessions::SessionId;
use crate::storage::users::User;
use crate::time::Timestamp;

/// The program and the network that a request comes from.
#[derive(Clone, Debug)]
pub struct Device {
    /// The client's address.
    pub ip: IpAddr,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// The language that it asks for.
    pub language: Option<Language>,
    /// The secret that a browser keeps, by which it is recognized.
    pub browser: Option<String>,
}

/// A device that logs in.
pub struct Client {
    /// Where it is, and what it says of itself.
    pub device: Device,
    /// The key that it wants kept with the session.
    pub public_key: Option<PublicKey>,
}

/// The authenticated caller of a request.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The session that the request's token names.
    pub session: SessionId,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// Its user.
    pub user: Arc<User>,
    /// Where the request comes from.
    pub device: Device,
}

impl Principal {
    pub(crate) fn actor(&self) -> Actor<'_> {
        Actor { user: &self.user, device: &self.device }
    }
}

/// A user who makes a change, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Actor<'a> {
    pub user: &'a User,
    pub device: &'a Device,
}
