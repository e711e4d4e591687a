//! The table `keys`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 2;

pub(crate) fn find(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let query = "SELECT sealed FROM keys WHERE name = ?1";
    Ok(connection.query_row(query, [name], |row| row.get(0)).optional()?)
}

/// Deletes a key, if there is one of that name.
pub(crate) fn delete(connection: &Connection, name: &str) -> Result<()> {
    connection.execute("DELETE FROM keys WHERE name = ?1", [name])?;
    Ok(())
}

/// Stores a sealed key, and replaces the earlier one of that name.
pub(crate) fn put(connection: &Connection, name: &str, sealed: &[u8]) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO keys (name, sealed) VALUES (?1, ?2)",
        params![name, sealed],
    )?;
    Ok(())
}
