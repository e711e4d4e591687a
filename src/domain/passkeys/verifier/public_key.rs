//! The public key of a credential, and the signatures that it verifies.

use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ED25519_PUBLIC_KEY_LEN, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::Unfit;
use super::cbor::{self, Key};

/// A public key of one of the three algorithms that are offered at a registration.
pub(super) enum PublicKey<'a> {
    /// ECDSA with SHA-256 on P-256, as an uncompressed point.
    Es256([u8; 65]),
    /// EdDSA with Ed25519.
    EdDsa(&'a [u8]),
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256(RsaPublicKeyComponents<&'a [u8]>),
}

impl<'a> PublicKey<'a> {
    /// Reads a `COSE_Key` (RFC 9053, 7; RFC 8230, 4). It has no member besides those that its
    /// algorithm needs (WebAuthn Level 3, 6.5.1), so none of a private key, either. An RSA key of
    /// 8192 bits is the longest, with little more than a KiB.
    pub fn parse(cose: &'a [u8]) -> Result<Self, Unfit> {
        let members = cbor::map(cose)?;
        let member = |label| members.get(&Key::Number(label)).copied();
        let number = |label| member(label).and_then(cbor::number);
        let bytes = |label| member(label).and_then(cbor::byte_string);
        // The labels: 1 is the type of key, 3 the algorithm, -1 the curve.
        let key = match (members.len(), number(1), number(3)) {
            (5, Some(2), Some(-7)) if number(-1) == Some(1) => es256(bytes(-2), bytes(-3)),
            (4, Some(1), Some(-8)) if number(-1) == Some(6) => ed_dsa(bytes(-2)),
            (4, Some(3), Some(-257)) => rs256(bytes(-1), bytes(-2)),
            _ => None,
        };
        key.ok_or(Unfit::PublicKey)
    }

    /// Checks that the point of a new key is on P-256: one that is not would be stored, and never
    /// log in. `ring` checks a point where two keys agree on a secret, which is of no use here; it
    /// has no such check for Ed25519.
    pub fn check_point(&self) -> Result<(), Unfit> {
        let Self::Es256(point) = self else { return Ok(()) };
        let point = agreement::UnparsedPublicKey::new(&ECDH_P256, point);
        EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())
            .and_then(|other| agree_ephemeral(other, &point, |_| ()))
            .map_err(|_| Unfit::PublicKey)
    }

    /// Verifies a signature.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Unfit> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::EdDsa(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            Self::Rs256(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.map_err(|_| Unfit::Signature)
    }
}

fn es256<'a>(x: Option<&[u8]>, y: Option<&[u8]>) -> Option<PublicKey<'a>> {
    let x: &[u8; 32] = x?.try_into().ok()?;
    let y: &[u8; 32] = y?.try_into().ok()?;
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    Some(PublicKey::Es256(point))
}

fn ed_dsa(point: Option<&[u8]>) -> Option<PublicKey<'_>> {
    point.filter(|point| point.len() == ED25519_PUBLIC_KEY_LEN).map(PublicKey::EdDsa)
}

/// Checks what `ring` would refuse at the first login: another size than of 2048 to 8192 bits, an
/// exponent of more than four bytes, even numbers and leading zeros.
fn rs256<'a>(n: Option<&'a [u8]>, e: Option<&'a [u8]>) -> Option<PublicKey<'a>> {
    let (n, e) = (n?, e?);
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    let is_fit = (2048..=8192).contains(&bits)
        && e.len() <= 4
        && e != [1]
        && [n, e].iter().all(|number| is_odd(number) && number[0] != 0);
    is_fit.then_some(PublicKey::Rs256(RsaPublicKeyComponents { n, e }))
}
