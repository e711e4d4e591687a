//! The table `relays`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Error, Result, Taken};
use crate::time::Timestamp;

/// One row, without the token's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relay {
    pub name: String,
    pub created_at: Timestamp,
}

/// Stores a relay.
///
/// # Errors
/// [`Error::AlreadyExists`] if another relay has the name, or a fault.
pub(crate) fn insert(
    connection: &Connection,
    relay: &Relay,
    token_sha256: &[u8; 32],
) -> Result<()> {
    let inserted = connection.execute(
        "INSERT INTO relays (name, token_sha256, created_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO NOTHING",
        params![relay.name, token_sha256, relay.created_at],
    )?;
    if inserted == 1 { Ok(()) } else { Err(Error::AlreadyExists(Taken::RelayName)) }
}

/// Finds the name of the relay with this token.
pub(crate) fn find_name_by_token(
    connection: &Connection,
    token_sha256: &[u8; 32],
) -> Result<Option<String>> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM relays WHERE token_sha256 = ?1")?;
    Ok(statement.query_row([token_sha256], |row| row.get(0)).optional()?)
}

/// Lists all relays, by name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Relay>> {
    let mut statement = connection.prepare("SELECT name, created_at FROM relays ORDER BY name")?;
    let found =
        statement.query_map([], |row| Ok(Relay { name: row.get(0)?, created_at: row.get(1)? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The hashes of all tokens.
pub(crate) fn list_token_hashes(connection: &Connection) -> Result<Vec<[u8; 32]>> {
    let mut statement = connection.prepare("SELECT token_sha256 FROM relays")?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Deletes a relay. Returns false if there was none of that name.
pub(crate) fn delete(connection: &Connection, name: &str) -> Result<bool> {
    Ok(connection.execute("DELETE FROM relays WHERE name = ?1", [name])? == 1)
}
