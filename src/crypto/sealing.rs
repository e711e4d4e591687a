//! Authenticated encryption (XChaCha20-Poly1305) of what is stored or handed out.

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{KEY_LENGTH, hmac_sha256, random};
use crate::error::{Error, Result};

const NONCE_LENGTH: usize = 24;

/// Encrypts as [`super::Key::seal`] does, with the bytes of the key.
pub(crate) fn seal_with(key: &[u8; KEY_LENGTH], context: &str, plain: &[u8]) -> Result<Vec<u8>> {
    let nonce = XNonce::from(random::<NONCE_LENGTH>()?);
    let sealed = cipher(key)
        .encrypt(&nonce, Payload { msg: plain, aad: context.as_bytes() })
        .map_err(|_| Error::internal("seal a secret", "encryption failed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Decrypts what [`super::Key::seal`] encrypted, with the bytes of the key.
///
/// # Errors
/// The key or the context is another one, or the bytes were changed.
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
    let key = Zeroizing::new(hmac_sha256(key, b"seal"));
    XChaCha20Poly1305::new((&*key).into())
}
