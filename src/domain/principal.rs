//! Who acts, and from where: the client of a login, and the authenticated caller of a request.

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::public_key::PublicKey;
use crate::storage::sessions::{SessionId, SessionRef};
use crate::storage::users::User;
use crate::words::Language;

/// The program and the network that a request comes from.
#[derive(Clone, Debug)]
pub struct Device {
    /// The client's address.
    pub ip: IpAddr,
    /// Whether a header of the request says from where it was forwarded, be it believed or not.
    pub is_forwarded: bool,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The language that the client prefers (`Accept-Language`), if the server has it.
    pub language: Option<Language>,
    /// The secret in a browser's cookie, by which the browser is recognized.
    pub browser: Option<String>,
}

/// A client that logs in.
pub struct Client {
    /// The device that it runs on.
    pub device: Device,
    /// The public key to store with the session.
    pub public_key: Option<PublicKey>,
}

/// The authenticated caller of a request that only reads. A change also records the device, and
/// takes a [`Principal`].
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) session: SessionId,
    pub(crate) user: Arc<User>,
    /// Whether the last use of the session must be updated, by `sessions::touch`.
    pub(crate) needs_touch: bool,
}

impl Caller {
    /// The same caller, with the device that the request comes from.
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
    /// The session's user.
    pub user: Arc<User>,
    /// The device that the request comes from.
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

/// A user who makes a change, and their device.
#[derive(Clone, Copy)]
pub(crate) struct Actor<'a> {
    pub user: &'a User,
    pub device: &'a Device,
}

/// Who makes a change.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// The operator, from the command line.
    Operator,
    /// The server itself.
    Server,
    /// The user, from this device.
    User(&'a Device),
    /// A user whose account ends by it, and of whom nothing is kept.
    FormerUser,
    /// A program that is not logged in, from this device.
    Client(&'a Device),
}

impl<'a> By<'a> {
    pub(crate) const fn device(self) -> Option<&'a Device> {
        match self {
            Self::Operator | Self::Server | Self::FormerUser => None,
            Self::User(device) | Self::Client(device) => Some(device),
        }
    }
}
