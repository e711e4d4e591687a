//! What people type as a second factor: six digits, or a recovery code.

use zeroize::Zeroizing;

use crate::domain::factors::recovery;
use crate::error::{Error, Result};

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
        let normalized = recovery::normalize(&text).ok_or(Error::InvalidCode { field })?;
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
