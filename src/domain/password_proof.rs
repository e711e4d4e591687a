//! Sealed proofs that a password was right a moment ago, for a login that needs more than that. A
//! browser or a program keeps one between two requests. It is not stored here: its seal proves
//! where it comes from.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::present::Present;
use crate::error::{Error, Result};
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;

/// A kind of proof. One of another kind is not accepted in its place.
pub(in crate::domain) struct PasswordProof {
    /// What its seal and its mark are bound to.
    pub context: &'static str,
    pub lifetime: Duration,
}

/// What a proof says.
pub(in crate::domain) struct Proven {
    /// The user, as the database has them now.
    pub user: User,
    /// What was sealed with it.
    pub content: Zeroizing<Vec<u8>>,
}

/// A proof that was opened.
struct Opened {
    user: UserId,
    expires_at: Timestamp,
    password_mark: [u8; 32],
    content: Zeroizing<Vec<u8>>,
}

impl PasswordProof {
    /// Makes a proof for a user whose password was right.
    pub fn make(&self, app: &App, user: &User, content: &[u8], now: Timestamp) -> Result<String> {
        let expires_at = now.after(self.lifetime).millis().to_be_bytes();
        let id = user.id.0.to_be_bytes();
        let parts = [&id[..], &expires_at, &self.password_mark(app, user), content];
        let sealed = app.key.seal(self.context, &Zeroizing::new(parts.concat()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// [`Error::InvalidChallenge`] if it has expired or is not one of ours, if it was made while
    /// the clock was ahead, since it would be valid for as long as that, if the password has
    /// changed since, or if the user is suspended; or a fault.
    pub fn read(&self, app: &App, text: &str, now: Timestamp) -> Result<Proven> {
        let opened = self.open(app, text).ok_or(Error::InvalidChallenge)?;
        let latest_end = Present::new(&app.config, now).end_of(self.lifetime).tolerated;
        if opened.expires_at <= now || opened.expires_at > latest_end {
            return Err(Error::InvalidChallenge);
        }
        let user = app.db.read(|connection| users::find_by_id(connection, opened.user))?;
        let user = user
            .filter(|user| opened.password_mark == self.password_mark(app, user))
            .filter(|user| !user.is_suspended(now))
            .ok_or(Error::InvalidChallenge)?;
        Ok(Proven { user, content: opened.content })
    }

    /// Binds a proof to the password. It becomes invalid when the password changes, and the key
    /// file alone is not enough to forge one.
    fn password_mark(&self, app: &App, user: &User) -> [u8; 32] {
        app.keyed_hash(self.context, user.id, &user.password_hash)
    }

    fn open(&self, app: &App, text: &str) -> Option<Opened> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let opened = app.key.open(self.context, &sealed).ok()?;
        let (id, rest) = opened.split_first_chunk()?;
        let (expires_at, rest) = rest.split_first_chunk()?;
        let (mark, content) = rest.split_first_chunk()?;
        Some(Opened {
            user: UserId(u32::from_be_bytes(*id)),
            expires_at: Timestamp::from_millis(i64::from_be_bytes(*expires_at)),
            password_mark: *mark,
            content: Zeroizing::new(content.to_vec()),
        })
    }
}
