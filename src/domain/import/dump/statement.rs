//! The lines that a dump has outside of its blocks. Everything that is not on this list is refused,
//! and nothing of it is executed.

use super::copy::{Header, Qualified, qualified};

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// Nothing for an import.
    Nothing,
    /// The version of the server or of `pg_dump`, or when it was started.
    About(String),
    /// The dump is complete.
    Complete,
    /// A block of rows begins.
    Block(Header),
    /// The last value of a sequence.
    Sequence(Sequence),
}

/// A sequence, from which a table has its ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    pub schema: String,
    pub name: String,
    pub value: i64,
    /// Whether the value was given out; else it is the next one.
    pub is_called: bool,
}

impl Sequence {
    /// Whether the table of users has its ids from it. It kept its name where the table was
    /// renamed.
    pub(super) fn is_of_users(&self) -> bool {
        matches!(self.name.as_str(), "User_id_seq" | "users_id_seq")
    }

    /// The value before the one that it gives out next.
    pub(super) const fn last(&self) -> i64 {
        if self.is_called { self.value } else { self.value.saturating_sub(1) }
    }

    /// Reads what stands after `SELECT pg_catalog.setval(`.
    fn parse(rest: &str) -> Option<Self> {
        // A single quote within a name is doubled.
        let quoted = rest.strip_prefix('\'')?;
        let (name, rest) = quoted.split_once("', ")?;
        let name = name.replace("''", "'");
        let Qualified { schema, own: name, rest: "" } = qualified(&name)? else { return None };
        let (value, called) = rest.strip_suffix(");")?.split_once(", ")?;
        let is_called = match called {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        Some(Self { schema, name, value: value.parse().ok()?, is_called })
    }
}

/// What a line is that is not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// A row as a statement.
    Insert,
    /// `\connect`: a dump of several databases.
    Connect,
    /// Another command of `psql`.
    Command,
    /// Another encoding than UTF-8.
    Encoding,
    /// Another statement of SQL.
    Other,
}

impl Foreign {
    /// A clause for a message.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Insert => {
                "is an INSERT: a dump with --inserts cannot be read safely, since a description \
                 can look like a row"
            }
            Self::Connect => "is \\connect: the file holds several databases, and one is needed",
            Self::Command => "is a command of psql that a dump of data does not have",
            Self::Encoding => "sets another encoding than UTF8 (--encoding=UTF8)",
            Self::Other => "is a statement that a dump of data does not have",
        }
    }
}

const SEQUENCE: &str = "SELECT pg_catalog.setval(";
const SEARCH_PATH: &str = "SELECT pg_catalog.set_config('search_path', '', false);";

/// Reads a line.
pub(super) fn read(line: &str) -> Result<Statement, Foreign> {
    if line.is_empty() || line == SEARCH_PATH {
        return Ok(Statement::Nothing);
    }
    if let Some(comment) = line.strip_prefix("--") {
        return Ok(about(comment.trim()));
    }
    if let Some(command) = line.strip_prefix('\\') {
        return psql(command);
    }
    if let Some(setting) = line.strip_prefix("SET ") {
        return set(setting);
    }
    if let Some(rest) = line.strip_prefix(SEQUENCE) {
        return Sequence::parse(rest).map(Statement::Sequence).ok_or(Foreign::Other);
    }
    if line.starts_with("COPY ") {
        return Header::parse(line).map(Statement::Block).ok_or(Foreign::Other);
    }
    Err(if line.starts_with("INSERT ") { Foreign::Insert } else { Foreign::Other })
}

fn about(comment: &str) -> Statement {
    match comment {
        "PostgreSQL database dump complete" => Statement::Complete,
        text if ["Dumped from ", "Dumped by ", "Started on "]
            .iter()
            .any(|start| text.starts_with(start)) =>
        {
            Statement::About(text.to_owned())
        }
        _ => Statement::Nothing,
    }
}

