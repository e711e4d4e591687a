//! Reads the columns of a row by position. By name, `rusqlite` would compare the names of all
//! columns before the right one, for each column of each row.

use rusqlite::Row;
use rusqlite::types::FromSql;

/// The columns of a row, in the order of the query.
pub(super) struct Columns<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> Columns<'row, 'statement> {
    pub(super) const fn of(row: &'row Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    /// Reads the next column.
    pub(super) fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }

    /// Reads the next column, a text with one item per line.
    pub(super) fn take_lines<T>(&mut self, read: fn(&str) -> T) -> rusqlite::Result<Vec<T>> {
        let text = self.row.get_ref(self.next)?.as_str()?;
        self.next += 1;
        Ok(text.lines().map(read).collect())
    }
}
