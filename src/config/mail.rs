//! The types of `[mail]`.

use std::fmt;
use std::net::IpAddr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use url::Host;

/// The name or the address of the mail server, without brackets and without a dot at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct MailHost(String);

impl MailHost {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MailHost {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let host = text.parse::<IpAddr>().map_or_else(
            |_| match Host::parse(&text) {
                Ok(Host::Domain(name)) => Some(name.trim_end_matches('.').to_owned()),
                Ok(Host::Ipv4(ip)) => Some(ip.to_string()),
                Ok(Host::Ipv6(ip)) => Some(ip.to_string()),
                Err(_) => None,
            },
            |ip| Some(ip.to_string()),
        );
        host.filter(|host| !host.is_empty()).map(Self).ok_or_else(|| {
            format!(
                "{text:?} is not the name of a host, such as \"smtp.example.org\"; its port is \
                 mail.port"
            )
        })
    }
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

impl TryFrom<String> for MailTls {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let all = [Self::Required, Self::Starttls, Self::None];
        let named = all.into_iter().find(|tls| tls.as_str() == text);
        named.ok_or_else(|| {
            format!("{text:?} is not a value of tls: \"required\", \"starttls\" or \"none\"")
        })
    }
}

impl MailTls {
    /// The value of the key.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }

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
    /// How the connection is encrypted: as it is set, or as is usual on the port.
    pub(crate) fn tls(&self) -> MailTls {
        let usual =
            if self.set_port() == Some(465) { MailTls::Required } else { MailTls::Starttls };
        self.tls.unwrap_or(usual)
    }

    /// The port of the mail server: the one that is set, or the usual one for `tls`.
    pub(crate) fn port(&self) -> u16 {
        self.set_port().unwrap_or(self.tls().usual_port())
    }

    fn set_port(&self) -> Option<u16> {
        self.port.and_then(|port| u16::try_from(port.get()).ok())
    }

    /// What is meant where port and `tls` contradict each other: no mail arrives then, except by a
    /// server that is set up in an unusual way.
    pub(crate) fn contradiction(&self) -> Option<String> {
        let set = self.tls();
        let (usual, speak) = match self.port() {
            465 => (MailTls::Required, "speak TLS from the start"),
            587 => (MailTls::Starttls, "begin without TLS and change to it by STARTTLS"),
            25 if set == MailTls::Required => {
                (MailTls::Starttls, "begin without TLS and change to it by STARTTLS")
            }
            _ => return None,
        };
        (self.host.is_some() && set != usual).then(|| {
            format!(
                "mail.tls = \"{}\" does not fit mail.port = {}, on which mail servers {speak}: set \
                 mail.tls = \"{}\", or port {}",
                set.as_str(),
                self.port(),
                usual.as_str(),
                set.usual_port()
            )
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_host_is_a_name_or_an_address_alone() {
        let host = |text: &str| MailHost::try_from(text.to_owned());
        for (given, stored) in [
            ("smtp.example.org", "smtp.example.org"),
            ("Smtp.Example.org.", "smtp.example.org"),
            ("mail_server", "mail_server"),
            ("localhost", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("mail.bücher.example", "mail.xn--bcher-kva.example"),
        ] {
            assert_eq!(host(given).unwrap().as_str(), stored);
        }
        for text in [
            "https://smtp.example.org",
            "smtp://smtp.example.org",
            "smtp.example.org:587",
            "[::1]:25",
            "smtp example",
            " smtp.example.org",
            "nox@example.org",
            "smtp.example.org/",
            ".",
        ] {
            assert!(host(text).unwrap_err().contains("mail.port"), "{text}");
        }
    }
}
