//! Floor 2: the rules. Plain synchronous Rust; the time is an argument.

pub mod auth;
pub mod factors;
pub mod identifier;
pub mod password;
pub mod public_key;
pub mod sessions;
mod throttle;
mod token;
pub mod users;

use crate::config::Config;
use crate::secret::{Key, KeyError};
use crate::storage::{Db, OpenError};

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
    /// The database is unusable.
    #[error(transparent)]
    Database(#[from] OpenError),
}

impl App {
    /// Opens the key file and the database, and makes them where they are missing.
    ///
    /// # Errors
    /// Either is unusable.
    pub fn open(config: Config) -> Result<Self, StartError> {
        // The database first: where it is refused, no key is left behind.
        let db = Db::open(&config.storage.database)?;
        let key = Key::load_or_create(&config.secrets.key_file)?;
        Ok(Self {
            db,
            hasher: Hasher::start(&config.password),
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
    pub fn check_ready(&self) -> crate::error::Result<()> {
        self.db.read(crate::storage::users::exists_any).map(drop)
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
