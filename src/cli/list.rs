//! Lists on stdout, written as their rows are read: tables for people, tab-separated rows in a
//! pipe, or JSON.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anyhow::Result;
use serde::Serialize;

use super::terminal::{printable, printable_json, width};

/// How many rows of a table are read before the first is written: the columns are as wide as their
/// widest cell among these.
const MEASURED: usize = 500;

/// A list that is being written.
pub(crate) struct List<const N: usize> {
    stdout: BufWriter<StdoutLock<'static>>,
    headers: [&'static str; N],
    form: Form,
    /// The rows of a table that are still to be measured.
    rows: Vec<[String; N]>,
    /// The widths of the columns, once the headers are written.
    widths: Option<[usize; N]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Table,
    Tabs,
}

impl<const N: usize> List<N> {
    pub(super) fn new(headers: [&'static str; N], json: bool) -> Self {
        let stdout = io::stdout().lock();
        let form = match () {
            () if json => Form::Json,
            () if stdout.is_terminal() => Form::Table,
            () => Form::Tabs,
        };
        Self { stdout: BufWriter::new(stdout), headers, form, rows: Vec::new(), widths: None }
    }

    /// Whether values are written as JSON, and not as rows.
    pub(crate) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// Adds a value to a list in JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        Ok(writeln!(self.stdout, "{}", json_line(value)?)?)
    }

    /// Adds a row to a table.
    pub(crate) fn row(&mut self, row: [String; N]) -> Result<()> {
        let row = row.map(|cell| printable(&cell).into_owned());
        if self.form == Form::Tabs {
            return Ok(writeln!(self.stdout, "{}", row.join("\t"))?);
        }
        self.rows.push(row);
        if self.rows.len() >= MEASURED { self.write_table() } else { Ok(()) }
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush()
    }

    /// Writes the rows that have come. More may follow.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.form == Form::Table && (self.widths.is_none() || !self.rows.is_empty()) {
            self.write_table()?;
        }
        Ok(self.stdout.flush()?)
    }

    /// Writes the rows that have come, with the headers before the first. Later rows may make a
    /// column wider.
    fn write_table(&mut self) -> Result<()> {
        let headers = self.headers.map(String::from);
        let is_first = self.widths.is_none();
        let mut widths = self.widths.unwrap_or([0; N]);
        for row in self.rows.iter().chain([&headers]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(super::terminal::width(cell));
            }
        }
        self.widths = Some(widths);
        for row in is_first.then_some(&headers).into_iter().chain(&self.rows) {
            writeln!(self.stdout, "{}", aligned(row, &widths))?;
        }
        self.rows.clear();
        Ok(())
    }
}

/// A row whose cells are as wide as their columns.
fn aligned(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, column) in row.iter().zip(widths) {
        line.push_str(cell);
        let missing = column.saturating_sub(width(cell)) + 2;
        line.extend(std::iter::repeat_n(' ', missing));
    }
    line.truncate(line.trim_end().len());
    line
}

/// A value as one line of JSON, without characters that could control a terminal.
pub(super) fn json_line(value: &impl Serialize) -> Result<String> {
    Ok(printable_json(&serde_json::to_string(value)?).into_owned())
}

/// Does the same with a value that is written part by part.
pub(super) fn write_json(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    Ok(serde_json::to_writer(Printable(to), value)?)
}

/// Escapes characters that could control a terminal. What is written to it at once must be whole
/// characters of JSON.
struct Printable<'a, W>(&'a mut W);

impl<W: Write> Write for Printable<'_, W> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(json).map_err(io::Error::other)?;
        self.0.write_all(printable_json(text).as_bytes())?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_where_their_column_does_however_wide_their_letters_are() {
        let cells = [
            "ada",
            "日本語",
            "e\u{301}",
            "👩\u{200d}👩\u{200d}👧",
            "ｆｕｌｌ",
            "한국",
            "a\u{200d}b",
        ];
        for cell in cells {
            let line = aligned(&[cell.into(), "|".into()], &[10, 1]);
            assert_eq!(width(line.strip_suffix('|').unwrap()), 12, "{cell}");
        }
    }
}
