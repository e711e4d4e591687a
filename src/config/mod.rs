//! The configuration: `nox.toml`, overridden by environment variables.
//!
//! Each value is checked while it is read, so that an error can name the file and the line.

mod demand;
mod draft;
mod environment;
mod interval;
mod label;
mod listen;
mod log;
mod lookalike;
mod mail;
mod mistakes;
mod names;
mod needs;
mod optional;
mod origin;
mod reload;
mod rp_id;
mod sections;
mod theme;
mod timeout;
mod together;
mod values;
mod within;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::files;
pub(crate) use demand::Demanded;
use draft::Draft;
pub(crate) use environment::clean;
pub use listen::Listen;
pub(crate) use log::{LogFormat, LogLevel};
pub(crate) use mail::{Hidden, MailTls};
pub(crate) use needs::Needs;
pub(crate) use reload::Reloaded;
pub use sections::Server;
pub(crate) use sections::{
    Backup, Cookie, Instance, Limits, Log, Login, Mail, Metrics, Passkeys, Password, Secrets,
    Session, Storage, Totp, Users,
};
pub(crate) use theme::WebUrl;
pub(crate) use values::Registration;
pub use values::{Network, Origin, ServerAddress};

use origin::{Origins, location};

/// Where the configuration is looked for if no file is named.
const DEFAULT_FILES: [&str; 2] = ["nox.toml", "/etc/nox/nox.toml"];

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
    pub(crate) passkeys: Passkeys,
    pub(crate) users: Users,
    pub(crate) instance: Instance,
    pub(crate) mail: Mail,
    pub(crate) backup: Backup,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    pub(crate) limits: Limits,
    #[serde(skip)]
    origins: Origins,
}

/// A configuration, and what the operator should know about it.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// Mistakes in keys that the command does not use, which have their defaults, and variables
    /// that are not read.
    pub(crate) warnings: Vec<String>,
}

impl Config {
    /// Every section with its keys.
    const KEYS: [(&'static str, &'static [&'static str]); 16] = [
        ("server", Server::KEYS),
        ("storage", Storage::KEYS),
        ("secrets", Secrets::KEYS),
        ("session", Session::KEYS),
        ("cookie", Cookie::KEYS),
        ("password", Password::KEYS),
        ("login", Login::KEYS),
        ("totp", Totp::KEYS),
        ("passkeys", Passkeys::KEYS),
        ("users", Users::KEYS),
        ("instance", Instance::KEYS),
        ("mail", Mail::KEYS),
        ("backup", Backup::KEYS),
        ("metrics", Metrics::KEYS),
        ("log", Log::KEYS),
        ("limits", Limits::KEYS),
    ];

    /// Reads a configuration file, and then the environment variables `NOX_SECTION__KEY`, which
    /// override it. Without a path, the file is the first of [`DEFAULT_FILES`] that exists, and
    /// there may be none. Relative paths in the file start at its folder.
    ///
    /// # Errors
    /// The file cannot be read, a key is unknown, or a value is not valid.
    pub fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::load_for(file, variables, &Needs::Everything).map(|loaded| loaded.config)
    }

    /// The same for a command that uses only these keys: a mistake in another one does not stop it.
    pub(crate) fn load_for(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
        needs: &Needs,
    ) -> Result<Loaded, ConfigError> {
        let path = match file {
            Some(file) => Some(file),
            None => find(&DEFAULT_FILES)?,
        };
        let mut draft = match path {
            Some(path) => Draft::read(path, &read(path)?, needs)?,
            None => Draft::default(),
        };
        for (variable, text) in variables {
            draft.set(&variable, &text, needs)?;
        }
        let mut loaded = draft.finish(needs)?;
        loaded.config.anchor(path.and_then(Path::parent).unwrap_or(Path::new("")));
        Ok(loaded)
    }

    /// Lets relative paths start at this folder.
    fn anchor(&mut self, folder: &Path) {
        let Self { server, storage, secrets, mail, backup, instance, metrics, .. } = self;
        let required = [&mut storage.database, &mut secrets.key_file, &mut backup.folder];
        let optional = [
            instance.logo.as_mut(),
            mail.password_file.as_mut(),
            mail.ca_file.as_mut(),
            server.listen.path_mut(),
            metrics.listen.as_mut().and_then(Listen::path_mut),
        ];
        for path in required.into_iter().chain(optional.into_iter().flatten()) {
            *path = folder.join(&*path);
        }
    }

    /// The configuration file, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.origins.file.as_deref()
    }

    /// The files that this configuration means, for an operator who wonders which ones are used.
    pub(crate) fn files_in_use(&self) -> String {
        let (database, key_file) = (&self.storage.database, &self.secrets.key_file);
        let (database, key_file) = (database.display(), key_file.display());
        format!("{}; the database is {database}, the key file {key_file}", self.source())
    }

    /// Which file the configuration comes from, for messages about what is not where it was looked
    /// for.
    pub(crate) fn source(&self) -> String {
        match self.file() {
            Some(file) => format!("the configuration is {}", file.display()),
            None => {
                format!("no configuration file was found: looked for {}", DEFAULT_FILES.join(", "))
            }
        }
    }

    /// Where a key such as `mail.from` is set: the file and the line, or the variable. `None` where
    /// it has its default.
    pub(crate) fn place(&self, key: &str) -> Option<&str> {
        self.origins.find(key)
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

    /// Whether the public URL is of this machine alone.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.host().as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// Whether browsers reach the server over HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.server.public_url.as_str().starts_with("https://")
    }

    /// What tells browsers with every answer to come over HTTPS only (RFC 6797): for two years, as
    /// their preload lists recommend.
    pub(crate) fn strict_transport(&self) -> Option<&'static str> {
        (self.server.hsts && self.is_https()).then_some("max-age=63072000")
    }
}

fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start);
    let message = plain(error) + &lookalike::hint(text, start).unwrap_or_default();
    ConfigError::Invalid { location: location(path, text, start), message }
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

/// The first file that exists. One that cannot be examined is not passed over.
fn find(paths: &[&'static str]) -> Result<Option<&'static Path>, ConfigError> {
    for path in paths.iter().copied().map(Path::new) {
        match files::exists(path) {
            Ok(true) => return Ok(Some(path)),
            Ok(false) => {}
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    files::read_text(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
