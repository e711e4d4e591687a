//! The types of configuration values. Each accepts only valid values, and says in its error what is
//! expected.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// A newtype over a text. `$parse` returns the text that is stored, or `None` where the given one
/// is not valid; `$expected` completes the error message "… is not".
macro_rules! text_type {
    ($(#[$doc:meta])* $vis:vis $name:ident, $parse:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        $vis struct $name(String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                $parse(&text).map(Self).ok_or_else(|| format!("{text:?} is not {}", $expected))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text_type!(
    /// The instance's Nox address, in lower case: `host`, or `host:port`.
    pub ServerAddress, server_address, "a host name or host:port, such as \"nox.example.org\""
);
text_type!(
    /// An origin (RFC 6454): scheme, host and port, without a path.
    pub Origin, origin,
    "an origin such as \"https://nox.example.org\": http:// or https://, a host, no path"
);
text_type!(
    /// The name that authenticator apps show.
    pub(crate) Issuer, issuer, "a name of 1 to 64 characters without : and %"
);
text_type!(
    /// The name by which mail servers are greeted: a host name, or an IP address.
    pub(crate) HelloName, hello_name,
    "a full host name such as \"nox.example.org\", or an IP address"
);
text_type!(
    /// The domain whose hosts share the session cookie.
    pub(crate) CookieDomain, cookie_domain, "a domain name in lower case, such as \"example.org\""
);
text_type!(
    /// A tag that every user has, shown as `dft:…`.
    pub(crate) DefaultTag, default_tag, "a tag of a-z, 0-9 and _, without a prefix"
);

fn server_address(text: &str) -> Option<String> {
    origin(&format!("https://{text}"))?.strip_prefix("https://").map(Into::into)
}

fn issuer(text: &str) -> Option<String> {
    let is_valid = !text.is_empty() && text.len() <= 64 && !text.contains([':', '%']);
    is_valid.then(|| text.into())
}

/// A name with a dot, in lower case, or an address without the brackets of a URL or of SMTP.
fn hello_name(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let bare = bare.strip_prefix("IPv6:").unwrap_or(bare);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    server_address(text).filter(|name| name.contains('.') && !name.contains([':', '[']))
}

fn cookie_domain(text: &str) -> Option<String> {
    let name = text.strip_prefix('.').unwrap_or(text);
    let has_no_port = server_address(name)? == name && !name.contains(':');
    let is_domain = name.contains('.') && !name.split('.').any(str::is_empty);
    (has_no_port && is_domain).then(|| name.into())
}

fn default_tag(text: &str) -> Option<String> {
    let is_allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let is_valid = !text.is_empty() && text.len() <= 64 && text.bytes().all(is_allowed);
    is_valid.then(|| text.into())
}

impl ServerAddress {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without the port.
    pub(crate) fn host(&self) -> String {
        Origin(format!("https://{}", self.0)).host()
    }
}

impl HelloName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Issuer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ServerAddress {
    fn default() -> Self {
        Self("localhost:53032".into())
    }
}

impl Default for Origin {
    fn default() -> Self {
        Self("http://localhost:53032".into())
    }
}

impl DefaultTag {
    pub(super) fn defaults() -> Vec<Self> {
        ["can_self_edit", "can_file_upload"].map(|tag| Self(tag.into())).into()
    }
}

impl Origin {
    /// Reads the origin that a browser sends; `None` for `null` and for other texts that are not an
    /// origin.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        origin(text).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without the port.
    pub(crate) fn host(&self) -> String {
        Url::parse(&self.0).ok().and_then(|url| url.host_str().map(Into::into)).unwrap_or_default()
    }

    /// The port, unless it is the default port of the scheme.
    pub(crate) fn explicit_port(&self) -> Option<u16> {
        Url::parse(&self.0).ok()?.port()
    }

    /// The port; where the origin has none, the default port of its scheme.
    pub(crate) fn port(&self) -> Option<u16> {
        Url::parse(&self.0).ok()?.port_or_known_default()
    }
}

/// The canonical form of an http or https origin: in lower case, without the default port. `None`
/// where the text has another part, such as a path or a user.
fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains(char::is_whitespace);
    is_origin.then(|| url.origin().ascii_serialization())
}

/// A network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether an address is in the network.
    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }

    /// The loopback networks of IPv4 and IPv6.
    pub(super) fn loopback() -> Vec<Self> {
        let v4 = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
        let v6 = Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128);
        vec![Self(v4.into()), Self(v6.into())]
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| address());
        network.map(Self).map_err(|_| {
            format!("{text:?} is neither a network such as \"10.0.0.0/8\" nor an address")
        })
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// Reads a path that is not empty.
pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("the path is empty")) } else { Ok(text.into()) }
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registration {
    /// No one: only the operator creates accounts.
    Closed,
    /// Everyone.
    Open,
    /// Visitors with an invitation of the operator.
    Invite,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_stored_in_their_canonical_form() {
        for (given, canonical) in [
            ("https://Nox.Example.org", "https://nox.example.org"),
            ("https://nox.example.org:443/", "https://nox.example.org"),
            ("http://[::1]:53032", "http://[::1]:53032"),
        ] {
            assert_eq!(Origin::parse(given).unwrap().as_str(), canonical);
        }
        for refused in [
            "null",
            "",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://a@b",
            "https://a b",
            "file:///",
        ] {
            assert_eq!(Origin::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn server_address_is_stored_in_lower_case_with_its_port() {
        let address = |text: &str| ServerAddress::try_from(text.to_owned());
        assert_eq!(address("Hactazia.fr").unwrap().as_str(), "hactazia.fr");
        assert_eq!(address("localhost:53032").unwrap().as_str(), "localhost:53032");
        assert!(address("").is_err() && address("a/b").is_err() && address("user@a").is_err());
    }

    #[test]
    fn cookie_domain_is_refused_with_a_port() {
        let domain = |text: &str| CookieDomain::try_from(text.to_owned()).ok().map(String::from);
        assert_eq!(domain(".example.org").as_deref(), Some("example.org"));
        for text in [
            "example.org:8080",
            "Example.org",
            "localhost",
            "..",
            "example..org",
            "example.org.",
            "a/b.c",
            "",
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
    }
}
