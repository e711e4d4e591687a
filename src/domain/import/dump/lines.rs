//! Lines of a dump, of which only so much is held as is needed.

use std::io::{self, BufRead, Read};

use zeroize::Zeroizing;

/// What was read of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// All of it.
    Whole,
    /// As much as the limit allows. The rest was skipped.
    Beginning,
    /// There is no further line.
    End,
}

/// A text by its lines, which end at LF alone: every other control character can stand in a value
/// as it is.
pub(super) struct Lines<R> {
    source: R,
    number: u64,
    line: Zeroizing<Vec<u8>>,
    is_ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, number: 0, line: Zeroizing::default(), is_ended: true }
    }

    /// Reads the next line, of which at most `limit` bytes are held. A CR at its end is from a
    /// terminal or from Windows: PostgreSQL writes those of a value as `\r`.
    pub(super) fn next(&mut self, limit: usize) -> io::Result<Found> {
        self.line.clear();
        // Two more bytes: for the end, and to tell a line that is too long from one that is not.
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(2);
        let read = (&mut self.source).take(most).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(Found::End);
        }
        self.number += 1;
        self.is_ended = self.line.last() == Some(&b'\n') || read as u64 == most;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if read as u64 == most {
            self.source.skip_until(b'\n')?;
            return Ok(Found::Beginning);
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(if self.line.len() > limit { Found::Beginning } else { Found::Whole })
    }

    /// The line that was read last, without its end.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Whether a line feed follows it, as one does after every line that `pg_dump` writes: without
    /// one, the text is cut.
    pub(super) const fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Its number, from 1 on.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    /// The lines of a text, with what was found of each.
    fn read(text: &[u8], limit: usize) -> Vec<(Found, Vec<u8>)> {
        // A small buffer, so that lines cross its end.
        let mut lines = Lines::new(BufReader::with_capacity(3, text));
        let mut all = Vec::new();
        loop {
            match lines.next(limit).unwrap() {
                Found::End => return all,
                found => all.push((found, lines.line().to_vec())),
            }
            assert_eq!(lines.number(), all.len() as u64);
        }
    }

    #[test]
    fn line_ends_at_lf_and_loses_one_cr_before_it() {
        let text = "a\r\n\u{2028}\u{85}\rb\r\r\n\nlast";
        let whole = |text: &str| (Found::Whole, text.as_bytes().to_vec());
        let expected = ["a", "\u{2028}\u{85}\rb\r", "", "last"].map(whole);
        assert_eq!(read(text.as_bytes(), 100), expected);
        assert_eq!(read(b"", 100), []);
    }

    #[test]
    fn long_line_is_skipped_without_being_held() {
        let text = [vec![b'x'; 100_000], b"\nabc\nabcd\nabc\r\nabcd\r\n".to_vec()].concat();
        let found = read(&text, 3);
        let kinds: Vec<_> = found.iter().map(|(found, _)| *found).collect();
        let (whole, beginning) = (Found::Whole, Found::Beginning);
        assert_eq!(kinds, [beginning, whole, beginning, whole, beginning]);
        assert!(found.iter().all(|(_, line)| line.len() <= 5));
    }

    proptest! {
        #[test]
        fn lines_are_those_between_line_feeds(
            lines in prop::collection::vec("[ab\\\\.\r]{0,9}", 0..9), limit in 0..12_usize
        ) {
            let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
            let found = read(text.as_bytes(), limit);
            prop_assert_eq!(found.len(), lines.len());
            for ((found, read), line) in found.iter().zip(&lines) {
                let line = line.strip_suffix('\r').unwrap_or(line);
                let fits = line.len() <= limit;
                prop_assert_eq!(*found, if fits { Found::Whole } else { Found::Beginning });
                prop_assert!(!fits || read == line.as_bytes());
            }
        }
    }
}
