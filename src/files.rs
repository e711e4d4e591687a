//! Files and folders that are nobody else's, and that are on the disk once they are there.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The folder in which `path` lies.
#[must_use]
pub fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder that `path` is to lie in, open to its owner alone, and those above it.
///
/// # Errors
/// The folder cannot be made.
pub fn create_parent(path: &Path) -> io::Result<()> {
    let folder = parent(path);
    if folder.is_dir() {
        return Ok(());
    }
    create_parent(folder)?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        // Another process was quicker.
        Err(_) if folder.is_dir() => (),
        made => made?,
    }
    sync_parent(folder)
}

/// Waits until the name of `path` is on the disk: it is safe only with its folder.
///
/// # Errors
/// The folder cannot be read, or the disk fails.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

/// Makes a file for its owner alone. Whatever has that name already is left as it is, a symbolic
/// link too.
///
/// # Errors
/// The file cannot be made, or the name is taken.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Device and inode: what a file keeps when its name goes to another.
pub type Identity = (u64, u64);

/// Which file it is that this was read of.
#[must_use]
pub fn identity(of: &Metadata) -> Identity {
    (of.dev(), of.ino())
}
