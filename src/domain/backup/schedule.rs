//! Backups that the server makes by itself.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::config;
use crate::domain::App;
use crate::domain::backup::{BackupError, KeyFile, create, file_time};
use crate::files;
use crate::time::{Span, Timestamp};

/// How often it is looked whether one is due.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long nothing is tried after a failure.
const REST: Duration = Duration::from_mins(10);

/// Makes a backup whenever one is due, for as long as the server lives.
///
/// # Errors
/// The system starts no thread.
pub(crate) fn start(app: &Arc<App>) -> io::Result<()> {
    let Some(every) = app.config.backup.every else { return Ok(()) };
    let app = Arc::downgrade(app);
    thread::Builder::new().name("backup".into()).spawn(move || run(&app, every)).map(drop)
}

fn run(app: &Weak<App>, every: Span) {
    loop {
        let Some(app) = app.upgrade() else { return };
        let pause = match make_if_due(&app, every, Timestamp::now()) {
            Ok(()) => LOOK_EVERY,
            Err(error) => {
                tracing::error!(%error, "no backup was made");
                REST
            }
        };
        drop(app);
        thread::sleep(pause);
    }
}

/// Makes a backup where the newest is too old, and deletes those that are more than are to be kept.
fn make_if_due(app: &App, every: Span, now: Timestamp) -> Result<(), BackupError> {
    let config::Backup { keep, folder, .. } = &app.config.backup;
    let failed = |action| move |source| BackupError::File { action, path: folder.clone(), source };
    files::create_parent(&folder.join("x")).map_err(failed("make the folder"))?;
    let mut copies = copies(folder).map_err(failed("read the folder"))?;
    // A clock that was wrong once shall not stop what comes after.
    copies.retain(|copy| copy.file_name() <= Some(name(now).as_ref()));
    let due = copies
        .last()
        .is_none_or(|newest| newest.file_name() <= Some(name(now.before(every.into())).as_ref()));
    if !due {
        return Ok(());
    }
    let path = folder.join(name(now));
    create(app, &path, KeyFile::Omit, |_, _| ())?;
    tracing::info!(path = ?path, "made a backup");
    copies.push(path);
    let too_many = copies.len().saturating_sub(keep.get() as usize);
    copies
        .drain(..too_many)
        .try_for_each(fs::remove_file)
        .map_err(failed("delete an old backup in"))
}

/// The names sort as the times do.
fn name(at: Timestamp) -> String {
    format!("nox-{}.db", file_time(at))
}

/// The backups that are there, the oldest first.
fn copies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("nox-") && name.ends_with("Z.db")) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// When the newest backup was made, where there is one.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn newest(folder: &Path) -> io::Result<Option<Timestamp>> {
    let made = |copy: &PathBuf| {
        Ok(Timestamp::from_millis(fs::metadata(copy)?.mtime().saturating_mul(1000)))
    };
    match copies(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        copies => copies?.last().map(made).transpose(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;

    #[test]
    fn a_backup_is_made_when_one_is_due_and_the_oldest_go() {
        let (folder, app) = app_with("[backup]\nevery = '1d'\nkeep = 2\nfolder = 'kept'");
        let every = app.config.backup.every.unwrap();
        let start = Timestamp::from_millis(1_750_936_113_726);
        let names = || {
            let found = copies(&app.config.backup.folder).unwrap();
            found
                .iter()
                .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        fs::create_dir(folder.path().join("kept")).unwrap();
        let future = folder.path().join("kept/nox-2036-01-01T00-00-00Z.db");
        fs::write(&future, "").unwrap();
        for hours in [0, 12, 23, 24, 47, 48, 50] {
            make_if_due(&app, every, start.after(Duration::from_hours(hours))).unwrap();
        }
        fs::remove_file(future).unwrap();
        assert_eq!(names(), ["nox-2025-06-27T11-08-33Z.db", "nox-2025-06-28T11-08-33Z.db"]);
        assert_eq!(
            fs::read_dir(folder.path().join("kept")).unwrap().count(),
            2,
            "no draft is left"
        );
    }
}
