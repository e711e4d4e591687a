//! What a dump holds besides rows, and whether it is whole and of one database.

use std::collections::BTreeMap;
use std::str;

use super::copy::Header;
use super::error::DumpError;
use super::shape::Shape;
use super::statement::{self, Sequence, Statement};
use super::table::Table;

/// The most tables that a dump may have.
const MOST_TABLES: usize = 10_000;
/// How many lines with versions and times are kept, and how long each is, in characters.
const ABOUT: usize = 3;
const LONGEST_ABOUT: usize = 100;

/// What a dump holds besides the rows that are imported.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::domain::import) struct Contents {
    pub shape: Shape,
    /// Versions and times, as the dump has them.
    pub about: Vec<String>,
    /// The tables that are not imported, with the number of their rows.
    pub others: BTreeMap<String, u64>,
    /// The id before the one that the sequence gives out next; `None` if it is not in the dump.
    pub last_id: Option<i64>,
}

/// What is known of a dump while it is read.
#[derive(Default)]
pub(super) struct Known {
    about: Vec<String>,
    others: BTreeMap<String, u64>,
    /// The names of the tables that are imported, with their schema.
    blocks: BTreeMap<Table, [String; 2]>,
    shape: Option<Shape>,
    sequences: Vec<Sequence>,
    is_complete: bool,
}

impl Known {
    /// Reads a line outside of blocks. If a block begins there, its header is returned.
    pub(super) fn statement(
        &mut self,
        line: u64,
        text: &[u8],
    ) -> Result<Option<Header>, DumpError> {
        let bad = |what| DumpError::Line { line, what };
        let text = str::from_utf8(text).map_err(|_| bad("is not in UTF-8"))?;
        let found =
            statement::read(text).map_err(|foreign| DumpError::Foreign { line, foreign })?;
        if self.is_complete && found != Statement::Nothing {
            return Err(bad("stands after the end of the dump, as where a dump is there twice"));
        }
        match found {
            Statement::About(text) if self.about.len() < ABOUT => {
                self.about.push(text.chars().take(LONGEST_ABOUT).collect());
            }
            Statement::Complete => self.is_complete = true,
            Statement::Sequence(sequence)
                if sequence.is_of_users() && self.sequences.len() < MOST_TABLES =>
            {
                self.sequences.push(sequence);
            }
            Statement::Nothing | Statement::About(_) | Statement::Sequence(_) => {}
            Statement::Block(header) => {
                self.begin(line, &header)?;
                return Ok(Some(header));
            }
        }
        Ok(None)
    }

    fn begin(&mut self, line: u64, header: &Header) -> Result<(), DumpError> {
        let Some(table) = Table::named(&header.table) else {
            if self.others.len() >= MOST_TABLES {
                let what = "begins one table more than a database can need";
                return Err(DumpError::Line { line, what });
            }
            return Ok(());
        };
        let name = [header.schema.clone(), header.table.clone()];
        let is_other = |known: &&[String; 2]| known[0] != name[0];
        let first = self.blocks.get(&table).or_else(|| self.blocks.values().find(is_other));
        if let Some(first) = first {
            let [first, second] = [first, &name].map(|name| name.join("."));
            return Err(DumpError::Doubled { line, first, second });
        }
        if table == Table::Users {
            let shape = Shape::of(&header.table, &header.columns);
            self.shape = Some(shape.ok_or(DumpError::UnknownShape { line })?);
        }
        let has = |name: &str| header.columns.iter().any(|column| column == name);
        let required = table.required(self.shape == Some(Shape::Second));
        let missing: Vec<&str> = required.iter().copied().filter(|name| !has(name)).collect();
        if !missing.is_empty() {
            let [table, missing] = [header.table.clone(), missing.join(", ")];
            return Err(DumpError::Columns { line, table, missing });
        }
        self.blocks.insert(table, name);
        Ok(())
    }

    /// Counts the rows of a table that is not imported.
    pub(super) fn count(&mut self, header: &Header, rows: u64) {
        *self.others.entry(header.table.clone()).or_default() += rows;
    }

    /// What was found, once there is no further line; without the end mark it is `cut`.
    pub(super) fn finish(self, cut: DumpError) -> Result<Contents, DumpError> {
        if !self.is_complete {
            return Err(cut);
        }
        let shape = self.shape.ok_or(DumpError::NoUsers)?;
        let schema = self.blocks.get(&Table::Users).map(|[schema, _]| schema);
        let own = self.sequences.iter().filter(|sequence| Some(&sequence.schema) == schema);
        let last_id = own.map(Sequence::last).max();
        Ok(Contents { shape, about: self.about, others: self.others, last_id })
    }
}
