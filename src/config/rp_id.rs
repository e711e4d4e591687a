//! The domain that passkeys belong to (RP ID).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::values::ServerAddress;

/// The domain that passkeys belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RpId(String);

impl RpId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RpId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RpId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if is_rp_id(&text) {
            return Ok(Self(text));
        }
        Err(format!(
            "{text:?} is not a domain name in lower case, such as \"example.org\": no IP address, \
             no port and no path"
        ))
    }
}

impl From<RpId> for String {
    fn from(rp_id: RpId) -> Self {
        rp_id.0
    }
}

/// A host name as browsers take one for an RP ID: with a dot, or `localhost`.
fn is_rp_id(text: &str) -> bool {
    let is_host = ServerAddress::try_from(text.to_owned()).is_ok_and(|host| host.as_str() == text);
    let has_no_port = is_host && !text.contains([':', '[']);
    let is_domain = text.contains('.') && !text.split('.').any(str::is_empty);
    let is_name = is_domain && text.parse::<IpAddr>().is_err();
    has_no_port && (is_name || text == "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rp_id_is_a_domain_in_lower_case() {
        let rp_id = |text: &str| RpId::try_from(text.to_owned()).ok().map(String::from);
        for text in ["example.org", "nox.example.org", "localhost", "xn--bcher-kva.example"] {
            assert_eq!(rp_id(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "nox",
            "Example.org",
            "LOCALHOST",
            "192.0.2.1",
            "[::1]",
            "::1",
            "127.1",
            "0x7f.1",
            "example.org:443",
            "example.org.",
            ".example.org",
            "example..org",
            "example.org/",
            "https://example.org",
            "user@example.org",
            "b\u{fc}cher.example",
            " example.org",
        ] {
            assert_eq!(rp_id(text), None, "{text}");
        }
    }
}
