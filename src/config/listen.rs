//! The address on which the server listens.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

const UNIX: &str = "unix:";

/// The address on which the server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Listen {
    /// `host:port` or `[v6]:port`.
    Tcp(String),
    /// The path of a unix socket, which the server creates.
    Unix(PathBuf),
}

impl Listen {
    /// The path, where the address is a unix socket.
    pub(super) const fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Tcp(_) => None,
            Self::Unix(path) => Some(path),
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self::Tcp("127.0.0.1:53032".into())
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let path = text
            .strip_prefix(UNIX)
            .filter(|path| !path.is_empty())
            .map(|path| Self::Unix(path.into()));
        path.or_else(|| is_address(&text).then(|| Self::Tcp(text.clone()))).ok_or_else(|| {
            format!(
                "{text:?} is not an address to listen on, host:port, [v6]:port or unix:PATH, \
                 such as \"127.0.0.1:53032\"; \"0.0.0.0:53032\" is every address of IPv4"
            )
        })
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> Self {
        listen.to_string()
    }
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = v6.map_or_else(|| is_name(host), |v6| v6.parse::<Ipv6Addr>().is_ok());
        is_host && port.parse::<u16>().is_ok()
    })
}

/// Whether a text may be the name of a host, or an address of IPv4.
fn is_name(text: &str) -> bool {
    let is_in_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    !text.is_empty() && text.chars().all(is_in_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_address_is_written_as_it_was_read() {
        for text in [
            "127.0.0.1:0",
            "localhost:80",
            "[::1]:53032",
            "unix:nox.sock",
            "unix:/run/nox/nox.sock",
            "unix::1",
        ] {
            let listen = Listen::try_from(text.to_owned()).unwrap();
            assert_eq!(matches!(listen, Listen::Unix(_)), text.starts_with("unix:"), "{text}");
            assert_eq!(String::from(listen), text);
        }
        for text in [
            "",
            "here",
            "unix:",
            "::1:80",
            "host:",
            ":80",
            "host:65536",
            "/run/nox.sock",
            "*:80",
            " 127.0.0.1:80",
            "tcp://127.0.0.1:80",
            "[::1%eth0]:80",
            "[a]:80",
        ] {
            assert!(Listen::try_from(text.to_owned()).unwrap_err().contains("unix:PATH"), "{text}");
        }
    }
}
