//! The instance that an import goes into.

use zeroize::Zeroizing;

use crate::config::Config;
use crate::crypto::{self, KEY_LENGTH, Key};
use crate::domain::{StartError, keys, lacks_database, warn_of_owner};
use crate::error::{Error, Result};
use crate::storage::{Alone, Connection, backup, imports, users};

use super::error::ImportError;
use super::options::Options;

/// The database, held by this process alone, and the bytes of its key file.
pub(super) struct Instance {
    pub database: Alone,
    pub key: Key,
}

/// Checks the instance without a change, as far as there is one, and returns the highest id that a
/// user of it ever had.
///
/// # Errors
/// It has users, or not its key file, or cannot be read.
pub(super) fn examine(config: &Config, options: &Options) -> Result<u32, ImportError> {
    if lacks_database(config) {
        return Ok(0);
    }
    let path = &config.storage.database;
    let database = backup::open(path)?;
    match users::count_all(&database)? {
        0 => {}
        1 if options.replace_first_user => {}
        1 => return Err(ImportError::HasFirstUser(path.clone())),
        count => return Err(ImportError::HasUsers { path: path.clone(), count }),
    }
    let key_file = &config.secrets.key_file;
    match Key::load(key_file).map_err(StartError::from)? {
        None => Err(ImportError::KeyMissing(key_file.clone())),
        Some(key) if keys::fits(&database, &key)? => Ok(imports::find_last_id(&database)?),
        Some(_) => Err(ImportError::KeyForeign(key_file.clone())),
    }
}

/// Opens the instance for this process alone, if there is one.
///
/// # Errors
/// Another process uses it, or it cannot be opened.
pub(super) fn open(config: &Config) -> Result<Option<Instance>, ImportError> {
    if lacks_database(config) { Ok(None) } else { create(config).map(Some) }
}

/// Opens the instance for this process alone. Database and key file are created as the server does.
///
/// # Errors
/// As [`open`].
pub(super) fn create(config: &Config) -> Result<Instance, ImportError> {
    // The database comes first: if it is refused, no new key file is left behind.
    let mut database = Alone::open(&config.storage.database)?;
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
