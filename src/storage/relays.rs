//! The table `relays`.

use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::time::Timestamp;

/// One row, without the token's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "schema.sql documents the columns")]
pub struct Relay {
    pub name: String,
    pub created_at: Timestamp,
}

/// # Errors
/// [`Error::AlreadyExists`] where there is one of that name, or the database fails.
pub fn insert(connection: &Connection, relay: &Relay, token_sha256: &[u8; 32]) -> Result<()> {
    let inserted = connection.execute(
        "INSERT INTO relays (name, token_sha256, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING",
        params![relay.name, token_sha256, relay.created_at],
    )?;
    if inserted == 1 { Ok(()) } else { Err(Error::AlreadyExists { what: "Relay", with: "this name" }) }
}

/// Whether a relay has this token.
///
/// # Errors
/// The database fails.
pub fn exists_with_token(connection: &Connection, token_sha256: &[u8; 32]) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM relays WHERE token_sha256 = ?1)")?
        .query_row([token_sha256], |row| row.get(0))?)
}

/// All relays by name.
///
/// # Errors
/// The database fails.
pub fn list(connection: &Connection) -> Result<Vec<Relay>> {
    let mut statement = connection.prepare("SELECT name, created_at FROM relays ORDER BY name")?;
    let found = statement.query_map([], |row| Ok(Relay { name: row.get(0)?, created_at: row.get(1)? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Removes a relay and tells whether there was one.
///
/// # Errors
/// The database fails.
pub fn delete(connection: &Connection, name: &str) -> Result<bool> {
    Ok(connection.execute("DELETE FROM relays WHERE name = ?1", [name])? == 1)
}
