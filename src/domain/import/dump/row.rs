//! A row of a table that is imported.

use std::fmt;

use zeroize::Zeroize;

use super::array::{self, NotAnArray};

/// A row of a table that is imported, with the columns that are used. Its values can be secret.
pub(in crate::domain::import) struct Row {
    line: u64,
    fields: Vec<(&'static str, Option<String>)>,
}

impl Row {
    pub(super) fn new(line: u64, fields: Vec<(&'static str, Option<String>)>) -> Self {
        Self { line, fields }
    }

    /// The number of its line in the dump, from 1 on.
    pub(in crate::domain::import) const fn line(&self) -> u64 {
        self.line
    }

    /// Whether its table has the column. Older databases lack some.
    pub(in crate::domain::import) fn has(&self, column: &str) -> bool {
        self.fields.iter().any(|(name, _)| *name == column)
    }

    /// The text of a column as PostgreSQL writes it; `None` if it is NULL, or there is no such
    /// column.
    pub(in crate::domain::import) fn text(&self, column: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(name, _)| *name == column)?;
        value.as_deref()
    }

    /// The elements of a column of the type `text[]`, each of which may be NULL; `None` as for
    /// [`Self::text`].
    ///
    /// # Errors
    /// It is no array of one dimension.
    pub(in crate::domain::import) fn texts(
        &self,
        column: &str,
    ) -> Result<Option<Vec<Option<String>>>, NotAnArray> {
        self.text(column).map(array::parse).transpose()
    }
}

/// Shows no value.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Its values can be hashes and secrets.
impl Drop for Row {
    fn drop(&mut self) {
        self.fields.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(Zeroize::zeroize);
    }
}

#[cfg(test)]
impl Row {
    /// A row of line 1.
    pub(in crate::domain::import) fn of(fields: &[(&'static str, Option<&str>)]) -> Self {
        let owned = fields.iter().map(|(name, value)| (*name, value.map(str::to_owned)));
        Self::new(1, owned.collect())
    }
}
