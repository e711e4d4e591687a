//! What a mail is for: whether it is still of use when it is tried again, and what is taken back
//! when it is given up.

use super::sending::Awaited;
use crate::domain::throttle::Limit;
use crate::error::Result;
use crate::storage::observations::{self, Kind};
use crate::storage::sent_codes::{self, Channel};
use crate::storage::users::UserId;
use crate::storage::{Db, email_confirmations, password_links, rate_limits};
use crate::time::Timestamp;

/// What a mail is for.
pub(crate) enum Purpose {
    /// A code, which is stored as this keyed hash.
    Code { user: UserId, hash: [u8; 32] },
    /// A link that confirms an address, whose token has this hash.
    Link { user: UserId, token_sha256: [u8; 32] },
    /// A link that sets a password, whose secret has this hash.
    PasswordLink { user: UserId, secret_sha256: [u8; 32] },
    /// A notice of an event.
    Notice,
}

impl Purpose {
    /// The user who waits for the mail, if one does.
    pub(super) const fn awaited(&self) -> Option<(UserId, Awaited)> {
        match self {
            Self::Code { user, .. } => Some((*user, Awaited::Code)),
            Self::Link { user, .. } => Some((*user, Awaited::Link)),
            // The page for a forgotten password does not tell whether there is a mail.
            Self::PasswordLink { .. } | Self::Notice => None,
        }
    }

    /// Whether the mail is still of use: a later code makes an earlier one invalid, and a confirmed
    /// address needs no link.
    pub(super) fn is_alive(&self, db: &Db, now: Timestamp) -> Result<bool> {
        match self {
            Self::Code { user, hash } => db.read(|connection| {
                let active = sent_codes::find_active(connection, *user, Channel::Email, now)?;
                Ok(active.is_some_and(|code| code.hash == *hash && !code.is_used))
            }),
            Self::Link { token_sha256, .. } => db.read(|connection| {
                Ok(email_confirmations::find_active(connection, token_sha256, now)?.is_some())
            }),
            Self::PasswordLink { secret_sha256, .. } => db.read(|connection| {
                Ok(password_links::find_active(connection, secret_sha256, now)?.is_some())
            }),
            Self::Notice => Ok(true),
        }
    }

    /// Records that the mail was given up, and takes back what it counted for: its user may ask for
    /// another one at once. The limit for a day still holds, so that no user can make the server
    /// send without end.
    pub(super) fn give_up(&self, db: &Db, why: &str, now: Timestamp) -> Result<()> {
        db.write(|connection| {
            observations::put(connection, Kind::MailGivenUp, why, now)?;
            match self {
                Self::Code { user, hash } => {
                    sent_codes::delete(connection, *user, hash)?;
                    rate_limits::refund(connection, &Limit::next_mailed_code(*user).0)
                }
                Self::Link { user, .. } => {
                    rate_limits::refund(connection, &Limit::next_mailed_link(*user).0)
                }
                Self::PasswordLink { user, secret_sha256 } => {
                    password_links::delete(connection, secret_sha256)?;
                    rate_limits::refund(connection, &Limit::next_mailed_password_link(*user).0)
                }
                Self::Notice => Ok(()),
            }
        })
    }
}
