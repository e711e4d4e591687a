//! The file of a database: whether it is still there, and still the one that was opened.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{Identity, identity};

/// A file that stays the same one, whatever happens to its name.
pub(super) struct Place {
    path: PathBuf,
    identity: Identity,
}

impl Place {
    /// The file that is at `path` now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(&fs::metadata(path)?) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is written to a file without a name is lost with the process; a new connection would
    /// open what is there now.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the file is gone, or another has its name.
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
