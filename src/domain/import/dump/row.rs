//! A row of a table that is imported.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::array::{self, NotAnArray};
use super::table::Table;

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

    /// Its values as bytes, to be kept until [`Self::from_bytes`] reads them.
    pub(in crate::domain::import) fn to_bytes(&self, table: Table) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::new());
        for (index, name) in (0_u8..).zip(table.columns()) {
            let Some((_, value)) = self.fields.iter().find(|(known, _)| known == name) else {
                continue;
            };
            let length = value.as_ref().and_then(|value| u32::try_from(value.len()).ok());
            bytes.push(index);
            // No value is that long, which so means NULL.
            bytes.extend(length.unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend(value.iter().flat_map(|value| value.bytes()));
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] has written; `None` if it is something else.
    pub(in crate::domain::import) fn from_bytes(
        table: Table,
        line: u64,
        mut bytes: &[u8],
    ) -> Option<Self> {
        let mut fields = Vec::new();
        while let Some((index, rest)) = bytes.split_first() {
            let (length, rest) = rest.split_first_chunk()?;
            let length = u32::from_le_bytes(*length);
            let length = if length == u32::MAX { None } else { Some(length as usize) };
            let (value, rest) = rest.split_at_checked(length.unwrap_or(0))?;
            let value = length.map(|_| String::from_utf8(value.to_vec())).transpose().ok()?;
            fields.push((*table.columns().get(usize::from(*index))?, value));
            bytes = rest;
        }
        Some(Self { line, fields })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_is_read_as_it_was_kept() {
        let fields =
            [("id", Some("1")), ("bio", Some("")), ("email", None), ("pronoun", Some("ä"))];
        let bytes = Row::of(&fields).to_bytes(Table::Users);
        let row = Row::from_bytes(Table::Users, 7, &bytes).unwrap();
        assert_eq!(row.line(), 7);
        for (name, value) in fields {
            assert_eq!(row.text(name), value, "{name}");
        }
        assert_eq!(row.fields.len(), fields.len());
        for end in 1..bytes.len() {
            let cut = Row::from_bytes(Table::Users, 7, &bytes[..end]);
            assert!(cut.is_none_or(|cut| cut.fields.len() < fields.len()));
        }
    }
}
