//! What is left of backups whose process was killed.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use crate::config::Config;
use crate::files;
use crate::time::Timestamp;

const ENDING: &str = ".draft";
/// A draft that changed within this time may be in use, though it is not locked: it is complete,
/// and gets its name.
const SETTLED: Duration = Duration::from_mins(1);

/// Deletes the drafts of backups beside the database and in `backup.folder`, except those that are
/// being written. One that cannot be deleted is told by the log.
pub(super) fn delete_abandoned(config: &Config, now: Timestamp) {
    let database = &config.storage.database;
    let of_stream = database.file_name().and_then(|name| name.to_str()).map(|name| {
        let start = format!("{name}.");
        move |name: &str| name.strip_prefix(&start).is_some_and(is_numbered)
    });
    let beside =
        of_stream.map_or(Ok(()), |is_draft| delete_in(files::parent(database), &is_draft, now));
    let is_scheduled = |name: &str| name.starts_with("nox-") && name.ends_with("Z.db.draft");
    let scheduled = delete_in(&config.backup.folder, &is_scheduled, now);
    for error in [beside, scheduled].into_iter().filter_map(Result::err) {
        tracing::warn!(%error, "a part of a backup, which was interrupted, is not deleted");
    }
}

/// Whether this is what [`super::stream`] adds to the name of the database: 16 digits and the
/// ending, once or, while the draft is written, twice.
fn is_numbered(rest: &str) -> bool {
    let Some((number, ending)) = rest.split_at_checked(16) else { return false };
    number.bytes().all(|byte| byte.is_ascii_hexdigit())
        && [ENDING, ".draft.draft"].contains(&ending)
}

fn delete_in(folder: &Path, is_draft: &dyn Fn(&str) -> bool, now: Timestamp) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_draft) && is_abandoned(&entry.path(), now)? {
            fs::remove_file(entry.path()).map_err(|error| files::explain(&entry.path(), error))?;
            tracing::info!(
                path = entry.path().display().to_string(),
                "deleted a part of a backup, which was interrupted"
            );
        }
    }
    Ok(())
}

/// Whether no process writes a draft: it would have locked the file.
fn is_abandoned(path: &Path, now: Timestamp) -> io::Result<bool> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file.map_err(|error| files::explain(path, error))?,
    };
    let changed = Timestamp::from_millis(file.metadata()?.mtime().saturating_mul(1000));
    Ok(!changed.is_recent(SETTLED, now) && file.try_lock().is_ok())
}
