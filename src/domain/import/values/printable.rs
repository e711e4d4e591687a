//! Texts of a dump, fit for a terminal and a log.

use std::fmt::Write;

/// The longest text that a report quotes, in characters.
const LONGEST: usize = 64;

/// A text whose control characters, and those that turn the text around them, are written as
/// `\u{…}`. A long one is cut.
pub(crate) fn printable(text: &str) -> String {
    let mut printed = String::new();
    for letter in text.chars().take(LONGEST) {
        let is_bidirectional = matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if letter.is_control() || is_bidirectional {
            // Writing to a text cannot fail.
            let _ = write!(printed, "{}", letter.escape_unicode());
        } else {
            printed.push(letter);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        printed.push('…');
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_dump_moves_no_cursor_and_turns_no_line() {
        for (text, expected) in [
            ("Ada-1", "Ada-1"),
            ("ädä 🌙", "ädä 🌙"),
            ("a\u{1b}[31mb\n", "a\\u{1b}[31mb\\u{a}"),
            ("a\u{202e}b\u{2028}", "a\\u{202e}b\\u{2028}"),
            ("", ""),
        ] {
            assert_eq!(printable(text), expected);
        }
        assert_eq!(printable(&"x".repeat(64)), "x".repeat(64));
        assert_eq!(printable(&"x".repeat(65)), "x".repeat(64) + "…");
    }
}
