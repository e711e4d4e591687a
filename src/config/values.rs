//! The types of configuration values: each knows what is right, and says so where it is not.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u32")]
pub struct Within<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Within<MIN, MAX> {
    /// For defaults: a number outside the range does not build.
    pub(super) const fn new(value: u32) -> Self {
        assert!(MIN <= value && value <= MAX, "a default must be within its range");
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<i64> for Within<MIN, MAX> {
    type Error = String;

    fn try_from(value: i64) -> Result<Self, String> {
        u32::try_from(value)
            .ok()
            .filter(|value| (MIN..=MAX).contains(value))
            .map(Self)
            .ok_or_else(|| format!("{value} is not between {MIN} and {MAX}"))
    }
}

impl<const MIN: u32, const MAX: u32> From<Within<MIN, MAX>> for u32 {
    fn from(value: Within<MIN, MAX>) -> Self {
        value.0
    }
}

/// A text newtype: what it accepts, and what it says otherwise.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $accept:expr, $right:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let accept: fn(&str) -> Option<String> = $accept;
                accept(&text).map(Self).ok_or_else(|| format!("{text:?} is not {}", $right))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text!(
    /// The instance's Nox address, in lower case: `host`, or `host:port`.
    ServerAddress, |text| origin(&format!("https://{text}"))?.strip_prefix("https://").map(Into::into),
    "a host name or host:port, such as \"nox.example.org\""
);
text!(
    /// An origin (RFC 6454): scheme, host and port, without a path.
    Origin, origin, "an origin such as \"https://nox.example.org\": http:// or https://, a host, no path"
);
text!(
    /// The name that authenticator apps show.
    Issuer, |text| (!text.is_empty() && !text.contains([':', '%']) && text.len() <= 64).then(|| text.into()),
    "a name of 1 to 64 characters without : and %"
);
text!(
    /// The domain whose hosts share the session cookie.
    CookieDomain, |text| {
        let name = text.strip_prefix('.').unwrap_or(text);
        let is_host = origin(&format!("https://{name}"))?.strip_prefix("https://")? == name && !name.contains(':');
        (is_host && name.contains('.') && !name.split('.').any(str::is_empty)).then(|| name.into())
    },
    "a domain name in lower case, such as \"example.org\""
);
text!(
    /// A tag that every user has, shown as `dft:…`.
    DefaultTag, |text| {
        let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        (!text.is_empty() && text.len() <= 64 && text.bytes().all(plain)).then(|| text.into())
    },
    "a tag of a-z, 0-9 and _, without a prefix"
);

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

impl Default for Issuer {
    fn default() -> Self {
        Self("Nox".into())
    }
}

impl DefaultTag {
    pub(super) fn defaults() -> Vec<Self> {
        ["can_self_edit", "can_file_upload"].map(|tag| Self(tag.into())).into()
    }
}

impl Origin {
    /// Reads an origin as a browser sends it; `None` for `null` and for all else that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        origin(text).map(Self)
    }

    /// Its host, without the port.
    #[must_use]
    pub fn host(&self) -> String {
        Url::parse(&self.0).ok().and_then(|url| url.host_str().map(Into::into)).unwrap_or_default()
    }

    /// Its port, the scheme's own where none is named.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        Url::parse(&self.0).ok()?.port_or_known_default()
    }
}

/// The canonical form of an http or https origin: lower case, no default port; `None` for anything
/// that has more to it.
fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let whole = matches!(url.scheme(), "http" | "https")
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains(char::is_whitespace);
    whole.then(|| url.origin().ascii_serialization())
}

/// A network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether an address lies in it.
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }

    /// Both loopback networks.
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
            format!("{text:?} is not a network such as \"10.0.0.0/8\", nor an address")
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

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Nobody but the operator.
    Closed,
    /// Anybody.
    Open,
    /// Whoever is invited. There are no invitations yet, so: nobody.
    Invite,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_in_one_form() {
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
    fn addresses_keep_their_port_and_lose_their_case() {
        let address = |text: &str| ServerAddress::try_from(text.to_owned());
        assert_eq!(address("Hactazia.fr").unwrap().as_str(), "hactazia.fr");
        assert_eq!(address("localhost:53032").unwrap().as_str(), "localhost:53032");
        assert!(address("").is_err() && address("a/b").is_err() && address("user@a").is_err());
    }

    #[test]
    fn a_cookie_is_for_a_domain_and_no_port() {
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
