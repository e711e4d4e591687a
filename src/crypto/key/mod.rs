//! The key file, and what is derived from it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{hmac_sha256, random};
use crate::error::{Error, Result};
use crate::files::{self, sync_parent};

/// The length of a key, in bytes.
pub const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or made.
    #[error("cannot {action} the key file {}: {source}; name another with secrets.key_file", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// It is no key.
    #[error("the key file {} does not hold exactly {KEY_LENGTH} bytes: restore it from a backup", path.display())]
    Length {
        /// Where.
        path: PathBuf,
    },
    /// Another process uses it, and it is to be replaced; or the other way round.
    #[error("another nox is using the key file {}: stop it, or wait until it is done, and try again", .0.display())]
    Busy(PathBuf),
    /// Others can read it.
    #[error("users other than its owner can access the key file {0}: run chmod 600 {0}", path.display())]
    Permissions {
        /// Where.
        path: PathBuf,
    },
}

/// The instance's master key. Keys for each purpose are derived from it; it is never used itself.
/// The file is locked, shared, for as long as it is in use, so that it is not replaced meanwhile.
pub struct Key {
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
    file: File,
    path: PathBuf,
}

impl Key {
    /// Reads the key file, or makes it with mode 0600 where there is none.
    ///
    /// # Errors
    /// The file cannot be read or made, holds something else, or is open to others.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let failed =
            |action| move |source| KeyError::File { action, path: path.to_owned(), source };
        match File::open(path) {
            Ok(file) => Self::read(file, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                generate(path).map_err(failed("create"))?;
                Self::read(File::open(path).map_err(failed("open"))?, path)
            }
            Err(error) => Err(failed("open")(error)),
        }
    }

    fn read(mut file: File, path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::File { action: "read", path: path.to_owned(), source };
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() || meta.len() != KEY_LENGTH as u64 {
            return Err(KeyError::Length { path: path.to_owned() });
        }
        if meta.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Permissions { path: path.to_owned() });
        }
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        file.read_exact(bytes.as_mut()).map_err(failed)?;
        file.try_lock_shared().map_err(|error| busy(error, path))?;
        Ok(Self { bytes, file, path: path.to_owned() })
    }

    /// Makes the key that is to follow this one, in a file beside it. Until it is adopted, this one
    /// holds; nobody else may be using it.
    ///
    /// # Errors
    /// Another process uses this key, or the file cannot be made.
    pub fn create_next(&self) -> Result<Self, KeyError> {
        self.lock_exclusively()?;
        self.discard_next()?;
        let path = next_to(&self.path);
        generate(&path).map_err(|source| KeyError::File {
            action: "create",
            path: path.clone(),
            source,
        })?;
        self.next()?.ok_or(KeyError::Length { path })
    }

    /// Turns the shared lock on the key file into an exclusive one, until `self` is dropped.
    ///
    /// # Errors
    /// Another process uses it.
    pub fn lock_exclusively(&self) -> Result<(), KeyError> {
        self.file.try_lock().map_err(|error| busy(error, &self.path))
    }

    /// The key itself, for a backup.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LENGTH] {
        &self.bytes
    }

    /// Writes a key that comes from a backup to a file that is not there yet.
    ///
    /// # Errors
    /// The file is there, or cannot be written.
    pub fn write_new(path: &Path, bytes: &[u8; KEY_LENGTH]) -> Result<(), KeyError> {
        let written = if path.exists() {
            Err(io::ErrorKind::AlreadyExists.into())
        } else {
            create(path, bytes)
        };
        written.map_err(|source| KeyError::File { action: "write", path: path.to_owned(), source })
    }

    /// The key that is to follow this one, where there is one.
    ///
    /// # Errors
    /// Its file cannot be read, or is none.
    pub fn next(&self) -> Result<Option<Self>, KeyError> {
        let path = next_to(&self.path);
        match File::open(&path) {
            Ok(file) => Self::read(file, &path).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeyError::File { action: "open", path, source }),
        }
    }

    /// Renames the file of this key, made by [`Key::create_next`], to that of `old`.
    ///
    /// # Errors
    /// The file cannot be renamed.
    pub fn replace(self, old: Self) -> Result<Self, KeyError> {
        let renamed = fs::rename(&self.path, &old.path).and_then(|()| sync_parent(&old.path));
        renamed.map_err(|source| KeyError::File {
            action: "replace",
            path: old.path.clone(),
            source,
        })?;
        Ok(Self { path: old.path, ..self })
    }

    /// Deletes the key that was to follow this one, where there is one.
    ///
    /// # Errors
    /// The file cannot be deleted.
    pub fn discard_next(&self) -> Result<(), KeyError> {
        let path = next_to(&self.path);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(KeyError::File { action: "delete", path, source })
            }
            _ => Ok(()),
        }
    }

    /// The key for one purpose: HMAC-SHA-256 of the purpose's name under the master key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.bytes, purpose)
    }

    /// Encrypts `plain` with XChaCha20-Poly1305. `context` is the additional authenticated data: it
    /// names what is encrypted, and only [`Key::open`] with the same context decrypts it.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = XNonce::from(random::<NONCE_LENGTH>()?);
        let sealed = cipher(&self.bytes)
            .encrypt(&nonce, Payload { msg: plain, aad: context.as_bytes() })
            .map_err(|_| Error::internal("seal a secret", "encryption failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Key::seal`] encrypted with the same context.
    ///
    /// # Errors
    /// The key or the context is another one, or the text was changed.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        open_with(&self.bytes, context, sealed)
    }
}

/// Decrypts what [`Key::seal`] encrypted, with the bytes of the key.
///
/// # Errors
/// The key or the context is another one, or the text was changed.
pub fn open_with(
    key: &[u8; KEY_LENGTH],
    context: &str,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let foreign =
        || Error::internal("open a secret", format!("{context} was not sealed with this key file"));
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or_else(foreign)?;
    cipher(key)
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context.as_bytes() })
        .map(Zeroizing::new)
        .map_err(|_| foreign())
}

fn cipher(key: &[u8; KEY_LENGTH]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*derive(key, "seal")).into())
}

fn derive(key: &[u8; KEY_LENGTH], purpose: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(hmac_sha256(key, purpose.as_bytes()))
}

fn next_to(path: &Path) -> PathBuf {
    path.with_added_extension("next")
}

fn busy(error: TryLockError, path: &Path) -> KeyError {
    match error {
        TryLockError::WouldBlock => KeyError::Busy(path.to_owned()),
        TryLockError::Error(source) => {
            KeyError::File { action: "lock", path: path.to_owned(), source }
        }
    }
}

/// Creates a key file with a random key.
fn generate(path: &Path) -> io::Result<()> {
    let key = Zeroizing::new(random::<KEY_LENGTH>().map_err(io::Error::other)?);
    create(path, &key)
}

/// Writes a key beside `path` and links it into place, so that of two processes one wins and nobody
/// reads half a key.
fn create(path: &Path, key: &[u8; KEY_LENGTH]) -> io::Result<()> {
    files::create_parent(path)?;
    let suffix = u64::from_be_bytes(random().map_err(io::Error::other)?);
    let draft = path.with_extension(format!("{suffix:016x}.draft"));
    let mut file = files::create(&draft)?;
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
