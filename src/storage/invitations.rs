//! The table `invitations`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Bound;
use super::columns::Columns;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 7;

/// What the codes of an invitation are derived from.
pub(crate) type Seed = [u8; 16];

/// An invitation that is to be stored.
pub(crate) struct NewInvitation<'a> {
    pub seed: &'a Seed,
    pub code_sha256: &'a [u8; 32],
    /// The hash of the code that is mailed to `email`.
    pub mailed_code_sha256: Option<&'a [u8; 32]>,
    pub uses: u32,
    pub tags: &'a [String],
    pub email: Option<&'a str>,
    pub note: &'a str,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// One row, without the hash of its mailed code.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub id: u32,
    pub seed: Seed,
    pub code_sha256: [u8; 32],
    /// How many accounts it may make.
    pub uses: u32,
    /// How many it has made.
    pub used: u32,
    /// The tags that these accounts get.
    pub tags: Vec<String>,
    /// The only address that these accounts may have.
    pub email: Option<String>,
    /// A note of the operator.
    pub note: String,
    pub expires_at: Timestamp,
}

/// An invitation that a code belongs to.
pub(crate) struct ByCode {
    pub invitation: Invitation,
    /// Whether it is the code that was mailed to the address of the invitation.
    pub is_mailed: bool,
}

pub(crate) fn insert(connection: &Connection, new: &NewInvitation<'_>) -> Result<Invitation> {
    let query = "
        INSERT INTO invitations (seed, code_sha256, mailed_code_sha256, uses, tags, email, note,
            created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        RETURNING id, seed, code_sha256, uses, used, tags, email, note, expires_at";
    let values = params![
        new.seed,
        new.code_sha256,
        new.mailed_code_sha256,
        new.uses,
        new.tags.join("\n"),
        new.email,
        new.note,
        new.created_at,
        new.expires_at,
    ];
    Ok(connection.query_row(query, values, |row| read(&mut Columns::of(row)))?)
}

/// Lists all invitations, also those that are used up or expired, ordered by id.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Invitation>> {
    let query = "
        SELECT id, seed, code_sha256, uses, used, tags, email, note, expires_at
        FROM invitations ORDER BY id";
    let mut statement = connection.prepare(query)?;
    let found = statement.query_map([], |row| read(&mut Columns::of(row)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Finds the invitation with this code that has a use left and is not expired.
pub(crate) fn find_active(
    connection: &Connection,
    code_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<Option<ByCode>> {
    let query = "
        SELECT id, seed, code_sha256, uses, used, tags, email, note, expires_at,
            code_sha256 IS NOT ?1
        FROM invitations
        WHERE (code_sha256 = ?1 OR mailed_code_sha256 = ?1) AND used < uses AND expires_at > ?2";
    let found = |row: &Row<'_>| {
        let mut columns = Columns::of(row);
        Ok(ByCode { invitation: read(&mut columns)?, is_mailed: columns.take()? })
    };
    Ok(connection.query_row(query, params![code_sha256, now], found).optional()?)
}

/// Takes one use of an invitation. Returns false if none is left.
pub(crate) fn update_used(connection: &Connection, id: u32) -> Result<bool> {
    let change = "UPDATE invitations SET used = used + 1 WHERE id = ?1 AND used < uses";
    Ok(connection.execute(change, [id])? == 1)
}

/// Ends those invitations that could still be used, and returns how many these were.
pub(crate) fn end_all(connection: &Connection, now: Timestamp) -> Result<usize> {
    let change = "UPDATE invitations SET expires_at = ?1
                  WHERE used < uses AND expires_at > ?1";
    Ok(connection.execute(change, [now])?)
}

/// Deletes an invitation and returns it, if there is one of this id.
pub(crate) fn delete(connection: &Connection, id: u32) -> Result<Option<Invitation>> {
    let query = "
        DELETE FROM invitations WHERE id = ?1
        RETURNING id, seed, code_sha256, uses, used, tags, email, note, expires_at";
    let found = connection.query_row(query, [id], |row| read(&mut Columns::of(row)));
    Ok(found.optional()?)
}

/// Deletes up to `limit` invitations that expired before `before`, and returns how many it deleted.
pub(crate) fn delete_expired(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> Result<usize> {
    Ok(connection.execute(
        "DELETE FROM invitations WHERE id IN
         (SELECT id FROM invitations WHERE expires_at <= ?1 LIMIT ?2)",
        params![before, limit],
    )?)
}

/// Counts the invitations that were made later than they can have been.
pub(crate) fn count_later(connection: &Connection, created: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM invitations WHERE created_at > ?1";
    Ok(connection.query_row(query, [created.tolerated], |row| row.get(0))?)
}

/// Lets those invitations begin as late as they can have, and last as long as before.
pub(crate) fn update_later(connection: &Connection, created: Bound) -> Result<()> {
    connection.execute(
        "UPDATE invitations SET created_at = ?2, expires_at = ?2 + expires_at - created_at
         WHERE created_at > ?1",
        [created.tolerated, created.latest],
    )?;
    Ok(())
}

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        id: columns.take()?,
        seed: columns.take()?,
        code_sha256: columns.take()?,
        uses: columns.take()?,
        used: columns.take()?,
        tags: columns.take_lines(str::to_owned)?,
        email: columns.take()?,
        note: columns.take()?,
        expires_at: columns.take()?,
    })
}
