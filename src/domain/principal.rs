//! Who acts, and from where.

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::public_key::PublicKey;
use crate::language::Language;
use crate::storage::sessions::{SessionId, SessionRef};
use crate::storage::users::User;

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

/// The session that a request's token names, found open, and its user. A caller may read; a change
/// also records from where it came, and takes a [`Principal`].
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) session: SessionId,
    pub(crate) user: Arc<User>,
    /// Whether the use of the session is to be stored, by `sessions::touch`.
    pub(crate) needs_touch: bool,
}

impl Caller {
    /// The caller at the device from which the request came.
    pub(crate) fn at(self, device: Device) -> Principal {
        Principal { session: self.session, user: self.user, device }
    }

    pub(crate) fn session_ref(&self) -> SessionRef {
        SessionRef { session: self.session, user: self.user.id }
    }
}

/// The authenticated caller of a request that changes something.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The session that the request's token names.
    pub session: SessionId,
    /// Its user.
    pub user: Arc<User>,
    /// Where the request comes from.
    pub device: Device,
}

impl Principal {
    pub(crate) fn session_ref(&self) -> SessionRef {
        SessionRef { session: self.session, user: self.user.id }
    }

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
