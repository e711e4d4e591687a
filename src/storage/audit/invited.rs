//! The entries that tell of invitations, which hold the address that an invitation is for.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;
use crate::storage::users::UserId;

/// Finds the invitation by which a user has registered.
pub(crate) fn find_invitation_of(connection: &Connection, user: UserId) -> Result<Option<u32>> {
    let query = "SELECT changes ->> '$.invitation[1]' FROM audit
        WHERE user_id = ?1 AND event = 'account.created' AND json_valid(changes)
            AND json_type(changes, '$.invitation[1]') = 'integer'";
    Ok(connection.query_row(query, params![user], |row| row.get(0)).optional()?)
}

/// An entry that tells that an invitation was made for an address.
pub(crate) struct Invited {
    pub id: i64,
    pub invitation: u32,
    pub email: String,
}

/// Lists the entries that tell of an invitation for an address.
pub(crate) fn list_invited(connection: &Connection) -> Result<Vec<Invited>> {
    let query = "SELECT id, changes ->> '$.id[1]', changes ->> '$.email[1]' FROM audit
        WHERE event = 'invitation.added' AND json_valid(changes)
            AND json_type(changes, '$.id[1]') = 'integer'
            AND json_type(changes, '$.email[1]') = 'text'";
    let mut statement = connection.prepare(query)?;
    let found = statement.query_map([], |row| {
        Ok(Invited { id: row.get(0)?, invitation: row.get(1)?, email: row.get(2)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Takes the address out of such an entry.
pub(crate) fn forget_email(connection: &Connection, id: i64) -> Result<()> {
    let change = "UPDATE audit SET changes = json_remove(changes, '$.email') WHERE id = ?1";
    connection.execute(change, [id])?;
    Ok(())
}
