//! The address on which the server listens.

use std::fmt;
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
                 such as \"127.0.0.1:53032\""
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
        let is_bare = host.strip_prefix('[').map_or(!host.contains(':'), |v6| v6.ends_with(']'));
        is_bare && !host.is_empty() && port.parse::<u16>().is_ok()
    })
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
        for text in ["", "here", "unix:", "::1:80", "host:", ":80", "host:65536", "/run/nox.sock"] {
            assert!(Listen::try_from(text.to_owned()).unwrap_err().contains("unix:PATH"), "{text}");
        }
    }
}
