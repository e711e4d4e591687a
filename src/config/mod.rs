//! What an operator can set: `nox.toml`, and the environment over it.
//!
//! Values are checked as they are read, so that an error can name the file and the line.

mod environment;
mod listen;
mod log;
mod mail;
mod optional;
mod sections;
mod theme;
mod timeout;
mod values;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use listen::Listen;
pub use log::{LogFormat, LogLevel};
pub use mail::{Hidden, MailTls};
pub use sections::{
    Backup, Cookie, Instance, Limits, Log, Login, Mail, Password, Secrets, Server, Session,
    Storage, Totp, Users,
};
pub use theme::{Accent, FooterLink, WebUrl};
pub use timeout::Timeout;
pub use values::{
    CookieDomain, DefaultTag, Issuer, Network, Origin, Registration, ServerAddress, Within,
};

/// Why there is no usable configuration. Its text is one line that says where and what would be
/// right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A key or a value is wrong.
    #[error("{place}: {message}")]
    Invalid {
        /// File and line, or the environment variable.
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

/// The whole configuration, complete: what is not set has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "nox.toml documents every key, and a test holds the two equal")]
pub struct Config {
    pub server: Server,
    pub storage: Storage,
    pub secrets: Secrets,
    pub session: Session,
    pub cookie: Cookie,
    pub password: Password,
    pub login: Login,
    pub totp: Totp,
    pub users: Users,
    pub instance: Instance,
    pub mail: Mail,
    pub backup: Backup,
    pub log: Log,
    pub limits: Limits,
}

impl Config {
    /// Reads the file that is named, or `nox.toml` in the working directory where there is one, and
    /// lays the environment variables `NOX_SECTION__KEY` over it. Relative paths start at the
    /// file's folder.
    ///
    /// # Errors
    /// The named file cannot be read, or a key or a value is wrong.
    pub fn load(
        named: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new("nox.toml"));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
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

    /// The whole configuration as a file would have it; secrets are left out.
    ///
    /// # Errors
    /// Never in practice: every value has its form in TOML.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The host by which the world reaches the server.
    #[must_use]
    pub fn host(&self) -> String {
        self.server.public_url.host()
    }

    /// Whether browsers reach the server by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.server.public_url.as_str().starts_with("https://")
    }
}

fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let line =
        error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    ConfigError::Invalid {
        place: format!("{}, line {line}", path.display()),
        message: plain(error),
    }
}

/// A text that may hold anything, in one line.
fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// The library's message in one line and without the names of Rust's types.
fn plain(error: &toml::de::Error) -> String {
    let mut line = visible(&error.message().lines().collect::<Vec<_>>().join("; "));
    for (theirs, ours) in [
        ("expected i64", "expected a whole number"),
        ("wanted string or table", "expected a text in quotes"),
        ("expected a string", "expected a text in quotes"),
        ("expected a sequence", "expected a list in brackets"),
        ("expected a boolean", "expected true or false"),
    ] {
        line = line.replace(theirs, ours);
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
