//! What the step to version 6 does beside its SQL: fills in the columns of folded texts.

use rusqlite::{Connection, Result, params};

use crate::normalization::{address, fold};

pub(super) fn run(connection: &Connection) -> Result<()> {
    let mut users = connection.prepare("SELECT id, display, email FROM users ORDER BY id")?;
    let mut update = connection
        .prepare("UPDATE users SET display_folded = ?2, email_folded = ?3 WHERE id = ?1")?;
    let mut rows = users.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let display: String = row.get(1)?;
        let email: Option<String> = row.get(2)?;
        update.execute(params![id, fold(&display), email.as_deref().map(address::fold)])?;
    }
    Ok(())
}
