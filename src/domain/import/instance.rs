//! The instance that an import goes into.

use zeroize::Zeroizing;

use crate::config::Config;
use crate::crypto::{self, KEY_LENGTH, Key};
use crate::domain::{StartError, keys, lacks_database, warn_of_owner};
use crate::error::{Error, Result};
use crate::storage::staging::{Claim, STORED};
use crate::storage::{Alone, Connection, backup, imports, relays, users};

use super::error::ImportError;
use super::options::Options;
use super::staged::Staged;

/// The database, held by this process alone, and the bytes of its key file.
pub(super) struct Instance {
    pub database: Alone,
    pub key: Key,
}

/// What the instance has that an import must not collide with.
#[derive(Default)]
pub(super) struct Known {
    /// The highest id that a user ever had.
    pub last_id: u32,
    /// The names of relays.
    pub relays: Vec<String>,
    /// The hashes of their tokens.
    pub tokens: Vec<[u8; 32]>,
}

impl Known {
    /// Lets no row of the dump take what the instance has.
    pub(super) fn claim(&self, staged: &Staged) -> Result<(), Error> {
        for name in &self.relays {
            staged.claim(Claim::RelayName, name.as_bytes(), STORED)?;
        }
        for hash in &self.tokens {
            staged.claim(Claim::RelayToken, hash, STORED)?;
        }
        Ok(())
    }
}

/// Checks the instance without a change, as far as there is one, and returns what it has.
///
/// # Errors
/// It has users, or not its key file, or cannot be read.
pub(super) fn examine(config: &Config, options: &Options) -> Result<Known, ImportError> {
    if lacks_database(config) {
        return Ok(Known::default());
    }
    let database = backup::open(&config.storage.database)?;
    refuse_users(config, options, &database)?;
    let key_file = &config.secrets.key_file;
    match Key::load(key_file).map_err(StartError::from)? {
        None => Err(ImportError::KeyMissing(key_file.clone())),
        Some(key) if keys::fits(&database, &key)? => Ok(Known {
            last_id: imports::find_last_id(&database)?,
            relays: relays::list(&database)?.into_iter().map(|relay| relay.name).collect(),
            tokens: relays::list_token_hashes(&database)?,
        }),
        Some(_) => Err(ImportError::KeyForeign(key_file.clone())),
    }
}

/// Refuses a database with users, unless its only one is to be replaced. Returns how many it has.
///
/// # Errors
/// It has users, or a fault.
pub(super) fn refuse_users(
    config: &Config,
    options: &Options,
    database: &Connection,
) -> Result<u32, ImportError> {
    let path = || config.storage.database.clone();
    match users::count_all(database)? {
        1 if !options.replace_first_user => Err(ImportError::HasFirstUser(path())),
        count @ 0..=1 => Ok(count),
        count => Err(ImportError::HasUsers { path: path(), count }),
    }
}

/// Opens the instance for this process alone, if there is one.
///
/// # Errors
/// Another process uses it, or it cannot be opened.
pub(super) fn open(config: &Config, options: &Options) -> Result<Option<Instance>, ImportError> {
    if lacks_database(config) { Ok(None) } else { create(config, options).map(Some) }
}

/// Opens the instance for this process alone. Database and key file are created as the server does.
///
/// # Errors
/// As [`open`].
pub(super) fn create(config: &Config, options: &Options) -> Result<Instance, ImportError> {
    // The database comes first: if it is refused, no new key file is left behind.
    let mut database = Alone::open(&config.storage.database)?;
    // Another import may have been the first to create it.
    database.change(|connection| refuse_users(config, options, connection))?;
    let key = Key::load_or_create(&config.secrets.key_file).map_err(StartError::from)?;
    database.change(|connection| keys::complete(connection, &key))?;
    warn_of_owner(config);
    Ok(Instance { database, key })
}

/// A database and a key for a dry run, of which nothing is left.
pub(super) struct Scratch {
    pub database: Connection,
    pub key: Zeroizing<[u8; KEY_LENGTH]>,
}

impl Scratch {
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self { database: imports::scratch()?, key: Zeroizing::new(crypto::random()?) })
    }
}
