//! A note beside the database that says where the server of an instance listens, for `nox health`:
//! `--listen`, port 0 and sockets that are handed over are not in the configuration.
//!
//! The server holds a lock on its note, so that a note that a killed server left is told from one
//! that holds.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::OFlags;

use crate::config::{Config, Listen};
use crate::crypto::random;
use crate::files::{self, Identity, identity};

/// Longer than any address.
const LONGEST: u64 = 4096;

/// The note of this process, which is removed when this is dropped.
pub(super) struct AddressNote {
    path: PathBuf,
    identity: Identity,
    /// Keeps the lock.
    _file: File,
}

impl AddressNote {
    /// Writes the note. It takes the place of another one, as of a server that is about to end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(config: &Config, at: &Listen) -> io::Result<Self> {
        let path = path(config);
        let suffix = u64::from_be_bytes(random().map_err(io::Error::other)?);
        let draft = path.with_added_extension(format!("{suffix:016x}"));
        let mut file = files::create(&draft)?;
        let written = file
            .lock()
            .and_then(|()| file.write_all(String::from(at.clone()).as_bytes()))
            .and_then(|()| fs::rename(&draft, &path));
        if let Err(error) = written {
            fs::remove_file(&draft)?;
            return Err(error);
        }
        Ok(Self { path, identity: identity(&file.metadata()?), _file: file })
    }
}

impl Drop for AddressNote {
    fn drop(&mut self) {
        // By now, the next server may have put its own note there.
        let found = fs::symlink_metadata(&self.path).map(|found| identity(&found));
        if found.is_ok_and(|found| found == self.identity) {
            // If this fails, the note is stale, which everyone can see.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Where the running server of this instance listens. `None` if there is none, or if it has left
/// no note.
///
/// # Errors
/// The note cannot be read.
pub(super) fn find(config: &Config) -> io::Result<Option<Listen>> {
    let nofollow = OFlags::NOFOLLOW.bits().cast_signed();
    let file = match File::options().read(true).custom_flags(nofollow).open(path(config)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => (),
        Err(TryLockError::Error(error)) => return Err(error),
        // No server holds it.
        Ok(()) => return Ok(None),
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Listen::try_from(text).map(Some).map_err(io::Error::other)
}

fn path(config: &Config) -> PathBuf {
    config.storage.database.with_added_extension("listen")
}
