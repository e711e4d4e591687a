//! The header of a database file (<https://www.sqlite.org/fileformat2.html>, 1.3), by which the
//! files of Nox are distinguished from others. It is read without SQLite, which would create files
//! beside a database that must not be touched.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::OpenError;
use crate::files::{self, Need};

/// The schema version, and the mark of Nox databases, as `schema.sql` sets them.
pub(super) const VERSION: u32 = 9;
const APPLICATION_ID: u32 = 1_852_799_009;
/// How many bytes are read.
const LENGTH: u64 = 96;

/// What the header says of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub version: u32,
    pub application_id: u32,
    /// How long the file must be at least, in bytes; 0 if that is not known.
    pub length: u64,
}

/// Reads the header of the file at `path`. `None` if there is no file, or an empty one.
pub(super) fn read(path: &Path) -> io::Result<Option<Header>> {
    // Looked at first: to open a pipe would wait for its writer.
    match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return Err(files::no_file(path, &meta)),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map(drop)?,
    }
    let file = File::open(path)?;
    let mut start = Vec::new();
    file.take(LENGTH).read_to_end(&mut start)?;
    if start.is_empty() {
        return Ok(None);
    }
    // A file that is not a database gets an id that no program has.
    let mut header =
        parse(&start).unwrap_or(Header { version: 0, application_id: u32::MAX, length: 0 });
    // If a checkpoint was interrupted, the end of the database is still in the write-ahead log.
    if is_unfinished(path) {
        header.length = 0;
    }
    Ok(Some(header))
}

fn parse(start: &[u8]) -> Option<Header> {
    let number = |at: usize| start.get(at..)?.first_chunk().copied().map(u32::from_be_bytes);
    let page_size = match u16::from_be_bytes(*start.get(16..)?.first_chunk()?) {
        1 => 65_536,
        size => u64::from(size),
    };
    // The number of pages is valid only if the last program that wrote has set it, too.
    let is_valid = number(24)? == number(92)?;
    let length = if is_valid { page_size * u64::from(number(28)?) } else { 0 };
    start.starts_with(b"SQLite format 3\0").then_some(Header {
        version: number(60)?,
        application_id: number(68)?,
        length,
    })
}

/// Checks that the file at `path` is a Nox database, without changing anything.
pub(super) fn check_file(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::file("read", path, source);
    match read(path).map_err(failed)? {
        Some(header) if header.version > 0 => check(path, header),
        Some(_) => Err(OpenError::Foreign { path: path.to_owned() }),
        // The file is empty or missing.
        None => {
            File::open(path).map_err(failed).and(Err(OpenError::Foreign { path: path.to_owned() }))
        }
    }
}

/// Checks that a header is one of a database that this version can open, or of an empty one.
pub(super) fn check(path: &Path, header: Header) -> Result<(), OpenError> {
    let length = || path.metadata().map_or(0, |meta| meta.len());
    match header {
        Header { version: 0, application_id: 0, .. } => Ok(()),
        Header { version: 1..=VERSION, application_id: APPLICATION_ID, length: needed }
            if length() < needed =>
        {
            Err(OpenError::Truncated { path: path.to_owned(), length: length(), needed })
        }
        Header { version: 1..=VERSION, application_id: APPLICATION_ID, .. } => Ok(()),
        Header { version, application_id: APPLICATION_ID, .. } if version > VERSION => {
            Err(OpenError::Newer { path: path.to_owned(), found: version, known: VERSION })
        }
        _ => Err(OpenError::Foreign { path: path.to_owned() }),
    }
}

/// Checks that the database and the files beside it can be written, or can be created. SQLite would
/// open a database that is read-only, and refuse the first change.
pub(super) fn check_rights(path: &Path) -> io::Result<()> {
    files::check_access(path, Need::ReadAndWrite)?;
    for ending in ["-wal", "-shm"] {
        let beside = with_ending(path, ending);
        if files::exists(&beside)? {
            files::check_access(&beside, Need::ReadAndWrite)?;
        } else {
            files::check_access(files::parent(path), Need::Folder)?;
        }
    }
    Ok(())
}

/// Whether the write-ahead log has changes that are not in the database file. Then it is in use, or
/// was not closed, and the file alone is not a valid copy.
pub(crate) fn is_unfinished(path: &Path) -> bool {
    fs::metadata(with_ending(path, "-wal")).is_ok_and(|meta| meta.len() > 0)
}

/// The path of a file that SQLite keeps beside a database, such as `nox.db-wal`: beside the file
/// itself, if `path` is a symbolic link.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = files::target(path).into_os_string();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn file_is_accepted_only_by_its_marks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        let number = || prop_oneof![0..=VERSION, Just(APPLICATION_ID), any::<u32>()];
        proptest!(|(
            is_database: bool,
            mut start in vec(any::<u8>(), 60..130),
            version in number(),
            id in number(),
        )| {
            let name = [(0, *b"SQLi"), (4, *b"te f"), (8, *b"orma"), (12, *b"t 3\0")];
            // The last program that wrote has not set the number of pages.
            let uncounted = [(24, [0; 4]), (92, [1; 4])];
            let marks = [(60, version.to_be_bytes()), (68, id.to_be_bytes())];
            for (at, bytes) in name.into_iter().chain(uncounted).chain(marks) {
                if let Some(four) = start.get_mut(at..at + 4).filter(|_| is_database) {
                    four.copy_from_slice(&bytes);
                }
            }
            fs::write(&path, &start).unwrap();
            let is_known = (1..=VERSION).contains(&version) && id == APPLICATION_ID;
            let is_accepted = is_database && start.len() >= 96 && is_known;
            prop_assert_eq!(check_file(&path).is_ok(), is_accepted);
        });
    }
}
