//! What users change of their own account.

use crate::domain::App;
use crate::domain::accounts::changes::{self, Changes};
use crate::domain::accounts::fields::NewPassword;
use crate::domain::accounts::password_check::{CurrentPassword, PasswordCheck};
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::tags::has_right;
use crate::domain::change::{By, Change};
use crate::domain::email_confirmation;
use crate::domain::event::Event;
use crate::domain::factors::{Code, with_factor};
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::{Error, Result};
use crate::storage::users::{self as rows, User};
use crate::storage::{Connection, sessions};
use crate::time::Timestamp;

/// What a user wants changed, and what they show for it.
pub(crate) struct Edit {
    /// The fields.
    pub changes: Changes,
    /// A new password.
    pub password: Option<PasswordChange>,
    /// Whether the other fields ask for the current password.
    pub check: PasswordCheck,
    /// The second factor, where they sent one.
    pub code: Option<Code>,
}

/// A new password, which always comes with the current one.
pub(crate) struct PasswordChange {
    /// The password from then on.
    pub new: NewPassword,
    /// The password until then.
    pub current: CurrentPassword,
}

/// An account that was changed.
pub(crate) struct Edited {
    /// As its user sees it then.
    pub profile: Profile,
    /// Whether a link is on its way that confirms a new address.
    pub is_link_mailed: bool,
}

/// Changes the principal's account. A change of username, email or password needs the second factor
/// where one is on; a new password ends every other session, and so does the removal of an address
/// to which codes went.
///
/// # Errors
/// In this order: [`Error::UnAuthorized`] without the right to edit, [`Error::TooManyRequests`],
/// [`Error::EmailInUseAsFactor`], [`Error::WrongPassword`], [`Error::WrongCode`],
/// [`Error::AlreadyExists`]; or a fault.
pub(crate) fn edit(app: &App, principal: &Principal, edit: Edit, now: Timestamp) -> Result<Edited> {
    let user = &principal.user;
    if !has_right(app, user, "can_self_edit", now) {
        return Err(Error::UnAuthorized { action: "edit this profile" });
    }
    let after = edit.changes.preview(app, user);
    let loses_factor = user.has_email_factor && !after.has_email_factor;
    // An address that is removed takes its factor with it, by a code; to another one, codes would
    // go unasked.
    if loses_factor && after.email.is_some() {
        return Err(Error::EmailInUseAsFactor);
    }
    // What the owner is told of is worth a code.
    let needs_code =
        after.username != user.username || after.email != user.email || edit.password.is_some();
    edit.check.verify(app, user, now)?;
    let hash = match &edit.password {
        Some(PasswordChange { new, current }) => {
            current.verify(app, user, now)?;
            Some(app.hasher.hash(&new.0)?)
        }
        None => None,
    };
    let make = |tx: &Change<'_>| make(app, tx, principal, (edit.changes, hash), now);
    let changed = if needs_code {
        with_factor(app, principal.actor(), edit.code.as_ref(), now, make)?
    } else {
        app.change(By::User(&principal.device), now, make)?
    };
    let is_link_mailed = changed.email != user.email
        && email_confirmation::mail_link_if_unverified(app, &changed, Some(&principal.device), now);
    Ok(Edited { profile: profile(app, &changed, now), is_link_mailed })
}

/// The principal's user, unless the session, the password or a factor has gone meanwhile.
pub(crate) fn unchanged(
    connection: &Connection,
    principal: &Principal,
    now: Timestamp,
) -> Result<User> {
    check_open(connection, principal, now)?;
    rows::find_by_id(connection, principal.user.id)?
        .filter(|user| user.password_changed_at == principal.user.password_changed_at)
        .filter(|user| user.has_same_factors(&principal.user))
        .ok_or(Error::NotLogged)
}

/// Makes the changes. The user is told of them at the address that was theirs until now.
fn make(
    app: &App,
    tx: &Change<'_>,
    principal: &Principal,
    (changes, hash): (Changes, Option<String>),
    now: Timestamp,
) -> Result<User> {
    let before = unchanged(tx, principal, now)?;
    let mut user = before.clone();
    changes.apply(app, &mut user);
    changes::store(tx, &before, &user)?;
    if let Some(hash) = &hash {
        rows::update_password(tx, user.id, hash, now)?;
    }
    if hash.is_some() || !user.has_same_factors(&before) {
        sessions::delete_all_of(tx, user.id, Some(principal.session))?;
    }
    let events = [
        (before.username != user.username, Event::AccountRenamed),
        (before.email != user.email, Event::EmailChanged),
        (before.has_email_factor && !user.has_email_factor, Event::EmailFactorDisabled),
        (hash.is_some(), Event::PasswordChanged),
    ];
    events
        .iter()
        .filter(|(happened, _)| *happened)
        .try_for_each(|(_, event)| tx.happened(*event, &before))?;
    Ok(user)
}
