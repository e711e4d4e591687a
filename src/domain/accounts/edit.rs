//! Changes that users make to their own account.

use crate::domain::App;
use crate::domain::accounts::changes::{self, Changes};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::password_check::{CurrentPassword, PasswordCheck};
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::rights::Right;
use crate::domain::change::{By, Change};
use crate::domain::email_confirmation::{self, LinkMail};
use crate::domain::event::Event;
use crate::domain::factors::{Code, demand, with_factor};
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::{Error, Result};
use crate::storage::users::{self as rows, User};
use crate::storage::{Connection, password_links, sessions};
use crate::time::Timestamp;

/// The changes that a user asks for, with the passwords and the code that authorize them.
pub(crate) struct Edit {
    /// The new values of fields.
    pub changes: Changes,
    /// A new password, if it changes.
    pub password: Option<PasswordChange>,
    /// Whether the other fields ask for the current password.
    pub check: PasswordCheck,
    /// A code of the second factor, if the client sent one.
    pub code: Option<Code>,
}

/// A new password, which always comes with the current one.
pub(crate) struct PasswordChange {
    /// The new password.
    pub new: NewPassword,
    /// The current password.
    pub current: CurrentPassword,
}

/// The result of an edit.
pub(crate) struct Edited {
    /// The user's view of the changed account.
    pub profile: Profile,
    /// What became of the link that confirms a new address.
    pub link: LinkMail,
}

/// Changes the principal's account. If a second factor is on, a change of username, email or
/// password needs a code. A new password ends every other session, and so does the removal of an
/// address that was a factor.
///
/// # Errors
/// In this order: [`Error::UnAuthorized`] without the right to edit, [`Error::InvalidAccountField`]
/// for an address that mail cannot be sent to, [`Error::EmailInUseAsFactor`],
/// [`Error::FactorDemanded`], [`Error::GuessablePassword`], [`Error::TooManyRequests`],
/// [`Error::WrongPassword`], [`Error::WrongCode`], [`Error::AlreadyExists`]; or a fault.
pub(crate) fn edit(app: &App, principal: &Principal, edit: Edit, now: Timestamp) -> Result<Edited> {
    let user = &principal.user;
    if !Right::SelfEdit.is_of(app, user, now) {
        return Err(Error::UnAuthorized { action: "edit this profile" });
    }
    edit.changes.check_address(user)?;
    let after = edit.changes.preview(app, user);
    let loses_factor = user.has_email_factor && !after.has_email_factor;
    // Removing the address disables its factor, which needs a code. Replacing it is refused: codes
    // would go to an address that the user has not chosen as a factor.
    if loses_factor && after.email.is_some() {
        return Err(Error::EmailInUseAsFactor);
    }
    demand::check_kept(&app.config, user, &after, "email")?;
    // Changes that are notified to the owner need a code.
    let needs_code =
        after.username != user.username || after.email != user.email || edit.password.is_some();
    let password_hash = hash_new_password(app, user, &edit, &after, now)?;
    let prepared = Prepared { changes: edit.changes, password_hash };
    let store = |tx: &Change<'_>| apply(app, tx, principal, prepared, now);
    let changed = if needs_code {
        with_factor(app, principal.actor(), edit.code.as_ref(), now, store)?
    } else {
        app.change(By::User(&principal.device), now, store)?
    };
    let link = if changed.email == user.email {
        LinkMail::None
    } else {
        email_confirmation::mail_link_if_unverified(app, &changed, Some(&principal.device), now)
    };
    Ok(Edited { profile: profile(app, &changed, now), link })
}

/// Checks the passwords of an edit, and hashes the new one if there is one.
fn hash_new_password(
    app: &App,
    user: &User,
    edit: &Edit,
    after: &User,
    now: Timestamp,
) -> Result<Option<String>> {
    let Some(PasswordChange { new, current }) = &edit.password else {
        edit.check.verify(app, user, now)?;
        return Ok(None);
    };
    // No attempt is counted for a new password that is refused.
    let new = new.of(&after.into())?;
    edit.check.verify(app, user, now)?;
    current.verify(app, user, now)?;
    app.hasher.hash(new).map(Some)
}

/// Reads the principal's user again, and refuses the change if the session has ended or the
/// password or a factor has changed meanwhile.
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

/// An edit that has been checked.
struct Prepared {
    changes: Changes,
    /// The hash of the new password, if it changes.
    password_hash: Option<String>,
}

/// Applies the changes. Notices of them go to the old address, which an attacker cannot have
/// chosen.
fn apply(
    app: &App,
    tx: &Change<'_>,
    principal: &Principal,
    prepared: Prepared,
    now: Timestamp,
) -> Result<User> {
    let before = unchanged(tx, principal, now)?;
    let mut user = before.clone();
    prepared.changes.apply(app, &mut user);
    demand::check_kept(&app.config, &before, &user, "email")?;
    changes::store(tx, &before, &user)?;
    let has_new_password = prepared.password_hash.is_some();
    if let Some(hash) = &prepared.password_hash {
        rows::update_password(tx, user.id, hash, now)?;
        password_links::delete_of(tx, user.id)?;
    }
    if has_new_password || !user.has_same_factors(&before) {
        sessions::delete_all_of(tx, user.id, Some(principal.session))?;
    }
    if before.has_email_factor && !user.has_email_factor {
        tx.happened(Event::EmailFactorDisabled, &before)?;
    }
    if has_new_password {
        tx.happened(Event::PasswordChanged, &before)?;
    }
    Ok(user)
}
