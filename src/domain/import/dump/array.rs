//! Arrays, as PostgreSQL writes values of the type `text[]`
//! (<https://www.postgresql.org/docs/current/arrays.html>, "Array Input and Output Syntax").

/// A text that is no array of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::import) struct NotAnArray;

/// Reads `{a,"b c",NULL}`. An element without quotes that is `NULL`, in any case, is one.
pub(super) fn parse(text: &str) -> Result<Vec<Option<String>>, NotAnArray> {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or(NotAnArray)?;
    if inner.is_empty() {
        return Ok(Vec::new());
    }
    let mut letters = inner.chars().peekable();
    let mut elements = Vec::new();
    loop {
        let element = match letters.peek() {
            Some('"') => {
                letters.next();
                Some(quoted(&mut letters)?)
            }
            _ => plain(&mut letters)?,
        };
        elements.push(element);
        match letters.next() {
            Some(',') => {}
            None => return Ok(elements),
            Some(_) => return Err(NotAnArray),
        }
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What stands between quotes, of which the first was read.
fn quoted(letters: &mut Letters<'_>) -> Result<String, NotAnArray> {
    let mut element = String::new();
    loop {
        match letters.next().ok_or(NotAnArray)? {
            '"' => return Ok(element),
            '\\' => element.push(letters.next().ok_or(NotAnArray)?),
            letter => element.push(letter),
        }
    }
}

/// An element without quotes, which PostgreSQL writes only where it contains none of the letters
/// that have a meaning.
fn plain(letters: &mut Letters<'_>) -> Result<Option<String>, NotAnArray> {
    let mut element = String::new();
    while let Some(letter) = letters.next_if(|letter| *letter != ',') {
        if matches!(letter, '{' | '}' | '"' | '\\') {
            return Err(NotAnArray);
        }
        element.push(letter);
    }
    match element.as_str() {
        "" => Err(NotAnArray),
        text if text.eq_ignore_ascii_case("null") => Ok(None),
        _ => Ok(Some(element)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn array_of_postgresql_is_read() {
        assert_eq!(parse("{}").unwrap(), []);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parse("{a}").unwrap(), [some("a")]);
        let text = r#"{a,"b c","q\"u\\o","",NULL,null,"NULL","x,y","{}",é}"#;
        let mut expected = ["a", "b c", r#"q"u\o"#, ""].map(some).to_vec();
        expected.extend([None, None]);
        expected.extend(["NULL", "x,y", "{}", "é"].map(some));
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "a",
            "{",
            "}",
            "{a",
            "a}",
            "{a,}",
            "{,a}",
            "{a,,b}",
            "{{a},{b}}",
            "[2:3]={a,b}",
            "{\"a}",
            "{\"a\"b}",
            "{a\"b\"}",
            "{a\\}",
            "{\"a\\\"}",
            "{}}",
            "{ab}c",
            "{a}{b}",
        ] {
            assert_eq!(parse(text), Err(NotAnArray), "{text}");
        }
    }

    /// An array as PostgreSQL writes it.
    fn write(elements: &[Option<String>]) -> String {
        let quoted =
            |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let one = |element: &Option<String>| element.as_ref().map_or("NULL".into(), quoted);
        format!("{{{}}}", elements.iter().map(one).collect::<Vec<_>>().join(","))
    }

    proptest! {
        #[test]
        fn array_is_read_as_it_was_written(
            elements in prop::collection::vec(prop::option::of("\\PC*|[\\\\\",{}N]*"), 0..8)
        ) {
            prop_assert_eq!(parse(&write(&elements)), Ok(elements));
        }

        #[test]
        fn text_that_is_almost_an_array_does_no_harm(text in "\\{?([a,\"\\\\{}]|NULL)*\\}?") {
            let _ = parse(&text);
        }
    }
}
