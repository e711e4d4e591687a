//! The thread in which a running server makes its own backups (`backup.every`).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::config;
use crate::domain::backup::{BackupError, KeyFile, create, drafts};
use crate::domain::{App, Running};
use crate::files;
use crate::storage::observations::{self, Kind};
use crate::time::{Span, Timestamp};

/// How often the thread checks whether a backup is due.
const CHECK_INTERVAL: Duration = Duration::from_mins(1);
/// How long the thread waits after a failure before it tries again.
const RETRY_INTERVAL: Duration = Duration::from_mins(10);

/// Deletes what is left of interrupted backups, and starts the thread, which ends with the server.
/// There is none unless `backup.every` is set, and one that has been started already looks at the
/// configuration each time.
///
/// # Errors
/// The thread cannot be started.
pub(crate) fn start(running: &Arc<Running>) -> io::Result<()> {
    drafts::delete_abandoned(&running.app().config, Timestamp::now());
    if running.app().config.backup.every.is_none() || running.makes_backups.set(()).is_err() {
        return Ok(());
    }
    let running = Arc::downgrade(running);
    thread::Builder::new().name("backup".into()).spawn(move || run(&running)).map(drop)
}

fn run(running: &Weak<Running>) {
    loop {
        let Some(app) = running.upgrade().map(|running| running.app()) else { return };
        let every = app.config.backup.every;
        let made = every.map_or(Ok(()), |every| make_if_due(&app, every, Timestamp::now()));
        let pause = match made {
            Ok(()) => CHECK_INTERVAL,
            Err(error) => {
                tracing::error!(%error, "no backup was made");
                note_failure(&app, &error);
                RETRY_INTERVAL
            }
        };
        drop(app);
        thread::sleep(pause);
    }
}

/// Stores that a backup failed, for `nox doctor`.
fn note_failure(app: &App, error: &BackupError) {
    let text = error.to_string();
    let put =
        |connection: &_| observations::put(connection, Kind::BackupFailed, &text, Timestamp::now());
    if let Err(error) = app.db.write(put) {
        tracing::error!(%error, "that no backup was made is not stored for nox doctor");
    }
}

/// Makes a backup if the newest one is too old, and deletes the oldest ones beyond `backup.keep`.
fn make_if_due(app: &App, every: Span, now: Timestamp) -> Result<(), BackupError> {
    let config::Backup { keep, folder, with_key, .. } = &app.config.backup;
    let failed = |action| move |source| BackupError::file(action, folder, source);
    files::create_parent(&folder.join("x")).map_err(failed("make the folder"))?;
    let Copies { ahead, mut made } = copies(folder, now).map_err(failed("read the folder"))?;
    let due = made
        .last()
        .is_none_or(|newest| newest.file_name() <= Some(name(now.before(every.into())).as_ref()));
    if !due {
        return Ok(());
    }
    let path = folder.join(name(now));
    let key_file = if *with_key { KeyFile::Include } else { KeyFile::Omit };
    create(app, &path, key_file, |_, _| ())?;
    tracing::info!(path = path.display().to_string(), "made a backup");
    app.db.write(|connection| observations::delete(connection, Kind::BackupFailed))?;
    made.push(path);
    // Those that are ahead were made before this one, whatever they are called.
    let mut all: Vec<_> = ahead.into_iter().chain(made).collect();
    let too_many = all.len().saturating_sub(keep.get() as usize);
    all.drain(..too_many).try_for_each(fs::remove_file).map_err(failed("delete an old backup in"))
}

/// The file name of a backup. Names sort like the times in them.
fn name(at: Timestamp) -> String {
    format!("nox-{}.db", files::file_time(at))
}

/// The time in the name of a backup that the server made.
pub(super) fn time_in_name(path: &Path) -> Option<Timestamp> {
    let time = path.file_name()?.to_str()?.strip_prefix("nox-")?.strip_suffix(".db")?;
    let (date, time) = time.split_once('T')?;
    format!("{date}T{}", time.replace('-', ":")).parse().ok()
}

/// The backups in the folder, oldest first.
#[derive(Default)]
struct Copies {
    /// Those of the future, which were made while the clock was ahead. They must neither delay the
    /// next one nor hide that there is none.
    ahead: Vec<PathBuf>,
    made: Vec<PathBuf>,
}

fn copies(folder: &Path, now: Timestamp) -> io::Result<Copies> {
    let mut found = Copies::default();
    let latest = name(now);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_copy = |name: &str| name.starts_with("nox-") && name.ends_with("Z.db");
        if let Some(name) = name.to_str().filter(|name| is_copy(name)) {
            let kind = if name <= latest.as_str() { &mut found.made } else { &mut found.ahead };
            kind.push(entry.path());
        }
    }
    found.ahead.sort();
    found.made.sort();
    Ok(found)
}

/// When the newest backup was made; `None` without any.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn newest(folder: &Path, now: Timestamp) -> io::Result<Option<Timestamp>> {
    let made = |copy: &PathBuf| {
        Ok(Timestamp::from_millis(fs::metadata(copy)?.mtime().saturating_mul(1000)))
    };
    match copies(folder, now) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        copies => copies?.made.last().map(made).transpose(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;

    #[test]
    fn due_backup_is_made_and_the_oldest_are_deleted() {
        let (folder, app) = app_with("[backup]\nevery = '1d'\nkeep = 2\nfolder = 'kept'");
        let every = app.config.backup.every.unwrap();
        let start = Timestamp::from_millis(1_750_936_113_726);
        let names = || {
            let later = start.after(Duration::from_hours(99));
            let Copies { ahead, made } = copies(&app.config.backup.folder, later).unwrap();
            ahead
                .iter()
                .chain(&made)
                .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        fs::create_dir(folder.path().join("kept")).unwrap();
        for date in ["2036-01-01", "2036-01-02"] {
            fs::write(folder.path().join(format!("kept/nox-{date}T00-00-00Z.db")), "").unwrap();
        }
        make_if_due(&app, every, start).unwrap();
        // Of what was made while the clock was ahead, no more is kept than of the rest.
        assert_eq!(names(), ["nox-2036-01-02T00-00-00Z.db", "nox-2025-06-26T11-08-33Z.db"]);
        for hours in [0, 12, 23, 24, 47, 48, 50] {
            make_if_due(&app, every, start.after(Duration::from_hours(hours))).unwrap();
        }
        assert_eq!(names(), ["nox-2025-06-27T11-08-33Z.db", "nox-2025-06-28T11-08-33Z.db"]);
        assert_eq!(
            fs::read_dir(folder.path().join("kept")).unwrap().count(),
            2,
            "no draft is left"
        );
    }
}
