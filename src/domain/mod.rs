//! Floor 2: the rules. Plain synchronous Rust; the time is an argument.

pub mod account;
pub mod auth;
pub mod changes;
pub mod factors;
pub mod fields;
pub mod identifier;
pub mod password;
pub mod pictures;
pub mod profile;
pub mod public_key;
pub mod relays;
pub mod sessions;
mod throttle;
mod token;
pub mod users;

use std::path::PathBuf;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::secret::{Key, KeyError};
use crate::storage::{Db, totp_factors, users as rows};
pub use crate::storage::{OpenError, Page};

use password::Hasher;
use throttle::InFlight;
use token::Signer;

/// Everything that the rules need, opened once for a process.
pub struct App {
    /// What the operator set.
    pub config: Config,
    db: Db,
    key: Key,
    hasher: Hasher,
    signer: Signer,
    in_flight: InFlight,
}

/// Why the instance cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key file is unusable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key file is gone, and with it what it sealed.
    #[error(
        "the key file {} is missing, and the database holds secrets that only it opens: put it back from a backup",
        .0.display()
    )]
    KeyLost(PathBuf),
    /// The database is unusable.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The database does not answer.
    #[error(transparent)]
    Query(#[from] Error),
}

impl App {
    /// Opens the key file and the database, and makes them where they are missing.
    ///
    /// # Errors
    /// Either is unusable, or the key file of this database is gone.
    pub fn open(config: Config) -> Result<Self, StartError> {
        // The database first: where it is refused, no key is left behind.
        let db = Db::open(&config.storage.database)?;
        let key_file = &config.secrets.key_file;
        if !key_file.exists() && db.read(totp_factors::exists_any)? {
            return Err(StartError::KeyLost(key_file.clone()));
        }
        let key = Key::load_or_create(key_file)?;
        Ok(Self {
            db,
            hasher: Hasher::new(&config.password),
            signer: Signer::new(&key, config.server.address.as_str()),
            in_flight: InFlight::default(),
            key,
            config,
        })
    }

    /// How many hashes are computed at once.
    #[must_use]
    pub fn hashers(&self) -> usize {
        self.hasher.threads()
    }

    /// Answers whether the database does.
    ///
    /// # Errors
    /// It does not.
    pub fn check_ready(&self) -> Result<()> {
        self.db.read(rows::exists_any).map(drop)
    }
}

#[cfg(test)]
mod testing {
    use super::App;
    use crate::config::Config;

    /// An instance in a folder of its own, with hashes that take no time.
    pub(super) fn app_with(settings: &str) -> (tempfile::TempDir, App) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nox.toml");
        std::fs::write(&file, format!("[password]\nmemory_kib = 1024\niterations = 1\n{settings}")).unwrap();
        let app = App::open(Config::load(Some(&file), std::iter::empty()).unwrap()).unwrap();
        (folder, app)
    }
}
