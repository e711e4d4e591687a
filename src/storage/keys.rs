//! The table `keys`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// # Errors
/// The database fails.
pub fn find(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let query = "SELECT sealed FROM keys WHERE name = ?1";
    Ok(connection.query_row(query, [name], |row| row.get(0)).optional()?)
}

/// Stores a key under its name, in the place of the one before.
///
/// # Errors
/// The database fails.
pub fn put(connection: &Connection, name: &str, sealed: &[u8]) -> Result<()> {
    connection.execute("INSERT OR REPLACE INTO keys (name, sealed) VALUES (?1, ?2)", params![name, sealed])?;
    Ok(())
}
