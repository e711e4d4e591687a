//! The key file, and the keys that are derived from it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::sealing::{open_with, seal_with};
use super::{hmac_sha256, random};
use crate::error::Result;
use crate::files::{self, sync_parent};

/// The length of a key, in bytes.
pub const KEY_LENGTH: usize = 32;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error(
        "cannot {action} the key file {}: {source}; secrets.key_file sets its path",
        path.display()
    )]
    File {
        /// A verb, such as `read`.
        action: &'static str,
        /// The path of the key file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// There is something else than a file.
    #[error("the key file {0}; secrets.key_file sets its path")]
    NoFile(io::Error),
    /// The file has another length than a key.
    #[error(
        "the key file {} must have exactly {KEY_LENGTH} bytes, and is damaged: put a copy of it in \
         its place; if there is no copy, nox key replace --lose-second-factors makes a new one",
        path.display()
    )]
    Length {
        /// The path of the key file.
        path: PathBuf,
    },
    /// The lock on the file is not available: this process or another one needs it exclusively.
    #[error(
        "another nox process is using the key file {}: wait for that process or stop it, \
         and try again",
        .0.display()
    )]
    Busy(PathBuf),
    /// The mode of the file gives access to other users.
    #[error(
        "users other than its owner can access the key file {0} (mode {mode:04o}): \
         run chmod 600 {0}",
        path.display()
    )]
    Permissions {
        /// The path of the key file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file holds another key than when it was read first.
    #[error(
        "the key file {} is not the one that the server has started with: put that key file back, \
         or start the server again",
        path.display()
    )]
    Exchanged {
        /// The path of the key file.
        path: PathBuf,
    },
}

impl KeyError {
    /// A [`KeyError::File`] that says what is in the way.
    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source: files::explain(path, source) }
    }
}

/// The master key of the instance. It is used only to derive a key for each purpose. A shared lock
/// on its file prevents that another process replaces the file while this one uses the key.
pub struct Key {
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
    file: File,
    path: PathBuf,
}

