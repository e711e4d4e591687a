//! The code that a user types as a second factor: six digits, or a recovery code.

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The characters of recovery codes, five bits each. It lacks `I`, `O`, `0` and `1`, which are
/// easily confused.
pub(super) const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A well-formed code, with the name of the field that it came in.
pub struct Code {
    pub(super) field: &'static str,
    pub(super) kind: CodeKind,
}

pub(super) enum CodeKind {
    Digits(Zeroizing<String>),
    /// A normalized recovery code: in upper case, without the dash.
    Recovery(Zeroizing<String>),
}

impl Code {
    /// Parses six ASCII digits, or a recovery code in any case, with or without its dash.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for any other text.
    pub fn parse(field: &'static str, text: String) -> Result<Self> {
        let text = Zeroizing::new(text);
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self { field, kind: CodeKind::Digits(text) });
        }
        let normalized = normalize(&text).ok_or(Error::InvalidCode { field })?;
        Ok(Self { field, kind: CodeKind::Recovery(normalized) })
    }

    /// Whether it is no recovery code.
    pub(crate) fn is_of_digits(&self) -> bool {
        self.digits().is_some()
    }

    pub(super) fn digits(&self) -> Option<&str> {
        match &self.kind {
            CodeKind::Digits(digits) => Some(digits),
            CodeKind::Recovery(_) => None,
        }
    }

    /// The refusal of a wrong, expired or used code, which does not tell these apart.
    pub(super) const fn refused(&self) -> Error {
        Error::WrongCode { field: self.field }
    }
}

/// The result of checking a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The code is right, and consumed now.
    Right,
    /// The code is right but was consumed before. That is not a guess.
    Used,
    /// The code is wrong or has expired.
    Wrong,
}

/// Brings a recovery code to the form that is hashed: in upper case, without its dash. `None` if
/// the text is not a recovery code.
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
    fn recovery_code_is_parsed_in_any_case_with_or_without_dash() {
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
        fn parsed_recovery_code_has_the_characters_of_its_text(
            text in ".*|[A-Za-z2-9]{5}-?[A-Za-z2-9]{5}|[A-Z0-9-]{9,12}",
        ) {
            if let Some(letters) = normalize(&text) {
                prop_assert_eq!(letters.len(), 10);
                prop_assert!(letters.bytes().all(|letter| ALPHABET.contains(&letter)));
                prop_assert!(text.len() == 10 || text.as_bytes()[5] == b'-');
                prop_assert_eq!(text.replacen('-', "", 1).to_uppercase(), letters.as_str());
            }
        }
    }

    #[test]
    fn generated_recovery_code_is_parsed() {
        for _ in 0..100 {
            let code = groups_of_five(ALPHABET, 2).unwrap();
            assert_eq!(
                normalize(&code.to_lowercase()).map(|letters| letters.to_string()),
                Some(code.replace('-', ""))
            );
        }
    }
}
