//! A passkey as a second factor: a login by password then asks for a passkey or a code. Users
//! switch that on by themselves, since a client in VR cannot use a passkey and needs a code.

use super::finds_usable;
use super::owner::{Owner, OwnerProof};
use crate::domain::App;
use crate::domain::accounts::edit::unchanged;
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::shown::{Delivery, renew};
use crate::domain::factors::{changed, delete_unneeded_codes, demand, with_factor};
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::{Error, PasskeyFault, Result};
use crate::storage::Connection;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// Switches it on. Returns recovery codes if this is the first second factor.
///
/// # Errors
/// [`Error::ServiceDisabled`], [`Error::AlreadyValid`], [`Error::RefusedPasskey`] without a
/// passkey that this server takes, those of [`Owner::prove`], [`Error::NotLogged`] if the session
/// has ended meanwhile, or a fault.
pub(crate) fn enable(
    app: &App,
    principal: &Principal,
    proof: &OwnerProof,
    delivery: Delivery,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    super::check_on(&app.config)?;
    app.db.read(|connection| check_possible(app, connection, &principal.user))?;
    let refusal = "change the second factor with an old session";
    Owner { principal, proof, refusal }.prove(app, now, |tx| {
        check_open(tx, principal, now)?;
        // Of two requests at once, the second finds it on.
        let user = users::find_by_id(tx, principal.user.id)?.ok_or(Error::NotLogged)?;
        check_possible(app, tx, &user)?;
        let user = unchanged(tx, principal, now)?;
        let codes = if user.has_second_factor() {
            RecoveryCodes::new()
        } else {
            renew(app, tx, principal, delivery, now)?
        };
        users::update(tx, &User { has_passkey_factor: true, ..user.clone() })?;
        changed(tx, Event::PasskeyFactorEnabled, &user, Some(principal))?;
        Ok(codes)
    })
}

/// Checks that it is off, and that there is a passkey to ask for.
fn check_possible(app: &App, connection: &Connection, user: &User) -> Result<()> {
    if user.has_passkey_factor {
        return Err(Error::AlreadyValid);
    }
    if !finds_usable(&app.config, connection, user.id)? {
        return Err(Error::RefusedPasskey(PasskeyFault::Missing));
    }
    Ok(())
}

/// Switches it off, by a code of any factor.
///
/// # Errors
/// [`Error::ServiceDisabled`] where passkeys are off, [`Error::FactorNotEnabled`],
/// [`Error::FactorDemanded`], those of [`with_factor`], [`Error::NotLogged`] if the session has
/// ended meanwhile, or a fault.
pub(crate) fn disable(
    app: &App,
    principal: &Principal,
    proof: &OwnerProof,
    now: Timestamp,
) -> Result<()> {
    super::check_on(&app.config)?;
    let user = &principal.user;
    if !user.has_passkey_factor {
        return Err(Error::FactorNotEnabled);
    }
    let without = User { has_passkey_factor: false, ..User::clone(user) };
    demand::check_kept(&app.config, user, &without, "type")?;
    with_factor(app, principal.actor(), proof.code.as_ref(), now, |tx| {
        let current = unchanged(tx, principal, now)?;
        end(tx, &current)?;
        changed(tx, Event::PasskeyFactorDisabled, &current, Some(principal))
    })
}

/// Switches it off for a user who has no passkey any more. Returns whether it was on.
pub(super) fn end_without_passkey(tx: &Change<'_>, user: &User) -> Result<bool> {
    let now = users::find_by_id(tx, user.id)?.ok_or(Error::UserNotFound)?;
    let is_left = now.has_passkey_factor && now.passkeys == 0;
    if is_left {
        end(tx, &now)?;
        tx.happened(Event::PasskeyFactorDisabled, &now)?;
    }
    Ok(is_left)
}

fn end(tx: &Change<'_>, user: &User) -> Result<()> {
    let after = User { has_passkey_factor: false, ..user.clone() };
    users::update(tx, &after)?;
    delete_unneeded_codes(tx, &after)
}
