//! Whether the key file is there, belongs to the database and is in a backup.

use super::Finding;
use crate::config::Config;
use crate::crypto::{Key, KeyError};
use crate::domain::{StartError, backup, keys};
use crate::error::{Result, causes};
use crate::storage::{self, Connection};
use crate::time::Timestamp;

const ABOUT: &str = "key file";

/// Whether the server can start with the key file. That it is another one is a finding of the
/// database.
pub(super) fn examine(config: &Config) -> Finding {
    let path = &config.secrets.key_file;
    match Key::load(path) {
        Ok(None) => missing(config).unwrap_or_else(|error| Finding::fault(ABOUT, causes(&error))),
        Ok(Some(_)) => Finding::ok(ABOUT, format!("only its owner can read {}", path.display())),
        // A replacement that was interrupted leaves the new key beside a damaged one.
        Err(KeyError::Length { .. }) if is_interrupted(config) => completed(config),
        Err(error) => Finding::fault(ABOUT, error.to_string()),
    }
}

fn missing(config: &Config) -> Result<Finding> {
    let path = &config.secrets.key_file;
    // What is wrong with the database is another finding.
    let connection = storage::backup::open(&config.storage.database).ok();
    let needs = connection.map(|connection| keys::needs_its_key(&connection)).transpose()?;
    Ok(if needs == Some(true) && is_interrupted(config) {
        completed(config)
    } else if needs == Some(true) {
        Finding::fault(ABOUT, StartError::KeyLost(path.clone()).to_string())
    } else {
        let text = format!("there is no {} yet: the next start creates it", path.display());
        Finding::warning(ABOUT, text)
    })
}

/// Whether a replacement was interrupted that the next start completes: the key that was to replace
/// the key file is the one of the database.
fn is_interrupted(config: &Config) -> bool {
    let Ok(connection) = storage::backup::open(&config.storage.database) else { return false };
    let next = Key::next_of(&config.secrets.key_file);
    matches!(next, Ok(Some(next)) if matches!(keys::fits(&connection, &next), Ok(true)))
}

fn completed(config: &Config) -> Finding {
    let path = config.secrets.key_file.display();
    let text = format!("the replacement of {path} was interrupted: the next start completes it");
    Finding::warning(ABOUT, text)
}

/// What is wrong where the key file is not the one of the database. Without a second factor, the
/// next start takes it.
pub(super) fn foreign(config: &Config, report: &backup::Report) -> Finding {
    if is_interrupted(config) {
        return completed(config);
    }
    let path = &config.secrets.key_file;
    if report.needs_key {
        return Finding::fault("database", StartError::KeyForeign(path.clone()).to_string());
    }
    let text = format!(
        "{} is not the key file that this database was used with: the next start takes it, and \
         every session ends",
        path.display()
    );
    Finding::warning("database", text)
}

/// Whether the present key file is in a backup: in one of the scheduled backups, or in one that a
/// command made. That there is no scheduled backup is another finding.
pub(super) fn in_backups(
    config: &Config,
    connection: Option<&Connection>,
    now: Timestamp,
) -> Option<Finding> {
    config.backup.every?;
    let newest = backup::newest(&config.backup.folder, now);
    if config.backup.with_key || matches!(newest, Ok(None)) {
        return None;
    }
    // What cannot be read here is another finding.
    let key = Key::load(&config.secrets.key_file).ok().flatten()?;
    let recorded = connection.map_or(Ok(false), |found| backup::key_copy::is_recorded(found, &key));
    if recorded.unwrap_or(false) || backup::any_with_key(config, &key).unwrap_or(true) {
        return None;
    }
    let key_file = config.secrets.key_file.display();
    let folder = config.backup.folder.display();
    let text = format!(
        "{key_file} is in none of the backups in {folder}, and without it second factors are lost: \
         set backup.with_key = true, or make one backup with it and keep that in another place: \
         nox backup create FILE --with-key"
    );
    Some(Finding::warning("backups", text))
}
