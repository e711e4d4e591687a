//! Whether there is room on a disk.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use rustix::fs::{OFlags, open};

use super::PRIVATE_FILE;

/// How much is written at once, and how often: 256 KiB in all, more than a login needs.
const PIECE: [u8; 16 << 10] = [0; 16 << 10];
const PIECES: usize = 16;

/// Writes to a file without a name in this folder, which the system deletes when it is closed. Does
/// nothing where such a file cannot be created: some file systems know none, and to write to a file
/// that is open needs neither a right to the folder nor an inode.
///
/// # Errors
/// The disk or the user's share of it is full, or the file system is read-only.
pub(crate) fn check_room(folder: &Path) -> io::Result<()> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mut file = match open(folder, flags, PRIVATE_FILE).map_err(io::Error::from) {
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem => return Err(error),
        Err(_) => return Ok(()),
        Ok(file) => File::from(file),
    };
    (0..PIECES).try_for_each(|_| file.write_all(&PIECE))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn attempt_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        check_room(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        check_room(&folder.path().join("none")).unwrap();
    }
}
