//! The invitations that concern one account: the one that made it, and those for its address.

use crate::error::Result;
use crate::normalization::address;
use crate::storage::Connection;
use crate::storage::audit;
use crate::storage::invitations::{self, Invitation};
use crate::storage::users::User;

/// Lists the invitations that made an account, or are for its confirmed address.
pub(in crate::domain) fn list_of(connection: &Connection, user: &User) -> Result<Vec<Invitation>> {
    let made_by = audit::find_invitation_of(connection, user.id)?;
    let mut all = invitations::list(connection)?;
    all.retain(|invitation| {
        Some(invitation.id) == made_by || is_address_of(user, invitation.email.as_deref())
    });
    Ok(all)
}

/// Whether the invitation that made an account is for one address alone.
pub(in crate::domain) fn binds_address_of(connection: &Connection, user: &User) -> Result<bool> {
    let made_by = audit::find_invitation_of(connection, user.id)?;
    let all = invitations::list(connection)?;
    Ok(all.iter().any(|invitation| Some(invitation.id) == made_by && invitation.email.is_some()))
}

/// Deletes these invitations of an account that is deleted. Those without an address
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

/// Whether this is the address of an account. One that was never confirmed may be another person's,
/// whose invitations are none of the account's business.
fn is_address_of(user: &User, other: Option<&str>) -> bool {
    let folded = |email: Option<&str>| email.map(address::fold);
    user.email_verified && other.is_some() && folded(user.email.as_deref()) == folded(other)
}
