//! Files and folders that only their owner can access, created durably.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The folder of `path`.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates the folder of `path` and its missing parents, with mode 0700.
pub(crate) fn create_parent(path: &Path) -> io::Result<()> {
    let folder = parent(path);
    if folder.is_dir() {
        return Ok(());
    }
    create_parent(folder)?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        // Another process has just created it.
        Err(_) if folder.is_dir() => (),
        made => made?,
    }
    sync_parent(folder)
}

/// Syncs the folder of `path` to the disk. After a power failure, a new or renamed file is found
/// under its name only if its folder was synced.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

/// Creates a file with mode 0600. It is an error if the name exists, also as a symbolic link.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// The device and the inode of a file. They stay the same when the file is renamed.
pub(crate) type Identity = (u64, u64);

/// The identity of the file that the metadata was read from.
pub(crate) fn identity(of: &Metadata) -> Identity {
    (of.dev(), of.ino())
}
