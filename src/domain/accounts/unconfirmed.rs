//! Accounts that wait for the confirmation of their address (`users.require_email`).

use std::time::Duration;

use crate::domain::App;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::throttle;
use crate::error::{Error, Result};
use crate::storage::users;
use crate::time::Timestamp;

/// How long an account waits. After that, its name and its address are free again.
pub(crate) const KEPT: Duration = Duration::from_hours(24 * 7);
/// How many accounts are removed in one transaction: few, so that no login waits for long.
const BATCH: u32 = 50;

/// Removes the accounts whose address was not confirmed in time, of which none was ever logged in
/// to. Where the address need not be confirmed any more, they stay.
pub(in crate::domain) fn remove(app: &App, now: Timestamp) -> Result<()> {
    if !app.config.users.require_email {
        return Ok(());
    }
    let before = now.before(KEPT);
    let remove_some = || {
        app.change(By::Server, now, |tx| {
            let found = users::list_unconfirmed(tx, before, BATCH)?;
            for user in &found {
                throttle::reset(tx, &user.id.to_string())?;
                tx.happened(Event::AccountExpired, user)?;
                users::delete(tx, user.id)?;
            }
            Ok::<_, Error>(found.len())
        })
    };
    while remove_some()? >= BATCH as usize {}
    Ok(())
}
