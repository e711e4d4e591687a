//! How users rename and remove their passkeys.

use super::factor;
use super::names::PasskeyName;
use super::owner::{Owner, OwnerProof};
use super::view::PasskeyView;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::domain::accounts::edit::unchanged;
use crate::domain::audit::Differences;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::factors::demand;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::storage::passkeys::{self, Passkey, PasskeyId};
use crate::storage::sent_codes::{self, Channel};
use crate::storage::users::{self, User};
use crate::storage::{Connection, sessions};
use crate::time::Timestamp;

/// Gives a passkey another name.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotLogged`] if the session has ended meanwhile, or a fault.
pub(crate) fn rename(
    app: &App,
    principal: &Principal,
    id: PasskeyId,
    name: PasskeyName,
    now: Timestamp,
) -> Result<PasskeyView> {
    app.change(By::User(&principal.device), now, |tx| {
        let user = unchanged(tx, principal, now)?;
        let before = own(tx, user.id, id)?;
        let name = name.into_text();
        if name != before.name {
            passkeys::update_name(tx, id, &name)?;
            let changes = Differences::none().with("name", before.name.as_str(), name.as_str());
            tx.happened_with(Event::PasskeyRenamed, &user, changes)?;
        }
        Ok(PasskeyView::new(&app.config, Passkey { name, ..before }))
    })
}

/// Removes a passkey, and ends every other session: the device may be in other hands. Returns
/// whether that switched the second factor off.
///
/// # Errors
/// [`Error::NotFound`], [`Error::FactorDemanded`], those of [`Owner::prove`], [`Error::NotLogged`]
/// if the session has ended meanwhile, or a fault.
pub(crate) fn remove(
    app: &App,
    principal: &Principal,
    id: PasskeyId,
    proof: &OwnerProof,
    now: Timestamp,
) -> Result<bool> {
    let before = &principal.user;
    // Before a code is used up or mailed.
    app.db.read(|connection| own(connection, before.id, id))?;
    if before.passkeys == 1 {
        let without = User { has_passkey_factor: false, ..User::clone(before) };
        demand::check_kept(&app.config, before, &without, "passkey")?;
    }
    let owner = Owner { principal, proof, refusal: "remove a passkey with an old session" };
    owner.prove(app, now, |tx| {
        let user = unchanged(tx, principal, now)?;
        delete(tx, &user, &own(tx, user.id, id)?)?;
        let ended_factor = factor::end_without_passkey(tx, &user)?;
        let after = users::find_by_id(tx, user.id)?.ok_or(Error::NotLogged)?;
        demand::check_kept(&app.config, &user, &after, "passkey")?;
        sessions::delete_all_of(tx, user.id, Some(principal.session))?;
        Ok(ended_factor)
    })
}

/// Deletes a passkey with the code that it may have given.
pub(super) fn delete(tx: &Change<'_>, user: &User, gone: &Passkey) -> Result<()> {
    passkeys::delete(tx, gone)?;
    sent_codes::delete_of(tx, user.id, Channel::Passkey)?;
    let changes = Differences::removed("name", gone.name.as_str());
    tx.happened_with(Event::PasskeyRemoved, user, changes)
}

fn own(connection: &Connection, user: UserId, id: PasskeyId) -> Result<Passkey> {
    passkeys::find_of(connection, user, id)?.ok_or(Error::NotFound { what: "Passkey" })
}
