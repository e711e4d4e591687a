//! What people type as a second factor: six digits, or a recovery code.

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The letters of recovery codes, five bits each: no `I`, `O`, `0` or `1`.
pub(super) const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A second factor's code, with the name of the field that it came in.
pub struct Code {
    pub(super) field: &'static str,
    pub(super) kind: CodeKind,
}

pub(super) enum CodeKind {
    Digits(Zeroizing<String>),
    /// Normalized: upper case, without its dash.
    Recovery(Zeroizing<String>),
}

impl Code {
    /// Takes six ASCII digits, or a recovery code with or without its dash, in any case.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for anything else.
    pub fn parse(field: &'static str, text: String) -> Result<Self> {
        let text = Zeroizing::new(text);
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self { field, kind: CodeKind::Digits(text) });
        }
        let normalized = normalize(&text).ok_or(Error::InvalidCode { field })?;
        Ok(Self { field, kind: CodeKind::Recovery(normalized) })
    }

    pub(super) fn digits(&self) -> Option<&str> {
        match &self.kind {
            CodeKind::Digits(digits) => Some(digits),
            CodeKind::Recovery(_) => None,
        }
    }

    /// A code that is wrong, stale or used is refused in the same words.
    pub(super) const fn refused(&self) -> Error {
        Error::WrongCode { field: self.field }
    }
}

/// What a code turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is right, and used up now.
    Right,
    /// It was right once and is used up: no guess.
    Used,
    Wrong,
}

/// Takes the dash out of a recovery code and writes it in upper case; `None` where the text cannot
/// be one.
fn normalize(text: &str) -> Option<Zeroizing<String>> {
    let normalized = match text.split_once('-') {
        Some((one, two)) if one.len() == 5 && two.len() == 5 => [one, two].concat(),
        Some(_) => return None,
        None => text.to_owned(),
    };
    let normalized = Zeroizing::new(normalized.to_ascii_uppercase());
    (normalized.len() == 10 && normalized.bytes().all(|letter| ALPHABET.contains(&letter)))
        .then_some(normalized)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::groups_of_five;
    use proptest::prelude::*;

    #[test]
    fn codes_are_read_with_or_without_their_dash_and_in_any_case() {
        for text in ["ABCDE-FGHJK", "abcde-fghjk", "ABCDEFGHJK", "aBcDeFgHjK"] {
            assert_eq!(
                normalize(text).as_deref().map(String::as_str),
                Some("ABCDEFGHJK"),
                "{text}"
            );
        }
        for text in [
            "",
            "ABCDE-FGHJ",
            "ABCD-EFGHJK",
            "ABCDE-FGH-K",
            "ABCDE-FGHI0",
            "ABCDEFGHJKL",
            "ÄBCDE-FGHK",
            "ABCDE FGHJK",
        ] {
            assert_eq!(normalize(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_as_a_code_is_its_letters_and_nothing_else(text in ".*|[A-Za-z2-9]{5}-?[A-Za-z2-9]{5}|[A-Z0-9-]{9,12}") {
            if let Some(letters) = normalize(&text) {
                prop_assert!(letters.len() == 10 && letters.bytes().all(|letter| ALPHABET.contains(&letter)));
                prop_assert!(text.len() == 10 || text.as_bytes()[5] == b'-');
                prop_assert_eq!(text.replacen('-', "", 1).to_uppercase(), letters.as_str());
            }
        }
    }

    #[test]
    fn every_code_that_is_given_out_is_understood() {
        for _ in 0..100 {
            let code = groups_of_five(ALPHABET, 2).unwrap();
            assert_eq!(
                normalize(&code.to_lowercase()).map(|letters| letters.to_string()),
                Some(code.replace('-', ""))
            );
        }
    }
}
