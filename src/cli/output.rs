//! The output of commands: data on stdout, messages on stderr.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

pub(crate) use super::failure::Stop;
use super::list::{List, json_line, write_json};
use super::stdout;
use super::terminal::printable_lines;

/// The output of a command, as `--json` and `--quiet` ask for it.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// Data is printed as JSON.
    pub(crate) json: bool,
    /// Nothing but errors is printed on stderr.
    pub(crate) quiet: bool,
}

impl Output {
    /// Writes one line of data, or several. Characters that could control a terminal are escaped.
    pub(crate) fn line(self, text: impl Display) -> Result<()> {
        self.raw(printable_lines(&text.to_string()))
    }

    /// Writes a document as it is, except to a terminal.
    pub(crate) fn document(self, text: impl Display) -> Result<()> {
        if io::stdout().is_terminal() { self.line(text) } else { self.raw(text) }
    }

    /// Writes a secret, which is printed only once and before the change is committed (see
    /// `domain::reveal`). Unlike for other data, a closed stdout is an error: the change is rolled
    /// back. A process that reads the pipe too slowly blocks all writers of the database.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn secret(self, text: impl Display) -> Result<()> {
        let lost = |error| {
            Stop::failed(format!(
                "cannot print the secret, which is printed only once, so nothing was changed: \
                 {error}"
            ))
        };
        Ok(stdout::write_line(&text.to_string()).map_err(lost)?)
    }

    /// Writes one value as a line of JSON.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<()> {
        self.raw(json_line(value)?)
    }

    /// Writes one value as a line of JSON, part by part: it may be larger than the memory.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn large_json(self, value: &impl Serialize) -> Result<()> {
        let mut stdout = BufWriter::new(io::stdout().lock());
        write_json(&mut stdout, value)?;
        writeln!(stdout)?;
        Ok(stdout.flush()?)
    }

    /// Writes that a command has done what it was told to, as a line of JSON: `ok`, and these
    /// facts, which must be an object or `()`.
    pub(crate) fn ok(self, facts: &impl Serialize) -> Result<()> {
        self.json(&Done::with(facts))
    }

    /// Does the same on stderr, for a command whose data is on stdout.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn ok_beside_data(self, facts: &impl Serialize) -> Result<()> {
        Ok(writeln!(io::stderr(), "{}", json_line(&Done::with(facts))?)?)
    }

    /// Tells that a change is done: with `--json` as [`Output::ok`] does, else by a sentence.
    pub(crate) fn done(self, facts: &impl Serialize, sentence: impl Display) -> Result<()> {
        if self.json {
            self.ok(facts)
        } else {
            self.say(sentence);
            Ok(())
        }
    }

    /// Writes a secret as [`Output::secret`] does: with `--json` these facts, which contain it and
    /// `ok`, else the text.
    pub(crate) fn reveal(self, facts: &impl Serialize, text: impl Display) -> Result<()> {
        if self.json { self.secret(json_line(&Done::with(facts))?) } else { self.secret(text) }
    }

    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    fn raw(self, text: impl Display) -> Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Begins a list: a table, or with `--json` one object per line.
    pub(crate) fn list<const N: usize>(self, headers: [&'static str; N]) -> List<N> {
        List::new(headers, self.json)
    }

    /// Writes a table that is no list.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn table<const N: usize>(
        self,
        headers: [&'static str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let mut list = List::new(headers, false);
        rows.into_iter().try_for_each(|row| list.row(row))?;
        list.finish()
    }

    /// Writes a message for people on stderr, unless `--quiet` is given. With `--json`, every line
    /// of stderr is an object.
    pub(crate) fn say(self, text: impl Display) {
        if self.quiet {
            return;
        }
        let text = text.to_string();
        let info = json!({ "info": { "message": text } });
        let line = if self.json { json_line(&info).ok() } else { None };
        // A message that cannot be written is not a failure of the command.
        let _ = writeln!(io::stderr(), "{}", line.unwrap_or_else(|| printable_lines(&text)));
    }

    /// Asks for confirmation on the terminal. Scripts confirm with `flag` instead.
    ///
    /// # Errors
    /// The answer is not yes, or stdin is not a terminal.
    pub(crate) fn confirm(self, question: impl Display, flag: &str) -> Result<()> {
        if !io::stdin().is_terminal() {
            return Err(Stop::usage(format!(
                "cannot ask for confirmation, because stdin is not a terminal: use {flag}"
            ))
            .into());
        }
        self.prompt(question);
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            Ok(())
        } else {
            Err(Stop::failed("nothing was changed").into())
        }
    }

    /// Writes a prompt for something that is typed on stdin, if stdin is a terminal.
    #[expect(clippy::unused_self, reason = "commands write through an `Output` alone")]
    pub(crate) fn prompt(self, question: impl Display) {
        if io::stdin().is_terminal() {
            let _ = write!(io::stderr(), "{}", printable_lines(&question.to_string()));
        }
    }
}

/// What a command answers that has done what it was told to.
#[derive(Serialize)]
struct Done<'facts, Facts> {
    ok: bool,
    #[serde(flatten)]
    facts: &'facts Facts,
}

impl<'facts, Facts> Done<'facts, Facts> {
    fn with(facts: &'facts Facts) -> Self {
        Self { ok: true, facts }
    }
}