impl Key {
    /// Reads the key file, or creates it with mode 0600 if it does not exist.
    ///
    /// # Errors
    /// The file cannot be read or created, has another length, or other users can access it.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        let made = random_key().and_then(|key| create(path, path, &Zeroizing::new(key)));
        made.map_err(|source| KeyError::file("create", path, source))?;
        Self::load(path)?
            .ok_or_else(|| KeyError::file("open", path, io::ErrorKind::NotFound.into()))
    }

    /// Reads the key file. `None` if it does not exist.
    ///
    /// # Errors
    /// The file cannot be read, has another length, or other users can access it.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, KeyError> {
        // Looked at first: to open a pipe would wait for its writer.
        match fs::metadata(path) {
            Ok(meta) if !meta.is_file() => {
                return Err(KeyError::NoFile(files::no_file(path, &meta)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => (),
        }
        let file = File::open(path).map_err(|source| KeyError::file("open", path, source))?;
        Self::read(file, path).map(Some)
    }

    fn read(mut file: File, path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::file("read", path, source);
        let meta = file.metadata().map_err(failed)?;
        if meta.len() != KEY_LENGTH as u64 {
            return Err(KeyError::Length { path: path.to_owned() });
        }
        let mode = meta.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Permissions { path: path.to_owned(), mode });
        }
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        file.read_exact(bytes.as_mut()).map_err(failed)?;
        file.try_lock_shared().map_err(|error| busy(error, path))?;
        Ok(Self { bytes, file, path: path.to_owned() })
    }

    /// Reads the key file again, to find out whether the next start would accept it.
    ///
    /// # Errors
    /// It would not, or the file holds another key by now.
    pub(crate) fn check_file(&self) -> Result<(), KeyError> {
        let failed = |source| KeyError::file("open", &self.path, source);
        let found = Self::read(File::open(&self.path).map_err(failed)?, &self.path)?;
        let exchanged = || KeyError::Exchanged { path: self.path.clone() };
        (found.bytes == self.bytes).then_some(()).ok_or_else(exchanged)
    }

    /// Creates the key that will replace this one, in a file beside it, and locks this key
    /// exclusively. This key is valid until [`Key::take_place`].
    pub(crate) fn create_next(&self) -> Result<Self, KeyError> {
        self.lock_exclusively()?;
        Self::create_next_of(&self.path)
    }

    /// Creates the key that will replace the file at `path`, which may be damaged or missing, in a
    /// file beside it.
    pub(crate) fn create_next_of(path: &Path) -> Result<Self, KeyError> {
        let key =
            Zeroizing::new(random_key().map_err(|source| KeyError::file("create", path, source))?);
        Self::write_next_of(path, &key)
    }

    /// Does the same with a key from a backup.
    pub(crate) fn write_next_of(path: &Path, bytes: &[u8; KEY_LENGTH]) -> Result<Self, KeyError> {
        discard_next_of(path)?;
        let next = next_path(path);
        create(&next, &files::target(path), bytes)
            .map_err(|source| KeyError::file("create", &next, source))?;
        Self::next_of(path)?.ok_or(KeyError::Length { path: next })
    }

    /// Turns the shared lock on the key file into an exclusive one, until `self` is dropped.
    pub(crate) fn lock_exclusively(&self) -> Result<(), KeyError> {
        self.file.try_lock().map_err(|error| busy(error, &self.path))
    }

    /// The bytes of the key, for a backup.
    pub(crate) fn expose(&self) -> &[u8; KEY_LENGTH] {
        &self.bytes
    }

    /// The key that is to replace the file at `path`, if there is one.
    pub(crate) fn next_of(path: &Path) -> Result<Option<Self>, KeyError> {
        Self::load(&next_path(path))
    }

    /// Renames the file of this key, which is to replace the one at `path`. A symbolic link there
    /// stays, and leads to the new file.
    pub(crate) fn take_place(self, path: &Path) -> Result<Self, KeyError> {
        let target = files::target(path);
        let renamed = fs::rename(&self.path, &target).and_then(|()| sync_parent(&target));
        renamed.map_err(|source| KeyError::file("replace", path, source))?;
        Ok(Self { path: path.to_owned(), ..self })
    }

    /// Deletes the key that was to replace this one, if there is one.
    pub(crate) fn discard_next(&self) -> Result<(), KeyError> {
        discard_next_of(&self.path)
    }

    /// The key for one purpose: HMAC-SHA-256 of the purpose's name under the master key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.bytes, purpose)
    }

    /// Encrypts `plain` with XChaCha20-Poly1305. `context` is the additional authenticated data: it
    /// names what is encrypted, and only [`Key::open`] with the same context decrypts it.
    pub(crate) fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        seal_with(&self.bytes, context, plain)
    }

    /// Decrypts what [`Key::seal`] encrypted with the same context.
    ///
    /// # Errors
    /// The key or the context is another one, or the bytes were changed.
    pub(crate) fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        open_with(&self.bytes, context, sealed)
    }
}

fn derive(key: &[u8; KEY_LENGTH], purpose: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(hmac_sha256(key, purpose.as_bytes()))
}

fn discard_next_of(path: &Path) -> Result<(), KeyError> {
    let next = next_path(path);
    match fs::remove_file(&next) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(KeyError::file("delete", &next, source))
        }
        _ => Ok(()),
    }
}

fn next_path(path: &Path) -> PathBuf {
    files::target(path).with_added_extension("next")
}

fn busy(error: TryLockError, path: &Path) -> KeyError {
    match error {
        TryLockError::WouldBlock => KeyError::Busy(path.to_owned()),
        TryLockError::Error(source) => KeyError::file("lock", path, source),
    }
}

fn random_key() -> io::Result<[u8; KEY_LENGTH]> {
    random().map_err(io::Error::other)
}

/// Writes a key to a draft beside `path` and links the draft to `path`. So no process reads a
/// partial key, and of two processes that create a key, both use the one that was linked first. If
/// root creates it, it belongs to the owner of `former`, or of the folder.
fn create(path: &Path, former: &Path, key: &[u8; KEY_LENGTH]) -> io::Result<()> {
    files::create_parent(path)?;
    let suffix = u64::from_be_bytes(random().map_err(io::Error::other)?);
    let draft = path.with_extension(format!("{suffix:016x}.draft"));
    let mut file = files::create_for(&draft, former)?;
    let linked = file
        .write_all(key)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_parent(path),
    }
}

#[cfg(test)]
mod tests;
