//! How the key file is replaced: by a rotation, which loses only sessions, or because it is lost.
//!
//! The new key lies beside the old one before the transaction that needs it, and takes its place
//! after that. So a process that is killed between the two leaves a state that the next start
//! completes ([`super::open`]).

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CONTEXT, HASH, fits, put_hash_key};
use crate::config::Config;
use crate::crypto::{Key, KeyError};
use crate::domain::audit::{Differences, Record, Subject};
use crate::domain::event::Event;
use crate::domain::factors::totp;
use crate::domain::principal::By;
use crate::domain::{App, StartError, require_database};
use crate::error::Result;
use crate::files;
use crate::storage::users::{User, for_each_with_sealed};
use crate::storage::{
    Alone, Connection, keys, recovery_codes, sent_codes, session_counts, sessions,
    totp_enrollments, totp_factors,
};
use crate::time::Timestamp;

/// What is lost with a key file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Lost {
    /// The number of open sessions.
    pub sessions: u32,
    /// The users who have an authenticator app.
    pub apps: Vec<String>,
    /// The users who have recovery codes.
    pub recovery_codes: Vec<String>,
}

impl Lost {
    fn find(connection: &Connection, now: Timestamp) -> Result<Self> {
        let sessions = session_counts::count_all(connection, now)?;
        let mut lost = Self { sessions, ..Self::default() };
        for_each_with_sealed(connection, |user| {
            if user.has_totp {
                lost.apps.push(user.username.clone());
            }
            if user.recovery_codes > 0 {
                lost.recovery_codes.push(user.username);
            }
            Ok(())
        })?;
        Ok(lost)
    }
}

/// What a replacement has done.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// What was lost.
    pub lost: Lost,
    /// The file that was in the place of the key file, under its new name.
    pub kept: Option<PathBuf>,
}

/// Replaces the key file and seals every secret again with the new key. Every session ends, since
/// the old key signed its token. The old key file is kept beside the new one, under the name that
/// is returned, for the backups that need it.
///
/// # Errors
/// Another process uses the key file, it cannot be replaced, or a fault.
pub(crate) fn rotate(app: &App, now: Timestamp) -> Result<Option<PathBuf>, StartError> {
    let path = &app.config.secrets.key_file;
    let next = app.key.create_next()?;
    let change = || {
        app.change(By::Operator, now, |tx| {
            totp::reseal(tx, &app.key, &next)?;
            totp_enrollments::delete_all(tx)?;
            keys::put(tx, HASH, &next.seal(CONTEXT, app.hash_key.as_slice())?)?;
            sessions::delete_all(tx)?;
            tx.happened_here(Event::KeyRotated, Differences::none())
        })?;
        Ok(())
    };
    let ((), kept) = keep_before(path, now, change)?;
    next.take_place(path)?;
    Ok(kept)
}

/// Finds what would be lost with the key file, if it is lost.
///
/// # Errors
/// [`StartError::KeyFits`] if it is not, another process uses the database, or the reason why that
/// cannot be found out.
pub(crate) fn find_lost(config: &Config, now: Timestamp) -> Result<Lost, StartError> {
    require_database(config)?;
    Alone::open(&config.storage.database)?.change(|connection| {
        check_lost(connection, &config.secrets.key_file)?;
        Ok(Lost::find(connection, now)?)
    })
}

/// Checks that the key file is missing, damaged or of another database.
fn check_lost(connection: &Connection, path: &Path) -> Result<(), StartError> {
    match Key::load(path) {
        Ok(Some(key)) if fits(connection, &key)? => return Err(StartError::KeyFits(path.into())),
        Ok(_) | Err(KeyError::Length { .. }) => (),
        Err(error) => return Err(error.into()),
    }
    // A replacement may have been interrupted after its commit.
    match Key::next_of(path)? {
        Some(next) if fits(connection, &next)? => {
            next.take_place(path)?;
            Err(StartError::KeyFits(path.into()))
        }
        _ => Ok(()),
    }
}

/// Makes a new key file in the place of one that is lost, damaged or of another database. What only
/// the lost key opens is deleted: sessions, authenticator apps, recovery codes and codes that were
/// sent. Accounts, passwords and codes by mail stay.
///
/// # Errors
/// [`StartError::KeyFits`], another process uses the database, the file cannot be replaced, or a
/// fault.
pub(crate) fn replace(config: &Config, now: Timestamp) -> Result<Replaced, StartError> {
    let path = &config.secrets.key_file;
    let mut database = Alone::open(&config.storage.database)?;
    // The right one may have been put back since it was looked for.
    database.change(|connection| check_lost(connection, path))?;
    let next = Key::create_next_of(path)?;
    let change = || {
        database.change(|connection| {
            let lost = Lost::find(connection, now)?;
            delete_sealed(connection, now)?;
            put_hash_key(connection, &next)?;
            record(Event::KeyReplaced, None).store(connection, now)?;
            Ok(lost)
        })
    };
    let (lost, kept) = keep_before(path, now, change)?;
    next.take_place(path)?;
    Ok(Replaced { lost, kept })
}

/// An event without an open instance.
fn record(event: Event, user: Option<&User>) -> Record<'_> {
    let user = user.map(Subject::from);
    Record { event, user, by: By::Operator, changes: Differences::none() }
}

/// Keeps the key file under another name, and then makes a change by which it will be replaced.
fn keep_before<T>(
    path: &Path,
    now: Timestamp,
    change: impl FnOnce() -> Result<T, StartError>,
) -> Result<(T, Option<PathBuf>), StartError> {
    let kept = files::keep(path, now).map_err(|source| KeyError::file("keep", path, source))?;
    let changed = change();
    if let (Err(_), Some(kept)) = (&changed, &kept) {
        // It is a second name of the key file, which stays. The caller gets the cause.
        let _ = fs::remove_file(kept);
    }
    Ok((changed?, kept))
}

/// Deletes what the lost key has signed, sealed or hashed. Devices stay, though none is recognized:
/// so users are told of the first login from each, which needed no second factor.
fn delete_sealed(connection: &Connection, now: Timestamp) -> Result<()> {
    for_each_with_sealed(connection, |user| {
        let event = if user.has_totp { Event::TotpDisabled } else { Event::RecoveryCodesLost };
        record(event, Some(&user)).store(connection, now)
    })?;
    totp_factors::delete_all(connection)?;
    totp_enrollments::delete_all(connection)?;
    recovery_codes::delete_all(connection)?;
    sent_codes::delete_all(connection)?;
    sessions::delete_all(connection).map(drop)
}
