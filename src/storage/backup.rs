//! Copies of a whole database.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};

pub(crate) use super::header::is_unfinished;
use super::header::{check_file, check_rights, with_ending};
use super::{Alone, OpenError, describe};
use crate::error::Result;
use crate::files;
use crate::time::Timestamp;

/// How many steps of SQLite's virtual machine pass between two reports of progress.
const STEPS_PER_REPORT: i32 = 10_000;

/// What is escaped in a path within a URI (<https://www.sqlite.org/uri.html>).
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The path at which a copy is written until it is complete.
fn draft_of(path: &Path) -> PathBuf {
    path.with_added_extension("draft")
}

/// Writes a compact copy of one state of the database; other connections may go on writing. The
/// copy gets its name only when it is complete and on the disk; `finish` may change it before.
///
/// # Errors
/// The copy cannot be written, or what `finish` returns; then no file is left.
pub(crate) fn write(
    connection: &Connection,
    path: &Path,
    finish: impl FnOnce(&Connection) -> Result<()>,
) -> io::Result<()> {
    let draft = draft_of(path);
    let written = fill(connection, &draft, path, finish).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The caller gets the cause. A draft that cannot be removed is replaced the next time.
        let _ = fs::remove_file(&draft);
        return written;
    }
    files::sync_parent(path)
}

fn fill(
    connection: &Connection,
    draft: &Path,
    path: &Path,
    finish: impl FnOnce(&Connection) -> Result<()>,
) -> io::Result<()> {
    let sqlite = |error: rusqlite::Error| io::Error::other(describe(&error));
    let file = create(draft, path)?;
    // The lock says that the draft is in use.
    file.lock()?;
    let name = draft.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(sqlite)?;
    let copy =
        Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    finish(&copy).map_err(io::Error::other)?;
    drop(copy);
    file.sync_all()
}

/// Creates an empty file that will take the place of `path`, and that only its owner may read.
/// SQLite fills it.
fn create(draft: &Path, path: &Path) -> io::Result<File> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(files::explain(draft, error)),
        _ => files::create_for(draft, path),
    }
}

/// Calls `on_progress` with the number of bytes that are written, again and again while
/// `connection` writes a copy to `path`.
pub(crate) fn watch(
    connection: &Connection,
    path: &Path,
    mut on_progress: impl FnMut(u64) + Send + 'static,
) -> Result<()> {
    let draft = draft_of(path);
    let report = move || {
        on_progress(fs::metadata(&draft).map_or(0, |meta| meta.len()));
        // True would interrupt the copy.
        false
    };
    Ok(connection.progress_handler(STEPS_PER_REPORT, Some(report))?)
}

/// Opens a database to read it as it is, without an upgrade.
///
/// # Errors
/// The file is not a Nox database, has a later version, or cannot be read.
pub(crate) fn open(path: &Path) -> Result<Connection, OpenError> {
    check_file(path)?;
    let sqlite = |error| OpenError::Sqlite { path: path.to_owned(), error };
    // A copy has no write-ahead log and does not change. With `immutable`, SQLite creates no file
    // beside it, so that it can be on a medium that is read-only.
    let is_copy = !with_ending(path, "-wal").exists();
    if !is_copy {
        check_rights(path).map_err(|source| OpenError::file("open", path, source))?;
    }
    let name = percent_encode(path.as_os_str().as_bytes(), &ESCAPED);
    let uri = format!("file:{name}?immutable={}", u8::from(is_copy));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).map_err(sqlite)
}

/// Lists every fault of a database: in its pages, its indexes and its references.
///
/// # Errors
/// The database is so damaged that it cannot be checked.
pub(crate) fn faults(connection: &Connection) -> Result<Vec<String>> {
    let mut check = connection.prepare("PRAGMA integrity_check")?;
    let said = check
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut faults: Vec<String> = said.into_iter().filter(|line| line != "ok").collect();
    let mut check = connection.prepare("PRAGMA foreign_key_check")?;
    let lost = check
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    faults.extend(
        lost.into_iter().map(|table| format!("a row of {table} refers to one that is not there")),
    );
    Ok(faults)
}

/// A copy that is ready to take the place of a database.
pub(crate) struct Replacement {
    draft: PathBuf,
    path: PathBuf,
}

