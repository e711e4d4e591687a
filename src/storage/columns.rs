//! Rows are read by position: for a name, SQLite would be asked for those of all columns before it.

use rusqlite::Row;
use rusqlite::types::FromSql;

/// The columns of a row, one after the other, as the SELECT names them.
pub(super) struct Columns<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> Columns<'row, 'statement> {
    pub(super) const fn of(row: &'row Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub(super) fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }

    /// The next column, a text of lines.
    pub(super) fn take_lines<T>(&mut self, read: fn(&str) -> T) -> rusqlite::Result<Vec<T>> {
        let text = self.row.get_ref(self.next)?.as_str()?;
        self.next += 1;
        Ok(text.lines().map(read).collect())
    }
}
