//! A password as it is typed and as it is hashed.

use secrecy::{ExposeSecret, SecretString};

use crate::normalization::nfc_of_secret;

/// A password in clear text: wiped when dropped, never shown, brought into Unicode's form NFC (NIST
/// SP 800-63B-4, 3.1.1.2) and otherwise used exactly as it was typed.
#[derive(Clone)]
pub(crate) struct Password {
    pub(super) normalized: SecretString,
    /// The text as it was typed, if NFC changes it. Earlier versions hashed that.
    pub(super) typed: Option<SecretString>,
}

impl Password {
    /// The length as it was typed, in Unicode scalar values.
    #[must_use]
    pub(crate) fn length(&self) -> usize {
        length(self.typed.as_ref().unwrap_or(&self.normalized))
    }

    /// The length in NFC, in Unicode scalar values.
    #[must_use]
    pub(crate) fn normalized_length(&self) -> usize {
        length(&self.normalized)
    }
}

fn length(text: &SecretString) -> usize {
    text.expose_secret().chars().count()
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        match nfc_of_secret(&text) {
            None => Self { normalized: text.into(), typed: None },
            Some(normalized) => {
                Self { normalized: normalized.as_str().into(), typed: Some(text.into()) }
            }
        }
    }
}
