//! The types of `[mail]`.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// TLS from the first byte (RFC 8314), usually on port 465.
    Required,
    /// STARTTLS (RFC 3207), usually on port 587. Where the server does not offer it, no mail is
    /// sent.
    Starttls,
    /// No encryption, usually on port 25 of the same machine.
    None,
}

impl MailTls {
    /// The port on which servers usually offer it.
    const fn usual_port(self) -> u16 {
        match self {
            Self::Required => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

impl super::Mail {
    /// The port of the mail server: the one that is set, or the usual one for `tls`.
    pub(crate) fn port(&self) -> u16 {
        let set = self.port.and_then(|port| u16::try_from(port.get()).ok());
        set.unwrap_or(self.tls.usual_port())
    }
}

/// A secret in the configuration. Where the configuration is printed, `(hidden)` stands for it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hidden(String);

impl Hidden {
    /// The secret itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Reads a secret; `""` means that there is none.
    pub(super) fn deserialize_optional<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Self>, D::Error> {
        // The library's message would quote the secret.
        let text = String::deserialize(deserializer)
            .map_err(|_| D::Error::custom("expected a text in quotes"))?;
        Ok((!text.is_empty()).then_some(Self(text)))
    }
}

const HIDDEN: &str = "(hidden)";

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Hidden {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}
