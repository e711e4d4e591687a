//! Floor 2: the rules, in plain synchronous Rust. The time is an argument, so that tests can choose
//! it.
//!
//! Start reading at [`auth`], the rule of a login, or at [`sessions`], the check of every request.
//! A change of an account is one unit of work ([`change`]), which reports [`event`]s to the
//! [`audit`] log and to [`mail`]. What may be tried how often is in [`throttle`]. All of it works
//! on an open instance, [`App`].

pub mod accounts;
pub(crate) mod address;
pub mod audit;
pub mod auth;
pub mod backup;
mod change;
mod clock;
mod devices;
pub mod doctor;
pub mod email_confirmation;
pub(crate) mod event;
pub mod factors;
pub(crate) mod import;
pub(crate) mod invitations;
pub mod keys;
pub mod lockouts;
pub mod mail;
pub(crate) mod metrics;
mod network;
mod paged;
mod parts;
pub(crate) mod passkeys;
pub mod password;
pub(crate) mod password_links;
mod password_proof;
pub(crate) mod pending_login;
pub mod pictures;
mod present;
pub mod principal;
pub mod public_key;
pub(crate) mod ready;
pub mod relays;
mod reveal;
mod running;
pub(crate) mod scrape;
pub mod sessions;
pub(crate) mod setup;
pub mod stats;
pub mod sweep;
#[cfg(test)]
mod testing;
mod throttle;
mod token;

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Config, Reloaded};
use crate::crypto::{Key, KeyError};
use crate::error::{Error, Result};
use crate::files;
use crate::storage::{Db, users};
pub(crate) use crate::storage::{OpenError, Pagination, Trouble, Unusable};

pub(crate) use paged::Paged;
#[cfg(fuzzing)]
pub use passkeys::fuzzing;
pub use running::Running;

use keys::HashKey;
use mail::{MailError, Mailer};
use metrics::Metrics;
use password::Hasher;
use setup::Noticed;
use throttle::InFlight;
use token::Signer;

/// An open instance: its configuration, database and keys. A process opens it once. A server whose
/// configuration is read again has a new one, which shares what is open with the last
/// ([`App::reload`]); work that began with one ends with it.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// Whether opening it has created its database.
    pub(crate) is_new: bool,
    db: Arc<Db>,
    key: Arc<Key>,
    hash_key: HashKey,
    hasher: Hasher,
    signer: Signer,
    in_flight: Arc<InFlight>,
    mailer: Mailer,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) noticed: Arc<Noticed>,
}

/// The way out where a key file is lost for good.
const REPLACES: &str = "nox key replace --lose-second-factors makes a new key, and accounts and \
    passwords stay";

/// Why the instance cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key file is missing, but the database holds secrets that it sealed.
    #[error(
        "the key file {} is missing, and the database holds second factors that only this key \
         opens: put a copy of the key file in its place, or restore a backup that was made \
         --with-key. A server that runs has the file open in /proc/PID/fd: do not stop it before \
         you have a copy. If there is none, {REPLACES}",
        .0.display()
    )]
    KeyLost(PathBuf),
    /// The key file belongs to another database.
    #[error(
        "the key file {} is not the one of this database, which holds second factors that only \
         the right key opens: put a copy of the right one in its place; if there is none, \
         {REPLACES}",
        .0.display()
    )]
    KeyForeign(PathBuf),
    /// The key file is not lost.
    #[error(
        "the key file {} is the one of this database, and nothing is lost: to replace it, run nox \
         key rotate",
        .0.display()
    )]
    KeyFits(PathBuf),
    /// The settings for mail are wrong.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// There is no database, and this command creates none.
    #[error(
        "there is no database at {} (storage.database); {source_of_configuration}; name the right \
         file with --config or NOX_CONFIG, or create the instance with nox user add NAME --admin",
        path.display()
    )]
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
        /// Where the configuration comes from.
        source_of_configuration: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A query failed while the instance was opened.
    #[error(transparent)]
    Query(#[from] Error),
}

