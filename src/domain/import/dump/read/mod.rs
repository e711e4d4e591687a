//! Reads a dump from its first line to its last: what stands outside of blocks must be on the list
//! of lines, and the rows of blocks that are not imported are counted and not looked at.

use std::io::{BufRead, BufReader, Cursor, Read};

use super::contents::{Contents, Known};
use super::copy::{self, BadField, Header};
use super::error::DumpError;
use super::format;
use super::lines::{Found, Lines};
use super::row::Row;
use super::table::Table;

/// The longest row of a table that is imported, in bytes.
const LONGEST_ROW: usize = 4 << 20;
/// The longest line outside of blocks: the header of a table with the most and longest columns.
const LONGEST_LINE: usize = 1 << 20;
/// How much is read at once.
const BUFFER: usize = 256 << 10;

/// Reads a dump, and passes on the rows of tables that are imported.
///
/// # Errors
/// The dump is refused, or what `take` returns.
pub(in crate::domain::import) fn read<E: From<DumpError>>(
    mut source: impl Read,
    take: impl FnMut(Table, Row) -> Result<(), E>,
) -> Result<Contents, E> {
    let mut beginning = Vec::with_capacity(format::LENGTH);
    let length = format::LENGTH as u64;
    (&mut source).take(length).read_to_end(&mut beginning).map_err(DumpError::Read)?;
    if let Some(what) = format::refuse(&beginning) {
        return Err(DumpError::Format(what).into());
    }
    let source = BufReader::with_capacity(BUFFER, Cursor::new(beginning).chain(source));
    Reader { lines: Lines::new(source), take, known: Known::default() }.read()
}

/// A dump that is being read.
struct Reader<R, T> {
    lines: Lines<R>,
    take: T,
    known: Known,
}

impl<R: BufRead, T> Reader<R, T> {
    fn read<E: From<DumpError>>(mut self) -> Result<Contents, E>
    where
        T: FnMut(Table, Row) -> Result<(), E>,
    {
        while self.next(LONGEST_LINE)? != Found::End {
            let line = self.lines.number();
            let statement = self.known.statement(line, self.lines.line());
            if let Some(header) = statement.map_err(|error| self.or_cut(error))? {
                match Table::named(&header.table) {
                    Some(table) => self.take_rows(table, &Columns::of(table, &header))?,
                    None => self.skip_rows(&header)?,
                }
            }
        }
        let cut = self.cut();
        Ok(self.known.finish(cut)?)
    }

    /// The dump ends here, which is too early.
    fn cut(&self) -> DumpError {
        DumpError::Cut { line: self.lines.number(), is_within: !self.lines.is_ended() }
    }

    /// Why a line is refused: the last one of a dump that is cut need not be what it seems.
    fn or_cut(&self, error: DumpError) -> DumpError {
        if self.lines.is_ended() || self.lines.number() == 1 { error } else { self.cut() }
    }

    /// Reads a line outside of blocks, or finds the end.
    fn next(&mut self, limit: usize) -> Result<Found, DumpError> {
        let found = self.lines.next(limit).map_err(DumpError::Read)?;
        if found == Found::Beginning {
            let what = "is longer than any that pg_dump writes outside of rows";
            return Err(DumpError::Line { line: self.lines.number(), what });
        }
        Ok(found)
    }

    fn take_rows<E: From<DumpError>>(&mut self, table: Table, columns: &Columns) -> Result<(), E>
    where
        T: FnMut(Table, Row) -> Result<(), E>,
    {
        loop {
            let found = self.lines.next(LONGEST_ROW).map_err(DumpError::Read)?;
            let line = self.lines.number();
            match found {
                Found::Whole if self.lines.line() == copy::END => return Ok(()),
                Found::Whole => {
                    let row = columns.row(line, self.lines.line());
                    let row = row.map_err(|error| self.or_cut(error))?;
                    (self.take)(table, row)?;
                }
                Found::Beginning => {
                    let table = columns.table.clone();
                    return Err(DumpError::Long { line, table, limit: LONGEST_ROW }.into());
                }
                Found::End => return Err(self.cut().into()),
            }
        }
    }

    /// Counts rows of which only the last is looked at, since any of them may look like something
    /// else.
    fn skip_rows(&mut self, header: &Header) -> Result<(), DumpError> {
        let mut rows = 0;
        loop {
            match self.lines.next(copy::END.len()).map_err(DumpError::Read)? {
                Found::Whole if self.lines.line() == copy::END => break,
                Found::End => return Err(self.cut()),
                _ => rows += 1,
            }
        }
        self.known.count(header, rows);
        Ok(())
    }
}

/// The columns of a block, in its order: those that are used have a name.
struct Columns {
    table: String,
    used: Vec<Option<&'static str>>,
}

impl Columns {
    fn of(table: Table, header: &Header) -> Self {
        let used = |column: &String| table.columns().iter().copied().find(|name| name == column);
        Self { table: header.table.clone(), used: header.columns.iter().map(used).collect() }
    }

    fn row(&self, line: u64, text: &[u8]) -> Result<Row, DumpError> {
        let bad = |what| DumpError::Line { line, what };
        let mut raw = text.split(|byte| *byte == b'\t');
        let mut fields = Vec::with_capacity(self.used.len());
        for used in &self.used {
            let raw =
                raw.next().ok_or_else(|| bad("has fewer fields than its table has columns"))?;
            let Some(name) = used else { continue };
            let value = copy::field(raw).map_err(|error| match error {
                BadField::Encoding => bad("is not in UTF-8"),
                BadField::Foreign => bad("is no row that PostgreSQL writes"),
            })?;
            fields.push((*name, value));
        }
        match raw.next() {
            None => Ok(Row::new(line, fields)),
            Some(_) => Err(bad("has more fields than its table has columns")),
        }
    }
}

#[cfg(test)]
mod tests;
