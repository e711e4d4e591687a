//! What a user proves besides the session, to add or to remove a passkey.

use std::time::Duration;

use crate::domain::App;
use crate::domain::accounts::password_check::CurrentPassword;
use crate::domain::change::{By, Change};
use crate::domain::factors::{Code, by_code, with_factor};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::storage::sessions;
use crate::time::Timestamp;

/// How long after its login a session needs no password for that.
const YOUNG: Duration = Duration::from_mins(10);

/// What a user sent to prove that the account is theirs.
#[derive(Default)]
pub(crate) struct OwnerProof {
    /// A code of a second factor, or of a passkey.
    pub code: Option<Code>,
    pub password: Option<CurrentPassword>,
}

/// A user who adds or removes a passkey.
pub(super) struct Owner<'a> {
    pub principal: &'a Principal,
    pub proof: &'a OwnerProof,
    /// What a user is told who has proven too little.
    pub refusal: &'static str,
}

impl Owner<'_> {
    /// Makes the change if the user has proven enough: a code where a second factor is on, or else
    /// the password, a code of a passkey, or a session that is young.
    ///
    /// # Errors
    /// [`Error::VerificationRequired`], [`Error::WrongCode`], [`Error::WrongPassword`],
    /// [`Error::TooManyRequests`], [`Error::UnAuthorized`] with an old session; a fault, or an
    /// error of `change`.
    pub(super) fn prove<T>(
        &self,
        app: &App,
        now: Timestamp,
        change: impl FnOnce(&Change<'_>) -> Result<T>,
    ) -> Result<T> {
        let Self { principal, proof, refusal } = self;
        let user = &principal.user;
        if let Some(code) = &proof.code {
            return by_code(app, principal.actor(), code, now, change);
        }
        if user.has_second_factor() {
            return with_factor(app, principal.actor(), None, now, change);
        }
        match &proof.password {
            Some(password) => password.verify(app, user, now)?,
            None if has_young_session(app, principal, now)? => (),
            None => return Err(Error::UnAuthorized { action: refusal }),
        }
        app.change(By::User(&principal.device), now, change)
    }
}

/// Whether a user proves enough by the session alone, since it was opened a moment ago.
///
/// # Errors
/// [`Error::NotLogged`] if the session has ended meanwhile, or a fault.
pub(crate) fn has_young_session(app: &App, principal: &Principal, now: Timestamp) -> Result<bool> {
    let Principal { user, session, .. } = principal;
    let find = |connection: &_| sessions::find_active_of(connection, user.id, *session, now);
    let session = app.db.read(find)?.ok_or(Error::NotLogged)?;
    Ok(session.created_at.is_recent(YOUNG, now))
}