impl App {
    /// Opens an instance that exists. A command in the wrong folder must not create another one.
    ///
    /// # Errors
    /// [`StartError::NoDatabase`], or those of [`App::open`].
    pub(crate) fn open_existing(config: Config) -> Result<Self, StartError> {
        require_database(&config)?;
        Self::open(config)
    }

    /// Opens the database and the key file, and creates them if they are missing.
    ///
    /// # Errors
    /// One of them cannot be used, or the key file of this database is missing.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let is_new = lacks_database(&config);
        // The database comes first: if it is refused, no new key file is left behind.
        let db = Arc::new(Db::open(&config.storage.database)?);
        let (key, hash_key) = keys::open(&db, &config.secrets.key_file)?;
        warn_of_owner(&config);
        Ok(Self {
            is_new,
            hasher: Hasher::new(&config.password),
            signer: Signer::new(&key, config.server.address.as_str()),
            in_flight: Arc::default(),
            metrics: Arc::new(Metrics::new()),
            noticed: Arc::default(),
            mailer: Mailer::new(&config, Arc::clone(&db)),
            db,
            key: Arc::new(key),
            hash_key,
            config,
        })
    }

    /// The same instance with a configuration that was read again, and which keys differ. What is
    /// read from files at the start is read from them again, and the key file is checked.
    ///
    /// # Errors
    /// The next start would refuse the key file, or the settings for mail are wrong.
    pub(crate) fn reload(&self, new: Config) -> Result<(Self, Reloaded), StartError> {
        self.key.check_file()?;
        let mut config = self.config.clone();
        let reloaded = config.reload(new);
        let app = Self {
            is_new: self.is_new,
            db: Arc::clone(&self.db),
            key: Arc::clone(&self.key),
            hash_key: self.hash_key.clone(),
            hasher: self.hasher.reload(&config.password),
            signer: self.signer.clone(),
            in_flight: Arc::clone(&self.in_flight),
            metrics: Arc::clone(&self.metrics),
            noticed: Arc::clone(&self.noticed),
            mailer: self.mailer.reload(&config)?,
            config,
        };
        Ok((app, reloaded))
    }

    /// How many hashes are computed at the same time.
    #[must_use]
    pub fn hashers(&self) -> usize {
        self.hasher.threads()
    }

    /// The hasher, for what is stored of passwords.
    fn verifier(&self) -> Result<&Hasher> {
        self.hasher.knowing(|| self.db.read(users::exists_wrapped))
    }

    /// Lets the reads of this thread share a snapshot, see [`Db::hold_snapshot`].
    ///
    /// # Errors
    /// The database cannot be reached.
    pub fn hold_snapshot(&self) -> Result<bool> {
        self.db.hold_snapshot()
    }

    /// Ends that, see [`Db::release_snapshot`].
    ///
    /// # Errors
    /// The database fails.
    pub fn release_snapshot(&self) -> Result<()> {
        self.db.release_snapshot()
    }
}

/// Checks that there is a database, for a command that makes none.
fn require_database(config: &Config) -> Result<(), StartError> {
    if !lacks_database(config) {
        return Ok(());
    }
    let path = &config.storage.database;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    Err(StartError::NoDatabase { path, source_of_configuration: config.source() })
}

/// Whether there is no database, or only an empty file: that stays where the creation of a database
/// failed, such as on a full disk. If it cannot be found out, opening the database says why.
fn lacks_database(config: &Config) -> bool {
    match fs::metadata(&config.storage.database) {
        Ok(meta) if meta.is_file() && meta.len() == 0 => true,
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        _ => false,
    }
}

/// Warns if root has just made a key file, or had made one, that the service cannot read.
fn warn_of_owner(config: &Config) {
    if let Some(text) = files::left_to_root(&config.secrets.key_file, &config.storage.database) {
        tracing::warn!("{text}");
    }
}
