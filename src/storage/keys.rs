//! The table `keys`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// Whether there is the table at all: a database of the first version has none.
///
/// # Errors
/// The database fails.
pub fn exist(connection: &Connection) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'keys')";
    Ok(connection.query_row(query, [], |row| row.get(0))?)
}

/// # Errors
/// The database fails.
pub fn find(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let query = "SELECT sealed FROM keys WHERE name = ?1";
    Ok(connection.query_row(query, [name], |row| row.get(0)).optional()?)
}

/// Deletes a key.
///
/// # Errors
/// The database fails.
pub fn delete(connection: &Connection, name: &str) -> Result<()> {
    connection.execute("DELETE FROM keys WHERE name = ?1", [name])?;
    Ok(())
}

/// Stores a key under its name, in the place of the one before.
///
/// # Errors
/// The database fails.
pub fn put(connection: &Connection, name: &str, sealed: &[u8]) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO keys (name, sealed) VALUES (?1, ?2)",
        params![name, sealed],
    )?;
    Ok(())
}
