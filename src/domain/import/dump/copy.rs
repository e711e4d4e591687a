//! The text format of `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html>, "Text
//! Format"): the line that begins a block, and the fields of its rows.

/// The line that ends a block. A row that consists of this text is written `\\.`.
pub(super) const END: &[u8] = b"\\.";

/// What a block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub schema: String,
    pub table: String,
    pub columns: Vec<String>,
}

impl Header {
    /// Reads `COPY public."User" (id, "two words") FROM stdin;`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("COPY ")?;
        let Qualified { schema, own: table, rest } = qualified(rest)?;
        let mut rest = rest.strip_prefix(" (")?;
        let mut columns = Vec::new();
        loop {
            let (column, after) = identifier(rest)?;
            columns.push(column);
            match after.strip_prefix(", ") {
                Some(after) => rest = after,
                None => {
                    return (after == ") FROM stdin;").then_some(Self { schema, table, columns });
                }
            }
        }
    }
}

/// The name of a table or a sequence, and what follows it.
pub(super) struct Qualified<'a> {
    pub schema: String,
    pub own: String,
    pub rest: &'a str,
}

/// Reads `public."User"`, which stands before something else.
pub(super) fn qualified(text: &str) -> Option<Qualified<'_>> {
    let (schema, rest) = identifier(text)?;
    let (own, rest) = identifier(rest.strip_prefix('.')?)?;
    Some(Qualified { schema, own, rest })
}

/// Reads a name, which has quotes where it is not made of small letters, digits and `_` alone.
/// Returns it and what follows.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let is_part = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_' | '$');
        let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
    };
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return (!name.is_empty()).then_some((name, after)),
        }
    }
}

/// Why a field cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadField {
    /// It is not valid UTF-8.
    Encoding,
    /// It has a NUL, or a backslash at its end, which PostgreSQL does not write.
    Foreign,
}

/// Reads a field of a row; `None` is NULL.
pub(super) fn field(raw: &[u8]) -> Result<Option<String>, BadField> {
    if raw == b"\\N" {
        return Ok(None);
    }
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let byte = if byte == b'\\' { escaped(&mut rest).ok_or(BadField::Foreign)? } else { byte };
        if byte == 0 {
            return Err(BadField::Foreign);
        }
        text.push(byte);
    }
    String::from_utf8(text).map(Some).map_err(|_| BadField::Encoding)
}

/// The byte that an escape means, of which the backslash was read.
fn escaped(rest: &mut &[u8]) -> Option<u8> {
    let (&letter, after) = rest.split_first()?;
    *rest = after;
    Some(match letter {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'0'..=b'7' => number(rest, Base::Octal, u32::from(letter - b'0')),
        // Without digits after it, it is the letter itself.
        b'x' if rest.first().is_some_and(u8::is_ascii_hexdigit) => number(rest, Base::Hex, 0),
        other => other,
    })
}

#[derive(Clone, Copy)]
enum Base {
    Octal = 8,
    Hex = 16,
}

/// Reads two more digits at most. PostgreSQL keeps the low bits of a number that is too large.
fn number(rest: &mut &[u8], base: Base, mut value: u32) -> u8 {
    let base = base as u32;
    for _ in 0..2 {
        let digit = rest.split_first().and_then(|(&first, after)| {
            char::from(first).to_digit(base).map(|digit| (digit, after))
        });
        let Some((digit, after)) = digit else { break };
        value = value * base + digit;
        *rest = after;
    }
    value.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn header_names_table_and_columns() {
        let header = Header::parse("COPY public.\"User\" (id, \"a\"\"b, c\", x_1) FROM stdin;");
        let columns = ["id", "a\"b, c", "x_1"].map(Into::into).to_vec();
        let expected = Header { schema: "public".into(), table: "User".into(), columns };
        assert_eq!(header.unwrap(), expected);
    }

    #[test]
    fn other_header_is_refused() {
        for line in [
            "COPY public.users (id) FROM stdin",
            "COPY public.users (id) FROM '/etc/passwd';",
            "COPY public.users (id) FROM PROGRAM 'true';",
            "COPY public.users (id) FROM stdin WITH (FORMAT csv);",
            "COPY public.users () FROM stdin;",
            "COPY public.users (id,) FROM stdin;",
            "COPY public.users FROM stdin;",
            "COPY users (id) FROM stdin;",
            "COPY public.Users (id) FROM stdin;",
            "COPY public.\"users (id) FROM stdin;",
            "COPY public.\"\" (id) FROM stdin;",
            "copy public.users (id) from stdin;",
            "COPY public.users (id) FROM stdin; DROP TABLE users;",
        ] {
            assert_eq!(Header::parse(line), None, "{line}");
        }
    }

    #[test]
    fn field_of_postgresql_is_read() {
        for (raw, expected) in [
            ("\\N", None),
            ("", Some("")),
            ("\\\\N", Some("\\N")),
            ("\\\\.", Some("\\.")),
            (
                "tab\\there\\nnew\\\\line \\r \\b\\f\\v",
                Some("tab\there\nnew\\line \r \u{8}\u{c}\u{b}"),
            ),
            ("\\101\\60\\7x", Some("A0\u{7}x")),
            ("\\x41\\x4g\\xg", Some("A\u{4}gxg")),
            ("\\303\\244 ä", Some("ä ä")),
            ("\\q\\\"", Some("q\"")),
            ("NULL", Some("NULL")),
        ] {
            assert_eq!(field(raw.as_bytes()).unwrap().as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn field_that_postgresql_does_not_write_is_refused() {
        for raw in [&b"a\\"[..], b"\\0", b"a\0b", b"\\x00", b"\\400"] {
            assert_eq!(field(raw), Err(BadField::Foreign), "{raw:?}");
        }
        for raw in [&b"\xff"[..], b"\\377", b"\xc3"] {
            assert_eq!(field(raw), Err(BadField::Encoding), "{raw:?}");
        }
    }

    /// A field as PostgreSQL writes it.
    fn write(text: &str) -> String {
        let escape = |letter| match letter {
            '\\' => "\\\\".into(),
            '\u{8}' => "\\b".into(),
            '\u{c}' => "\\f".into(),
            '\n' => "\\n".into(),
            '\r' => "\\r".into(),
            '\t' => "\\t".into(),
            '\u{b}' => "\\v".into(),
            other => other.to_string(),
        };
        text.chars().map(escape).collect()
    }

    proptest! {
        #[test]
        fn field_is_read_as_it_was_written(text in "[^\u{0}]*|[\\\\N.tx0-9\n\t\r]*") {
            let raw = write(&text);
            prop_assert!(!raw.contains(['\n', '\t']), "a field has no end of its own");
            prop_assert_eq!(field(raw.as_bytes()), Ok(Some(text)));
        }

        #[test]
        fn bytes_that_are_almost_a_field_do_no_harm(
            raw in prop::collection::vec(prop::sample::select(b"\\xN07fa\xc3\x84\0".to_vec()), 0..9)
        ) {
            let _ = field(&raw);
        }

        #[test]
        fn name_is_read_as_it_was_quoted(name in "[^\u{0}]{1,9}") {
            let text = format!("public.\"{}\" rest", name.replace('"', "\"\""));
            let read = qualified(&text).unwrap();
            prop_assert_eq!(read.own, name);
            prop_assert_eq!(read.rest, " rest");
        }
    }
}
