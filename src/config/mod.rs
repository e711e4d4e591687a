//! The configuration: `nox.toml`, overridden by environment variables.
//!
//! Each value is checked while it is read, so that an error can name the file and the line.

mod environment;
mod listen;
mod log;
mod mail;
mod optional;
mod sections;
mod theme;
mod timeout;
mod values;
mod within;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use listen::Listen;
pub(crate) use log::{LogFormat, LogLevel};
pub(crate) use mail::{Hidden, MailTls};
pub use sections::Server;
pub(crate) use sections::{
    Backup, Cookie, Instance, Limits, Log, Login, Mail, Password, Secrets, Session, Storage, Totp,
    Users,
};
pub(crate) use theme::{FooterLink, WebUrl};
pub(crate) use values::Registration;
pub use values::{Network, Origin, ServerAddress};

/// Why the configuration cannot be used. The message is one line, and says where the error is and
/// what is expected there.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A key is unknown, or a value is not valid.
    #[error("{location}: {message}")]
    Invalid {
        /// The file and the line, or the environment variable.
        location: String,
        /// What is wrong, and what is expected.
        message: String,
    },
}

/// The whole configuration. A key that is not set has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the server listens, and how clients reach it.
    pub server: Server,
    pub(crate) storage: Storage,
    pub(crate) secrets: Secrets,
    pub(crate) session: Session,
    pub(crate) cookie: Cookie,
    pub(crate) password: Password,
    pub(crate) login: Login,
    pub(crate) totp: Totp,
    pub(crate) users: Users,
    pub(crate) instance: Instance,
    pub(crate) mail: Mail,
    pub(crate) backup: Backup,
    pub(crate) log: Log,
    pub(crate) limits: Limits,
}

impl Config {
    /// Reads a configuration file, and then the environment variables `NOX_SECTION__KEY`, which
    /// override it. Without a path, the file is `nox.toml` in the working directory, and may be
    /// missing. Relative paths in the file start at its folder.
    ///
    /// # Errors
    /// The file cannot be read, a key is unknown, or a value is not valid.
    pub fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new("nox.toml"));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        Self::parse(&text).map_err(|error| invalid(path, &text, &error))?;
        let table = text.parse().map_err(|error| invalid(path, &text, &error))?;
        let mut config = environment::overlay(table, variables)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let Self { server, storage, secrets, mail, backup, instance, .. } = &mut config;
        let required = [&mut storage.database, &mut secrets.key_file, &mut backup.folder];
        let optional = [
            instance.logo.as_mut(),
            mail.password_file.as_mut(),
            mail.ca_file.as_mut(),
            server.listen.path_mut(),
        ];
        for path in required.into_iter().chain(optional.into_iter().flatten()) {
            *path = folder.join(&*path);
        }
        Ok(config)
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The whole configuration as TOML, with each secret replaced by `(hidden)`.
    pub(crate) fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The host name of `server.public_url`.
    #[must_use]
    pub fn host(&self) -> String {
        self.server.public_url.host()
    }

    /// Whether browsers reach the server over HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.server.public_url.as_str().starts_with("https://")
    }
}

fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let line =
        error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    ConfigError::Invalid {
        location: format!("{}, line {line}", path.display()),
        message: plain(error),
    }
}

/// Replaces control characters, among them line breaks, so that a message is one printable line.
fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// The library's message in one line, without the names of Rust types.
///
/// The original texts are those of `toml` 1.2.1 and `serde_core` 1.0.229. A later version may have
/// other words; the tests then show which texts no longer match.
fn plain(error: &toml::de::Error) -> String {
    let mut line = visible(&error.message().lines().collect::<Vec<_>>().join("; "));
    for (original, replacement) in [
        ("expected i64", "expected a whole number"),
        ("wanted string or table", "expected a text in quotes"),
        ("expected a string", "expected a text in quotes"),
        ("expected a sequence", "expected a list in brackets"),
        ("expected a boolean", "expected true or false"),
    ] {
        line = line.replace(original, replacement);
    }
    match line.split_once("expected struct ") {
        Some((start, section)) => {
            format!("{start}expected a section, [{}]", section.to_lowercase())
        }
        None => line,
    }
}

#[cfg(test)]
mod tests;
