//! The invitations that concern one account: the one that made it, and those for its address.

use crate::error::Result;
use crate::normalization::address;
use crate::storage::Connection;
use crate::storage::audit;
use crate::storage::invitations::{self, Invitation};
use crate::storage::users::User;

/// Lists the invitations that made an account, or are for its address.
pub(in crate::domain) fn list_of(connection: &Connection, user: &User) -> Result<Vec<Invitation>> {
    let made_by = audit::find_invitation_of(connection, user.id)?;
    let mut all = invitations::list(connection)?;
    all.retain(|invitation| {
        Some(invitation.id) == made_by || is_address_of(user, invitation.email.as_deref())
    });
    Ok(all)
}

/// Deletes the invitations for the address of an account that is deleted. Those without an address
/// stay, since others may use them.
pub(in crate::domain) fn delete_of(connection: &Connection, user: &User) -> Result<()> {
    for invitation in list_of(connection, user)? {
        if invitation.email.is_some() {
            invitations::delete(connection, invitation.id)?;
        }
    }
    Ok(())
}

/// [`delete_of`], and takes the address out of the lines of the audit log that tell how these
/// invitations were made. Those lines belong to no account.
pub(in crate::domain) fn forget(connection: &Connection, user: &User) -> Result<()> {
    let made_by = audit::find_invitation_of(connection, user.id)?;
    for line in audit::list_invited(connection)? {
        if Some(line.invitation) == made_by || is_address_of(user, Some(&line.email)) {
            audit::forget_email(connection, line.id)?;
        }
    }
    delete_of(connection, user)
}

fn is_address_of(user: &User, other: Option<&str>) -> bool {
    let folded = |email: Option<&str>| email.map(address::fold);
    other.is_some() && folded(user.email.as_deref()) == folded(other)
}
