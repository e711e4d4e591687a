//! The table `budgets`.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::error::Result;
use crate::time::Timestamp;

/// Counts one attempt against the budget and tells whether there was room, in one statement; a
/// budget that has not been used, or whose time is over, starts anew and lasts until `fresh_until`.
///
/// # Errors
/// The database fails.
pub fn spend(
    connection: &Connection,
    subject: &str,
    limit: u32,
    now: Timestamp,
    fresh_until: Timestamp,
) -> Result<bool> {
    let spent = connection
        .prepare_cached(
            "INSERT INTO budgets (subject, spent, resets_at) VALUES (:subject, 1, :fresh_until)
             ON CONFLICT (subject) DO UPDATE SET
                 spent = iif(resets_at <= :now, 1, spent + 1),
                 resets_at = iif(resets_at <= :now, :fresh_until, resets_at)
             WHERE resets_at <= :now OR spent < :limit",
        )?
        .execute(named_params! { ":subject": subject, ":limit": limit, ":now": now, ":fresh_until": fresh_until })?;
    Ok(spent == 1)
}

/// When the budget starts anew.
///
/// # Errors
/// The database fails.
pub fn find_reset(connection: &Connection, subject: &str) -> Result<Option<Timestamp>> {
    Ok(connection
        .prepare_cached("SELECT resets_at FROM budgets WHERE subject = ?1")?
        .query_row([subject], |row| row.get(0))
        .optional()?)
}

/// Subjects, how much of them is spent, and when they start anew; all whose time is not over.
///
/// # Errors
/// The database fails.
pub fn list(connection: &Connection, now: Timestamp) -> Result<Vec<(String, u32, Timestamp)>> {
    let query =
        "SELECT subject, spent, resets_at FROM budgets WHERE resets_at > ?1 ORDER BY subject";
    let mut statement = connection.prepare(query)?;
    let found = statement.query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Forgets every budget.
///
/// # Errors
/// The database fails.
pub fn delete_all(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM budgets", [])?;
    Ok(())
}

/// Forgets every budget whose subject ends so.
///
/// # Errors
/// The database fails.
pub fn delete_ending(connection: &Connection, end: &str) -> Result<()> {
    connection.execute("DELETE FROM budgets WHERE substr(subject, -length(?1)) = ?1", [end])?;
    Ok(())
}

/// Takes one attempt back.
///
/// # Errors
/// The database fails.
pub fn refund(connection: &Connection, subject: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE budgets SET spent = spent - 1 WHERE subject = ?1 AND spent > 0")?
        .execute([subject])?;
    Ok(())
}

/// Forgets the budget, and those whose subjects go on after a blank: `password 7 from 192.0.2.1`
/// for `password 7`.
///
/// # Errors
/// The database fails.
pub fn delete(connection: &Connection, subject: &str) -> Result<()> {
    // '!' follows the blank in ASCII.
    connection
        .prepare_cached("DELETE FROM budgets WHERE subject = ?1 OR (subject > ?1 || ' ' AND subject < ?1 || '!')")?
        .execute([subject])?;
    Ok(())
}

/// Deletes up to `limit` budgets whose time is over.
///
/// # Errors
/// The database fails.
pub fn delete_reset(connection: &Connection, now: Timestamp, limit: u32) -> Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM budgets WHERE subject IN
             (SELECT subject FROM budgets WHERE resets_at <= ?1 ORDER BY resets_at LIMIT ?2)",
        )?
        .execute(params![now, limit])?;
    Ok(())
}
