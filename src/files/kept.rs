//! Files that make room for others and are kept beside them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{explain, sync_parent, target};
use crate::time::Timestamp;

/// How many files of one name are kept within a second.
const MAX_IN_A_SECOND: u32 = 1000;

/// A time as it is written in file names, where a colon would be misread by some programs.
pub(crate) fn file_time(at: Timestamp) -> String {
    at.to_string().replace(':', "-")
}

/// Gives the file at `path` a second name, such as `nox.db.before-2026-12-31T18-00-00Z`, under
/// which it stays with its owner and mode when another file takes its place. So there is no moment
/// without a file at `path`. `None` if there is no file. The file that a symbolic link leads to is
/// kept beside itself.
pub(crate) fn keep(path: &Path, at: Timestamp) -> io::Result<Option<PathBuf>> {
    let path = &target(path);
    let named = |number: u32| {
        let time = file_time(at);
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        path.with_added_extension(format!("before-{time}{ending}"))
    };
    for kept in (1..=MAX_IN_A_SECOND).map(named) {
        match fs::hard_link(path, &kept) {
            Ok(()) => {
                sync_parent(path)?;
                return Ok(Some(kept));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => (),
            Err(error) => return Err(explain(path, error)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_kept_within_a_second_have_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        let at = Timestamp::from_millis(1_750_936_113_726);
        assert_eq!(keep(&path, at).unwrap(), None);
        for (content, name) in [
            ("one", "nox.db.before-2025-06-26T11-08-33Z"),
            ("two", "nox.db.before-2025-06-26T11-08-33Z-2"),
            ("three", "nox.db.before-2025-06-26T11-08-33Z-3"),
        ] {
            // Written to another file, as what takes its place is.
            fs::write(folder.path().join("new"), content).unwrap();
            fs::rename(folder.path().join("new"), &path).unwrap();
            let kept = keep(&path, at).unwrap().unwrap();
            assert_eq!(kept, folder.path().join(name));
            assert_eq!(fs::read_to_string(kept).unwrap(), content);
            assert!(path.exists());
        }
    }
}
