//! Secrets of authenticator apps.

use zeroize::Zeroizing;

use super::columns::flag;
use super::refusal::Reason;
use crate::domain::import::dump::Row;

/// The shortest secret that a login can use, in bytes.
const SHORTEST: usize = 16;

/// The secret of the app, if it was on. One that was only set up is no factor.
pub(super) fn secret(row: &Row) -> Result<Option<Zeroizing<Vec<u8>>>, Reason> {
    if !flag(row, "twofa_enabled")? {
        return Ok(None);
    }
    let text = row.text("twofa_secret").ok_or(Reason::NoTotpSecret)?;
    if text.trim().is_empty() {
        return Err(Reason::NoTotpSecret);
    }
    let secret = decode(text).ok_or(Reason::TotpSecret)?;
    if secret.len() < SHORTEST {
        return Err(Reason::ShortTotpSecret);
    }
    Ok(Some(secret))
}

/// Decodes base32 (RFC 4648, 6) strictly, but for case, spaces and padding.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let letters = text.bytes().filter(|letter| !matches!(letter, b' ' | b'='));
    // The length is known first, so that the secret never moves while it grows.
    let mut secret = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in letters {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            secret.push(u8::try_from(bits >> count & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    // What is left over is less than a letter, and zero.
    (count < 5 && bits == 0).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(enabled: &str, text: Option<&str>) -> Result<Option<Vec<u8>>, Reason> {
        let row = Row::of(&[("twofa_enabled", Some(enabled)), ("twofa_secret", text)]);
        secret(&row).map(|secret| secret.map(|secret| secret.to_vec()))
    }

    #[test]
    fn secret_of_an_enabled_app_is_decoded_strictly() {
        let first = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
        let second = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let spaced = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq ====";
        for (text, expected) in [
            (Some(first), Ok(Some(&b"12345678901234567890123456789012"[..]))),
            (Some(second), Ok(Some(b"12345678901234567890"))),
            (Some(spaced), Ok(Some(b"12345678901234567890"))),
            (None, Err(Reason::NoTotpSecret)),
            (Some(""), Err(Reason::NoTotpSecret)),
            (Some("  "), Err(Reason::NoTotpSecret)),
            (Some("===="), Err(Reason::ShortTotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBV"), Err(Reason::ShortTotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0"), Err(Reason::TotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"), Err(Reason::TotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQG"), Err(Reason::TotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGF"), Err(Reason::TotpSecret)),
            (Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQÄ"), Err(Reason::TotpSecret)),
            (Some("my secret is not base32 at all!!"), Err(Reason::TotpSecret)),
        ] {
            let expected = expected.map(|secret| secret.map(<[u8]>::to_vec));
            assert_eq!(read("t", text), expected, "{text:?}");
            assert_eq!(read("f", text), Ok(None), "a started setup is no factor: {text:?}");
        }
    }
}
