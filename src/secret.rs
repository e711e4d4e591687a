//! The key file, what is derived from it, and random numbers.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

const KEY_LENGTH: usize = 32;
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
    /// Others can read it.
    #[error("users other than its owner can access the key file {0}: run chmod 600 {0}", path.display())]
    Permissions {
        /// Where.
        path: PathBuf,
    },
}

/// The instance's master key. Keys for each purpose are derived from it; it is never used itself.
pub struct Key(Zeroizing<[u8; KEY_LENGTH]>);

impl Key {
    /// Reads the key file, or makes it with mode 0600 where there is none.
    ///
    /// # Errors
    /// The file cannot be read or made, holds something else, or is open to others.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let failed = |action| move |source| KeyError::File { action, path: path.to_owned(), source };
        match File::open(path) {
            Ok(file) => Self::read(file, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path).map_err(failed("create"))?;
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
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        file.read_exact(key.as_mut()).map_err(failed)?;
        Ok(Self(key))
    }

    /// The key for one purpose: HMAC-SHA-256 of the purpose's name under the master key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&self.0, purpose.as_bytes()))
    }

    /// Seals `plain` with XChaCha20-Poly1305 for `place`: what is sealed for one place opens in no other.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = XNonce::from(random::<NONCE_LENGTH>()?);
        let sealed = self
            .cipher()
            .encrypt(&nonce, Payload { msg: plain, aad: place.as_bytes() })
            .map_err(|_| Error::internal("seal a secret", "encryption failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Key::seal`] sealed for the same place.
    ///
    /// # Errors
    /// It was sealed with another key or for another place, or was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let foreign = || Error::internal("open a secret", format!("{place} was not sealed with this key file"));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or_else(foreign)?;
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| foreign())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.derive("seal")).into())
    }
}

/// HMAC-SHA-256 (RFC 2104) under a key of 32 bytes.
#[must_use]
pub fn hmac_sha256(key: &[u8; KEY_LENGTH], message: &[u8]) -> [u8; 32] {
    // A key shorter than the hash's block is filled up with zeros: so the RFC, and so no length can be wrong.
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_LENGTH].copy_from_slice(key);
    Hmac::<Sha256>::new((&*block).into()).chain_update(message).finalize().into_bytes().into()
}

/// Writes a new key beside `path` and links it into place, so that of two processes one wins and nobody reads half a key.
fn create(path: &Path) -> io::Result<()> {
    create_parent(path)?;
    let key = Zeroizing::new(random::<KEY_LENGTH>().map_err(io::Error::other)?);
    let suffix = u64::from_be_bytes(random().map_err(io::Error::other)?);
    let draft = path.with_extension(format!("{suffix:016x}.draft"));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let linked = file.write_all(key.as_ref()).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // The name is safe on the disk only with its folder.
        other => other.and_then(|()| File::open(parent(path))?.sync_all()),
    }
}

/// The folder in which `path` lies.
#[must_use]
pub fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder that `path` is to lie in, open to its owner alone.
///
/// # Errors
/// The folder cannot be made.
pub fn create_parent(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(parent(path))
}

/// `N` bytes from the system's generator.
///
/// # Errors
/// The system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("draw a random number", error))?;
    Ok(bytes)
}

/// No password may be longer.
const LONGEST_PASSWORD: usize = 128;

/// A password of at least 100 bits and `shortest` characters, in groups of five that can be read aloud: no `l`, `o`, `0` or
/// `1`.
///
/// # Errors
/// The system gives no random numbers.
pub fn generate_password(shortest: usize) -> Result<Zeroizing<String>> {
    const ALPHABET: [u8; 32] = *b"abcdefghijkmnpqrstuvwxyz23456789";
    let groups = shortest.div_ceil(5).max(4);
    let mut password = Zeroizing::new(String::with_capacity(groups * 6));
    for group in 0..groups {
        if group > 0 {
            password.push('-');
        }
        let letters = Zeroizing::new(random::<5>()?);
        password.extend(letters.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])));
    }
    password.truncate(LONGEST_PASSWORD);
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: &tempfile::TempDir) -> Key {
        Key::load_or_create(&folder.path().join("nox.key")).unwrap()
    }

    #[test]
    fn the_key_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let first = key(&folder).derive("test");
        assert_eq!(first, key(&folder).derive("test"));
        let path = folder.path().join("nox.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_key_file_that_is_short_or_open_to_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.key");
        key(&folder);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Key::load_or_create(&path), Err(KeyError::Permissions { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, [7; 31]).unwrap();
        assert!(matches!(Key::load_or_create(&path), Err(KeyError::Length { .. })));
    }

    #[test]
    fn what_is_sealed_for_one_place_opens_in_no_other_and_with_no_other_key() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key_one = key(&folder);
        let mut sealed = key_one.seal("totp:1", b"seed").unwrap();
        assert_eq!(key_one.open("totp:1", &sealed).unwrap().as_slice(), b"seed");
        assert!(key_one.open("totp:2", &sealed).is_err());
        assert!(key(&other).open("totp:1", &sealed).is_err());
        sealed[30] ^= 1;
        assert!(key_one.open("totp:1", &sealed).is_err());
        assert!(key_one.open("totp:1", &[]).is_err());
    }

    #[test]
    fn generated_passwords_differ_and_have_no_look_alikes() {
        let (one, two) = (generate_password(8).unwrap(), generate_password(8).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 23);
        assert!(!one.contains(['l', 'o', '0', '1']));
        for shortest in [23, 24, 127, 128] {
            let password = generate_password(shortest).unwrap();
            assert!((shortest..=128).contains(&password.len()) && !password.ends_with('-'), "{}", *password);
        }
    }
}