/// Since August 2025, a dump begins and ends with such a line, which keeps `psql` from taking
/// other commands (CVE-2025-8714).
fn psql(command: &str) -> Result<Statement, Foreign> {
    let is_key =
        |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match command.split_once(' ') {
        Some(("restrict" | "unrestrict", key)) if is_key(key) => Ok(Statement::Nothing),
        Some(("connect" | "c", _)) => Err(Foreign::Connect),
        _ => Err(Foreign::Command),
    }
}

fn set(setting: &str) -> Result<Statement, Foreign> {
    let (name, value) = setting
        .strip_suffix(';')
        .and_then(|setting| setting.split_once(" = "))
        .ok_or(Foreign::Other)?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.');
    if !name.bytes().all(is_name) || value.contains(';') {
        return Err(Foreign::Other);
    }
    if name == "client_encoding" && value != "'UTF8'" {
        return Err(Foreign::Encoding);
    }
    Ok(Statement::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_dump_are_on_the_list() {
        for line in [
            "",
            "--",
            "-- Data for Name: User; Type: TABLE DATA; Schema: public; Owner: -",
            "SET statement_timeout = 0;",
            "SET client_encoding = 'UTF8';",
            "SET check_function_bodies = false;",
            SEARCH_PATH,
            "\\restrict fZ0rQb9",
            "\\unrestrict fZ0rQb9",
        ] {
            assert_eq!(read(line), Ok(Statement::Nothing), "{line}");
        }
        let complete = "-- PostgreSQL database dump complete";
        assert_eq!(read(complete), Ok(Statement::Complete));
        let version = "-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(read(version), Ok(Statement::About(version[3..].into())));
        assert!(matches!(read("COPY public.users (id) FROM stdin;"), Ok(Statement::Block(_))));
    }

    #[test]
    fn sequence_has_its_last_value() {
        let sequence = |schema: &str, name: &str, value, is_called| {
            let [schema, name] = [schema, name].map(str::to_owned);
            Ok(Statement::Sequence(Sequence { schema, name, value, is_called }))
        };
        let line = "SELECT pg_catalog.setval('public.\"User_id_seq\"', 42, true);";
        assert_eq!(read(line), sequence("public", "User_id_seq", 42, true));
        let line = "SELECT pg_catalog.setval('\"o''x\".users_id_seq', 1, false);";
        assert_eq!(read(line), sequence("o'x", "users_id_seq", 1, false));
        for line in [
            "SELECT pg_catalog.setval('public.users_id_seq', 1, maybe);",
            "SELECT pg_catalog.setval('public.users_id_seq', x, true);",
            "SELECT pg_catalog.setval('users_id_seq', 1, true);",
            "SELECT pg_catalog.setval('public.users_id_seq', 1, true); DROP TABLE users;",
            "SELECT pg_catalog.setval('public.users_id_seq x', 1, true);",
        ] {
            assert_eq!(read(line), Err(Foreign::Other), "{line}");
        }
    }

    #[test]
    fn other_lines_are_refused_by_their_kind() {
        for (line, kind) in [
            ("INSERT INTO public.users VALUES (1, 'ada');", Foreign::Insert),
            ("\\connect nox", Foreign::Connect),
            ("\\! rm -rf /", Foreign::Command),
            ("\\restrict", Foreign::Command),
            ("\\restrict a b", Foreign::Command),
            ("\\.", Foreign::Command),
            ("SET client_encoding = 'LATIN1';", Foreign::Encoding),
            ("SET x = 1; DROP TABLE users;", Foreign::Other),
            ("SET SESSION AUTHORIZATION 'postgres';", Foreign::Other),
            ("CREATE TABLE public.users (id integer);", Foreign::Other),
            ("ALTER TABLE public.users DISABLE TRIGGER ALL;", Foreign::Other),
            ("SELECT pg_catalog.set_config('search_path', 'x', false);", Foreign::Other),
            ("SELECT pg_read_file('/etc/passwd');", Foreign::Other),
            ("COPY public.users (id) FROM PROGRAM 'true';", Foreign::Other),
            (" ", Foreign::Other),
            ("1\tada", Foreign::Other),
        ] {
            assert_eq!(read(line), Err(kind), "{line}");
        }
    }
}
