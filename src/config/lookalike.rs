//! Characters that look like those of TOML, as word processors and web pages put them into a file.

use toml::Table;

use crate::files::is_visible;

/// What to write where a file is not TOML, and the line of the error has such a character. `None`
/// where the mistake is another one.
pub(super) fn hint(text: &str, at: usize) -> Option<String> {
    if text.parse::<Table>().is_ok() {
        return None;
    }
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next()?;
    let is_quote = |letter: char| "“”„‟″«»‘’‚‛′`".contains(letter);
    let is_blank = |letter: char| letter.is_whitespace() && !letter.is_ascii();
    let is_invisible = |letter: char| !is_visible(letter) && !letter.is_ascii();
    let found = line
        .chars()
        .find(|letter| is_quote(*letter) || is_blank(*letter) || is_invisible(*letter))?;
    let point = u32::from(found);
    Some(match found {
        _ if is_quote(found) => {
            format!("; the line has the quotation mark {found} (U+{point:04X}): write \" there")
        }
        _ if is_blank(found) => format!("; the line has the blank U+{point:04X}: write a space"),
        _ => format!("; the line has the invisible character U+{point:04X}: remove it"),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, invalid};

    #[test]
    fn error_names_the_character_that_looks_like_another_one() {
        for (text, hint) in [
            ("[server]\nlisten = “127.0.0.1:1”", Some("mark “ (U+201C): write \"")),
            ("[server]\nlisten = ‘127.0.0.1:1’", Some("mark ‘ (U+2018)")),
            ("[server]\n“listen” = \"127.0.0.1:1\"", Some("mark “")),
            ("[server]\nlisten\u{a0}= \"127.0.0.1:1\"", Some("blank U+00A0: write a space")),
            ("[server]\n\u{200b}listen = \"127.0.0.1:1\"", Some("character U+200B: remove")),
            ("[server]\nlisten = 127.0.0.1:1 \n# “note”", None),
            ("[session]\nlifetime = \"“30d”\"", None),
        ] {
            let error = Config::parse(text).unwrap_err();
            let message = invalid(Path::new("nox.toml"), text, &error).to_string();
            assert_eq!(message.contains("; the line has"), hint.is_some(), "{message}");
            assert!(message.contains(hint.unwrap_or_default()), "{message}");
        }
    }
}