impl Replacement {
    /// Copies a backup to a draft beside the database at `path`, and changes it by `finish`. If
    /// there is a symbolic link, the file that it leads to is replaced.
    ///
    /// # Errors
    /// A file cannot be copied, or what `finish` returns.
    pub(crate) fn write(
        copy: &Path,
        path: &Path,
        finish: impl FnOnce(&Connection) -> Result<()>,
    ) -> io::Result<Self> {
        let path = files::target(path);
        files::create_parent(&path)?;
        let draft = draft_of(&path);
        let mut file = create(&draft, &path)?;
        // From here on, the draft is removed if anything fails.
        let new = Self { draft, path };
        io::copy(&mut File::open(copy).map_err(|error| files::explain(copy, error))?, &mut file)?;
        finish_copy(&new.draft, finish)?;
        file.sync_all()?;
        Ok(new)
    }

    /// Replaces the database, which is kept under the name that is returned. There is no moment
    /// without a database at its path.
    ///
    /// # Errors
    /// [`OpenError::InUse`] if another process has it open, or it cannot be replaced.
    pub(crate) fn take_place(self, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
        let path = self.path.as_path();
        let failed = |source| OpenError::file("restore", path, source);
        let _alone = if files::exists(path).map_err(failed)? { close(path)? } else { None };
        let kept = files::keep(path, now).map_err(failed)?;
        // The write-ahead log of a damaged database. SQLite must not find it beside the new one.
        for ending in ["-wal", "-shm"] {
            let aside = kept
                .as_deref()
                .map_or_else(|| with_ending(&self.draft, ending), |kept| with_ending(kept, ending));
            match fs::rename(with_ending(path, ending), aside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => (),
            }
        }
        fs::rename(&self.draft, path).map_err(failed)?;
        files::sync_parent(path).map_err(failed)?;
        Ok(kept)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // Once it has taken its place, there is no draft. One that cannot be removed is replaced
        // the next time.
        let _ = fs::remove_file(&self.draft);
    }
}

fn finish_copy(draft: &Path, finish: impl FnOnce(&Connection) -> Result<()>) -> io::Result<()> {
    let sqlite = |error: rusqlite::Error| io::Error::other(describe(&error));
    let connection =
        Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    // Secrets that `finish` deletes are overwritten, and not only unlinked.
    connection.pragma_update(None, "secure_delete", true).map_err(sqlite)?;
    finish(&connection).map_err(io::Error::other)
}

/// Writes the write-ahead log of a database into its file, and keeps other processes out. If that
/// fails, such as for a damaged database, the log is moved with it.
fn close(path: &Path) -> Result<Option<Alone>, OpenError> {
    let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let opened = opened.map_err(|error| OpenError::Sqlite { path: path.to_owned(), error });
    match opened.and_then(|connection| Alone::of(connection, path)) {
        Ok(alone) => Ok(Some(alone)),
        Err(error @ OpenError::InUse { .. }) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "the replaced database is kept as it is");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::storage::Db;

    #[test]
    fn path_with_characters_of_uris_is_opened_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?c#d%41é.db");
        drop(Db::open(&path).unwrap());
        let opened = open(&path).unwrap();
        assert_eq!(opened.path(), path.to_str());
    }

    #[test]
    fn progress_of_a_copy_grows_up_to_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("nox.db")).unwrap();
        let fill = "CREATE TABLE padding (bytes);
            INSERT INTO padding WITH RECURSIVE numbers (number) AS
                (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 100000)
                SELECT zeroblob(100) FROM numbers";
        connection.execute_batch(fill).unwrap();
        let path = folder.path().join("copy.db");
        let (reports, reported) = channel();
        watch(&connection, &path, move |written| reports.send(written).unwrap()).unwrap();
        write(&connection, &path, |_| Ok(())).unwrap();
        drop(connection);
        let reported: Vec<u64> = reported.iter().collect();
        let size = fs::metadata(&path).unwrap().len();
        assert!(reported.len() > 2 && reported.is_sorted(), "{reported:?}");
        assert!(reported.last().is_some_and(|last| (1..=size).contains(last)), "{reported:?}");
    }
}
