//! The code that a user types as a second factor: six digits, or a recovery code.

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::normalization;

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
    /// Parses six digits, or a recovery code, as people copy them: in any case, and with or without
    /// dashes, blanks, quotation marks and other punctuation.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for any other text.
    pub fn parse(field: &'static str, text: String) -> Result<Self> {
        let text = Zeroizing::new(text);
        let code = normalization::code(&text);
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self { field, kind: CodeKind::Digits(code) });
        }
        if code.len() == 10 && code.bytes().all(|letter| ALPHABET.contains(&letter)) {
            return Ok(Self { field, kind: CodeKind::Recovery(code) });
        }
        Err(Error::InvalidCode { field })
    }

    /// [`Self::parse`] for a field that may be left empty.
    pub(crate) fn parse_optional(field: &'static str, text: String) -> Result<Option<Self>> {
        let text = Zeroizing::new(text);
        let is_empty = normalization::trim(&text).is_empty();
        if is_empty { Ok(None) } else { Self::parse(field, text.to_string()).map(Some) }
    }

    /// Whether it is six digits, and not a recovery code.
    pub(crate) fn is_digits(&self) -> bool {
        self.digits().is_some()
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

    /// The code as it is compared.
    pub(in crate::domain) fn normalized(&self) -> &str {
        match &self.kind {
            CodeKind::Digits(text) | CodeKind::Recovery(text) => text,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::groups_of_five;
    use proptest::prelude::*;

    /// What a text is parsed as: the digits, or the recovery code as it is hashed.
    fn parse(text: &str) -> Option<String> {
        match Code::parse("code", text.to_owned()).ok()?.kind {
            CodeKind::Digits(text) | CodeKind::Recovery(text) => Some(text.to_string()),
        }
    }

    #[test]
    fn recovery_code_is_parsed_as_people_copy_it() {
        let copied = ["ABCDE-FGHJK", "abcdefghjk", "aBcDe FgHjK\n", "abcde–fghjk.", "ABCD-EFGHJK"];
        for text in copied {
            assert_eq!(parse(text).as_deref(), Some("ABCDEFGHJK"), "{text}");
        }
        for text in ["", "ABCDE-FGHJ", "ABCDE-FGHI0", "ABCDEFGHJKL", "ÄBCDE-FGHK", "ABCDE+FGHJK"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn six_digits_are_parsed_as_people_copy_them() {
        for text in ["123456", "123 456", "123\u{a0}456", "１２３４５６", "١٢٣٤٥٦", "\t123-456\r\n"]
        {
            assert_eq!(parse(text).as_deref(), Some("123456"), "{text}");
        }
        for text in ["12 345", "12345a", "1234567", "12345\0", "+123456", "²23456a", "123456789a"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsed_code_has_the_characters_of_its_text(
            text in ".*|[A-Za-z2-9]{5}-?[A-Za-z2-9]{5}|[A-Z0-9 .-]{6,12}",
        ) {
            let Some(code) = parse(&text) else { return Ok(()) };
            prop_assert!(
                code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
                    || code.len() == 10 && code.bytes().all(|letter| ALPHABET.contains(&letter))
            );
            if text.is_ascii() {
                let kept: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
                prop_assert_eq!(kept.to_ascii_uppercase(), code);
            }
        }
    }

    #[test]
    fn generated_recovery_code_is_parsed() {
        for _ in 0..100 {
            let code = groups_of_five(ALPHABET, 2).unwrap();
            assert_eq!(parse(&code.to_lowercase()), Some(code.replace('-', "")));
        }
    }
}
