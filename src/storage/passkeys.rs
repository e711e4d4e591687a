//! The table `passkeys`, and the columns of `users` about them.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::{Builder, Uuid, Version};

use super::users::UserId;
use crate::crypto;
use crate::error::{Error, Result, Taken};
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 9;

/// The id of a passkey: a UUID of version 7, which sorts by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PasskeyId(pub Uuid);

impl PasskeyId {
    /// Parses an id of 36 characters, with dashes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        (text.len() == 36).then(|| Uuid::try_parse(text).ok())?.map(Self)
    }

    /// A new id for a passkey of another server: a UUID of version 8 (RFC 9562, 5.8), which sorts
    /// by time, too. It tells that the handle of its user is not known.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(crate) fn imported(created_at: Timestamp) -> Result<Self> {
        let id = crypto::new_uuid(created_at)?;
        Ok(Self(Builder::from_bytes(id.into_bytes()).with_version(Version::Custom).into_uuid()))
    }

    /// Whether the passkey was imported.
    pub(crate) fn is_imported(self) -> bool {
        self.0.get_version() == Some(Version::Custom)
    }
}

impl std::fmt::Display for PasskeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for PasskeyId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for PasskeyId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(|bytes| Self(Uuid::from_bytes(bytes)))
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passkey {
    pub id: PasskeyId,
    pub user_id: UserId,
    pub credential_id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub rp_id: String,
    pub counter: u32,
    pub is_syncable: bool,
    pub is_synced: bool,
    pub aaguid: [u8; 16],
    /// Words with blanks between.
    pub transports: String,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

fn passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    Ok(Passkey {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        credential_id: row.get("credential_id")?,
        public_key: row.get("public_key")?,
        rp_id: row.get("rp_id")?,
        counter: row.get("counter")?,
        is_syncable: row.get("is_syncable")?,
        is_synced: row.get("is_synced")?,
        aaguid: row.get("aaguid")?,
        transports: row.get("transports")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}

/// Stores a passkey, and counts it with its user.
///
/// # Errors
/// `Error::AlreadyExists` if there is a passkey with this credential id, of any user; or a fault.
pub(crate) fn insert(connection: &Connection, new: &Passkey) -> Result<()> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO passkeys (id, user_id, credential_id, public_key, rp_id, counter,
                 is_syncable, is_synced, aaguid, transports, name, created_at, last_used_at)
             VALUES (:id, :user_id, :credential_id, :public_key, :rp_id, :counter,
                 :is_syncable, :is_synced, :aaguid, :transports, :name, :created_at, :last_used_at)
             ON CONFLICT (credential_id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": new.id,
            ":user_id": new.user_id,
            ":credential_id": new.credential_id,
            ":public_key": new.public_key,
            ":rp_id": new.rp_id,
            ":counter": new.counter,
            ":is_syncable": new.is_syncable,
            ":is_synced": new.is_synced,
            ":aaguid": new.aaguid,
            ":transports": new.transports,
            ":name": new.name,
            ":created_at": new.created_at,
            ":last_used_at": new.last_used_at,
        })?;
    if inserted == 0 {
        return Err(Error::AlreadyExists(Taken::Passkey));
    }
    update_count(connection, new.user_id)
}

pub(crate) fn find_by_credential(
    connection: &Connection,
    credential_id: &[u8],
) -> Result<Option<Passkey>> {
    let query = "SELECT * FROM passkeys WHERE credential_id = ?1";
    Ok(connection.prepare_cached(query)?.query_row([credential_id], passkey).optional()?)
}

/// Finds a passkey of this user.
pub(crate) fn find_of(
    connection: &Connection,
    user_id: UserId,
    id: PasskeyId,
) -> Result<Option<Passkey>> {
    let query = "SELECT * FROM passkeys WHERE user_id = ?1 AND id = ?2";
    Ok(connection.prepare_cached(query)?.query_row(params![user_id, id], passkey).optional()?)
}

/// Lists the passkeys of a user, the oldest first.
pub(crate) fn list_of(connection: &Connection, user_id: UserId) -> Result<Vec<Passkey>> {
    let query = "SELECT * FROM passkeys WHERE user_id = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_map([user_id], passkey)?.collect::<rusqlite::Result<_>>()?)
}

/// Lists up to `limit` passkeys of all users from the one after `after` on, the oldest first.
pub(crate) fn list_after(
    connection: &Connection,
    after: Option<PasskeyId>,
    limit: u32,
) -> Result<Vec<Passkey>> {
    let query = "SELECT * FROM passkeys WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_map(params![after, limit], passkey)?.collect::<rusqlite::Result<_>>()?)
}

/// How many passkeys belong to a domain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OfDomain {
    pub rp_id: String,
    pub count: u32,
}

/// Counts the passkeys of each domain.
pub(crate) fn count_by_domain(connection: &Connection) -> Result<Vec<OfDomain>> {
    let query = "SELECT rp_id, count(*) AS count FROM passkeys GROUP BY rp_id ORDER BY rp_id";
    let mut statement = connection.prepare(query)?;
    let found = statement
        .query_map([], |row| Ok(OfDomain { rp_id: row.get("rp_id")?, count: row.get("count")? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Stores that a passkey was used: its counter, whether it may be and is copied to other devices,
/// and when.
pub(crate) fn update_used(connection: &Connection, used: &Passkey) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE passkeys SET counter = ?2, is_syncable = ?3, is_synced = ?4, last_used_at = ?5
             WHERE id = ?1",
        )?
        .execute(params![
            used.id,
            used.counter,
            used.is_syncable,
            used.is_synced,
            used.last_used_at
        ])?;
    Ok(())
}

pub(crate) fn update_name(connection: &Connection, id: PasskeyId, name: &str) -> Result<()> {
    connection.execute("UPDATE passkeys SET name = ?2 WHERE id = ?1", params![id, name])?;
    Ok(())
}

/// Deletes a passkey, and counts it no more.
pub(crate) fn delete(connection: &Connection, gone: &Passkey) -> Result<()> {
    connection.execute("DELETE FROM passkeys WHERE id = ?1", [gone.id])?;
    update_count(connection, gone.user_id)
}

/// The count is a column of `users`, since every session check reads that row and no other.
fn update_count(connection: &Connection, user_id: UserId) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE users SET passkeys = (SELECT count(*) FROM passkeys WHERE user_id = ?1)
             WHERE id = ?1",
        )?
        .execute([user_id])?;
    Ok(())
}

/// The bytes by which authenticators know a user, if the user has added a passkey before.
pub(crate) fn find_handle(connection: &Connection, user_id: UserId) -> Result<Option<Vec<u8>>> {
    let query = "SELECT passkey_handle FROM users WHERE id = ?1";
    Ok(connection
        .prepare_cached(query)?
        .query_row([user_id], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Stores these bytes.
pub(crate) fn update_handle(connection: &Connection, user_id: UserId, handle: &[u8]) -> Result<()> {
    connection
        .execute("UPDATE users SET passkey_handle = ?2 WHERE id = ?1", params![user_id, handle])?;
    Ok(())
}
