//! The identity of the database file: whether the path still leads to the file that was opened.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{Identity, identity};

/// The path of the database, with the device and inode that it had when it was opened.
pub(super) struct FileIdentity {
    path: PathBuf,
    identity: Identity,
}

impl FileIdentity {
    /// Reads the identity of the file that is at `path` now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(&fs::metadata(path)?) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the path still leads to the same file.
    ///
    /// SQLite would go on writing to a file that was deleted, and those changes are lost when the
    /// process ends; and a new connection would open whatever file has the path now.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] if the file is gone, or another file has its path.
    pub(super) fn check(&self) -> Result<()> {
        let lost = |what: &str| {
            let path = self.path.display();
            let source = format!(
                "the database {path} {what}: stop the server, put its own back, and start it again"
            );
            Error::ServerNotReady { source: Some(source.into()) }
        };
        match fs::metadata(&self.path) {
            Ok(meta) if identity(&meta) == self.identity => Ok(()),
            Ok(_) => Err(lost("is another file than the one that was opened")),
            Err(error) => Err(lost(&format!("is gone ({error})"))),
        }
    }
}
