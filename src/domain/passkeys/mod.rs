//! Passkeys (WebAuthn Level 3): a credential that a device keeps, and that logs its user in without
//! a name and without a password.
//!
//! - A passkey is both factors at once: the device, and what unlocks it. So a login by passkey is
//!   whole ([`login`]): no code is asked for, and it meets the demand for a second factor. Bans and
//!   the confirmation of the address hold for it as for every login.
//! - It is one kind of passkey: the device finds it without a name (discoverable), and verifies its
//!   user each time.
//! - A passkey alone switches no second factor on, since clients in VR cannot use one.
//! - To add one ([`registration`]) or to remove one ([`removal`]) takes a code where a second
//!   factor is on, and else the password or a session that was opened a moment ago: a stolen
//!   session alone is not enough. The password always stays, so that no user is locked out.
//! - A challenge ([`challenge`]) is sealed and not stored until it is answered. An answered one is
//!   a row, in the transaction of what it opens: it is good once.
//! - A passkey belongs to one domain ([`rp_id`]) and works for no other.
//! - What a stranger is told of an account before a proof is the same for everyone.
//!
//! [`verifier`] checks what a device has signed; everything that needs the database is here.

mod challenge;
pub(crate) mod factor;
#[cfg(fuzzing)]
pub mod fuzzing;
mod imported;
mod login;
pub(crate) mod names;
pub(crate) mod operator;
mod origins;
mod owner;
mod registration;
mod removal;
mod signals;
mod verifier;
mod view;

use url::Host;

use crate::config::Config;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::error::{Error, Result};
use crate::storage::Connection;
pub(crate) use crate::storage::passkeys::PasskeyId;
use crate::storage::passkeys::{self, Passkey};

pub(crate) use challenge::LIFETIME as CHALLENGE_LIFETIME;
pub(crate) use imported::{Described, described, is_usable};
pub(crate) use login::{
    Entered, LoginOptions, PasskeyAttempt, PasskeyCode, SignedLogin, log_in, login_options,
};
pub(in crate::domain) use origins::outside;
pub(crate) use origins::related_origins;
pub(crate) use owner::{OwnerProof, has_young_session};
pub(crate) use registration::{
    NewPasskey, RegistrationOptions, SignedRegistration, register, registration_options,
};
pub(crate) use removal::{remove, rename};
pub(crate) use signals::{AcceptedPasskeys, accepted};
pub(crate) use view::{PasskeyView, list};

/// How many passkeys a user may have.
pub(crate) const MOST: u32 = 20;

/// A passkey that a browser is told of, to use it or to make no other one on its device.
pub(crate) struct KnownPasskey {
    pub credential_id: Vec<u8>,
    pub transports: Vec<String>,
}

/// The domain that passkeys are made for and accepted from (the RP ID). `None` where browsers know
/// no passkeys: the public URL has an IP address for a host, or is not of https.
pub(crate) fn rp_id(config: &Config) -> Option<String> {
    let host = config.host();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let is_domain = matches!(Host::parse(&host), Ok(Host::Domain(_)));
    let is_fit = is_domain && (is_local || config.is_https());
    is_fit.then(|| config.passkeys.rp_id.as_ref().map_or(host, |rp_id| rp_id.as_str().into()))
}

/// Whether users can add passkeys and log in with them.
pub(crate) fn is_on(config: &Config) -> bool {
    config.passkeys.enabled && rp_id(config).is_some()
}

/// The RP ID where passkeys are on.
///
/// # Errors
/// [`Error::ServiceDisabled`] where they are not.
pub(crate) fn check_on(config: &Config) -> Result<String> {
    let rp_id = rp_id(config).filter(|_| config.passkeys.enabled);
    rp_id.ok_or(Error::ServiceDisabled)
}

/// Whether a user has a passkey that this server takes.
///
/// # Errors
/// A fault.
pub(crate) fn has_usable(app: &App, user: UserId) -> Result<bool> {
    app.db.read(|connection| finds_usable(&app.config, connection, user))
}

/// The same, in a transaction.
fn finds_usable(config: &Config, connection: &Connection, user: UserId) -> Result<bool> {
    let Ok(rp_id) = check_on(config) else { return Ok(false) };
    Ok(passkeys::list_of(connection, user)?.iter().any(|passkey| passkey.rp_id == rp_id))
}

/// A text of a client, as the log may have it.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(256).collect()
}

impl From<Passkey> for KnownPasskey {
    fn from(passkey: Passkey) -> Self {
        let transports = passkey.transports.split_whitespace().map(Into::into).collect();
        Self { credential_id: passkey.credential_id, transports }
    }
}
