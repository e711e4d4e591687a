//! Texts as editors and shells leave them: with a byte order mark, with line ends of another
//! system, with characters that cannot be seen.

use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::explain;

/// The longest line that is read, in bytes.
const LONGEST: u64 = 4096;
/// The largest text file that is read, in bytes. A device such as `/dev/zero` has no end.
const LARGEST: u64 = 1024 * 1024;

/// The text without the byte order mark that some editors put before it.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Whether a letter can be seen, and controls nothing.
pub(crate) fn is_visible(letter: char) -> bool {
    // Zero width space, word joiner and byte order mark.
    !letter.is_control() && !matches!(letter, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// A message without the numbers of system errors in it, such as `(os error 2)`: its words say the
/// same.
pub(crate) fn without_numbers(message: &str) -> String {
    let mut parts = message.split(" (os error ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        match rest.strip_prefix(')') {
            Some(rest) => text.push_str(rest),
            None => text.extend([" (os error ", part]),
        }
    }
    text
}

/// Reads a text file of at most one MiB, without its byte order mark.
pub(crate) fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    if read.map_err(|error| explain(path, error))? as u64 > LARGEST {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is larger than one MiB"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| not_utf8())?;
    Ok(Zeroizing::new(without_bom(text).to_owned()))
}

/// Reads the first line of a text, which holds a secret: without a byte order mark and without the
/// line end. Blanks are part of it.
///
/// # Errors
/// The line is empty, is not UTF-8, or holds characters that cannot be seen.
pub(crate) fn first_line(input: impl BufRead) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    input.take(LONGEST).read_until(b'\n', &mut bytes)?;
    let wrong = |what: &str| io::Error::new(ErrorKind::InvalidData, what);
    if bytes.len() as u64 == LONGEST {
        return Err(wrong("the first line, which should be the secret, is longer than 4095 bytes"));
    }
    let line = std::str::from_utf8(&bytes).map_err(|_| not_utf8())?;
    let line = without_bom(line).trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(wrong("the first line, which should be the secret, is empty"));
    }
    if !line.chars().all(is_visible) {
        return Err(wrong("the first line holds a control character or an invisible one"));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn not_utf8() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it is not a text in UTF-8: save it as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_without_an_end_is_refused() {
        let error = read_text(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.contains("larger than one MiB"), "{error}");
    }

    #[test]
    fn first_line_is_read_as_editors_and_shells_leave_it() {
        for given in ["secret", "secret\n", "secret\r\n", "\u{feff}secret\r\nmore\n", "secret\r"] {
            assert_eq!(first_line(given.as_bytes()).unwrap().as_str(), "secret", "{given:?}");
        }
        assert_eq!(first_line(&b" a b \n"[..]).unwrap().as_str(), " a b ");
        let utf_16 = [0xff, 0xfe, b's', 0, b'e', 0];
        for (given, part) in [
            (&b""[..], "empty"),
            (b"\nsecret", "empty"),
            (b"\xef\xbb\xbf\r\n", "empty"),
            (b"a\tb", "control character"),
            (b"a\rb", "control character"),
            (b"a\0b", "control character"),
            ("a\u{200b}b".as_bytes(), "invisible"),
            (&utf_16, "UTF-8"),
            (&[b'x'; 5000], "longer than 4095"),
        ] {
            let error = first_line(given).unwrap_err().to_string();
            assert!(error.contains(part), "{given:?}: {error}");
        }
    }
}
