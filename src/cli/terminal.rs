//! What a terminal shows: texts without control characters, their width, and styles.

use std::borrow::Cow;
use std::env;
use std::fmt::Write as _;
use std::io::IsTerminal;

use unicode_width::UnicodeWidthStr;

/// Replaces every character that is not shown as it is by an escape: control characters, which can
/// control a terminal, and format characters, which cannot be seen or
/// change the order of what is around them (U+202E). What joins letters and emoji stays.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_shown) {
        return text.into();
    }
    let escape = |letter: char| -> Cow<'static, str> {
        if is_shown(letter) {
            letter.to_string().into()
        } else {
            letter.escape_debug().to_string().into()
        }
    };
    text.chars().map(escape).collect::<String>().into()
}

/// The same for a text of several lines.
pub(super) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Writes such characters in JSON by its own escapes (RFC 8259, 7). Outside of strings, JSON has
/// none of them.
pub(super) fn printable_json(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_shown) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_shown(letter) {
            escaped.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a text does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped.into()
}

/// How many cells of a terminal a printable text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Whether styles may be written: to a terminal that knows them, unless `NO_COLOR` is set
/// (no-color.org).
pub(super) fn has_style(stream: &impl IsTerminal) -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    stream.is_terminal() && !is_dumb && !is_set("NO_COLOR")
}

fn is_shown(letter: char) -> bool {
    match letter {
        // Letters of ASCII, and the joiners of emoji and of some scripts.
        ' '..='~' | '\u{200c}' | '\u{200d}' => true,
        // Line and paragraph separators.
        '\u{2028}' | '\u{2029}' => false,
        _ if letter.is_whitespace() => !letter.is_control(),
        // Inside of a text, the standard library shows combining marks as they are.
        _ => {
            let mut text = String::from("a");
            text.push(letter);
            text.escape_debug().count() == 2
        }
    }
}
