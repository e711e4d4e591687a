//! Upgrades a database from the schema of an earlier version.

mod fold_texts;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{OpenError, backup, users};

/// Each step upgrades one version to the next; the first upgrades version 1.
const STEPS: [&str; 8] = [
    include_str!("2.sql"),
    include_str!("3.sql"),
    include_str!("4.sql"),
    include_str!("5.sql"),
    include_str!("6.sql"),
    include_str!("7.sql"),
    include_str!("8.sql"),
    include_str!("9.sql"),
];

/// Upgrades a database in one transaction, after a copy of it has been written beside it.
pub(super) fn run(connection: &mut Connection, path: &Path, from: u32) -> Result<(), OpenError> {
    let copy = copy_name(path, from);
    let failed = |source| OpenError::file("copy, before its upgrade,", path, source);
    backup::write(connection, &copy, |_| Ok(())).map_err(failed)?;
    let sqlite = |error| OpenError::Sqlite { path: path.to_owned(), error };
    connection.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?;
    upgrade(connection, from).map_err(sqlite)?;
    if from < users::FOLDED_SINCE_VERSION {
        for shared in users::list_shared(connection).map_err(sqlite)? {
            tracing::warn!("{shared}");
        }
    }
    tracing::info!(from, copy = copy.display().to_string(), "upgraded the database");
    Ok(())
}

fn upgrade(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    STEPS.iter().skip(from as usize - 1).try_for_each(|step| transaction.execute_batch(step))?;
    if from < users::FOLDED_SINCE_VERSION {
        fold_texts::run(&transaction)?;
    }
    transaction.commit()
}

/// The path of the copy: `nox.db.v1` for version 1 of `nox.db`.
fn copy_name(path: &Path, version: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}"));
    name.into()
}

/// What a nox that knows schema versions up to `known` can restore in the place of the database at
/// `path`: the copy that was written before the upgrade, if it is still there.
pub(super) fn way_back(path: &Path, known: u32) -> String {
    let mut copies = (1..=known).rev().map(|version| copy_name(path, version));
    match copies.find(|copy| copy.exists()) {
        Some(copy) => format!("{}, the copy from before the upgrade", copy.display()),
        None => "FILE, with a backup from before the upgrade".into(),
    }
}

#[cfg(test)]
mod tests;
