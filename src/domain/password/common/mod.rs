//! The passwords that are tried first everywhere.
//!
//! `passwords.txt` has the 10,000 most common ones that `password.min_length` can permit, in lower
//! case and in the order of their bytes. They are of Django's list of common passwords (its licence
//! is beside this file), which comes from the passwords of published breaches. As plain text they
//! take 82 KiB of the binary; a transducer (FST) would take 46 and deflate 30, but plain text needs
//! no memory, no build step and no crate, and its changes can be read.

/// One password a line.
const PASSWORDS: &str = include_str!("passwords.txt");

/// Whether a text, in the form of [`crate::normalization::fold`], is on the list.
pub(super) fn is_common(folded: &str) -> bool {
    let mut rest = PASSWORDS;
    while !rest.is_empty() {
        let start = line_start(rest, rest.len() / 2);
        let (line, after) = rest[start..].split_once('\n').unwrap_or((&rest[start..], ""));
        match folded.cmp(line) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => rest = &rest[..start],
            std::cmp::Ordering::Greater => rest = after,
        }
    }
    false
}

/// Where the line begins to which a byte belongs.
fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    use crate::domain::password::MIN_LENGTH;
    use crate::normalization::fold;

    #[test]
    fn every_line_is_found_and_in_the_form_in_which_it_is_looked_for() {
        let lines: Vec<_> = PASSWORDS.lines().collect();
        assert!(lines.len() >= 10_000 && PASSWORDS.ends_with('\n'));
        assert!(lines.is_sorted_by(|one, next| one < next), "sorted, and each one once");
        let all: HashSet<_> = lines.iter().copied().collect();
        for line in lines {
            assert!(is_common(line), "{line}");
            assert_eq!(fold(line), line);
            assert!(line.chars().count() >= MIN_LENGTH, "{line} is refused for its length");
            let (_, shorter) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
            for other in [shorter, &format!("{line}\n"), &format!("{line}\u{7f}")] {
                assert_eq!(is_common(other), all.contains(other));
            }
        }
        assert!(!is_common("") && !is_common("\n"));
    }
}
