//! Recovery codes: ten of 50 bits, each good once, wherever a code is asked for.

use zeroize::Zeroizing;

use crate::crypto::groups_of_five;
use crate::domain::App;
use crate::domain::factors::code::Proof;
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::recovery_codes;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How many a user gets at once.
const COUNT: usize = 10;
/// Five bits each; no `I`, `O`, `0` or `1`.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// What they are hashed for.
const PURPOSE: &str = "recovery";

/// Recovery codes as they are shown, once: `XXXXX-XXXXX`.
pub type RecoveryCodes = Vec<Zeroizing<String>>;

/// Takes the dash out of a recovery code and writes it in upper case; `None` where the text cannot
/// be one.
pub(crate) fn normalize(text: &str) -> Option<Zeroizing<String>> {
    let letters = match text.split_once('-') {
        Some((one, two)) if one.len() == 5 && two.len() == 5 => [one, two].concat(),
        Some(_) => return None,
        None => text.to_owned(),
    };
    let letters = Zeroizing::new(letters.to_ascii_uppercase());
    (letters.len() == 10 && letters.bytes().all(|letter| ALPHABET.contains(&letter)))
        .then_some(letters)
}

/// Gives a user new codes; all before are worth nothing any more.
pub(crate) fn renew(app: &App, connection: &Connection, user: UserId) -> Result<RecoveryCodes> {
    let codes =
        (0..COUNT).map(|_| groups_of_five(ALPHABET, 2)).collect::<Result<RecoveryCodes>>()?;
    let hashes: Vec<_> =
        codes.iter().map(|code| app.keyed_hash(PURPOSE, user, &code.replace('-', ""))).collect();
    recovery_codes::replace(connection, user, &hashes)?;
    Ok(codes)
}

/// Uses a code up, where it is one that is left.
pub(super) fn consume(
    app: &App,
    connection: &Connection,
    user: UserId,
    normalized: &str,
    now: Timestamp,
) -> Result<Proof> {
    let hash = app.keyed_hash(PURPOSE, user, normalized);
    match recovery_codes::find(connection, user, &hash)? {
        None => Ok(Proof::Wrong),
        Some(true) => Ok(Proof::Used),
        Some(false) => {
            recovery_codes::update_used(connection, user, &hash, now)?;
            Ok(Proof::Right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_read_with_or_without_their_dash_and_in_any_case() {
        for text in ["ABCDE-FGHJK", "abcde-fghjk", "ABCDEFGHJK", "aBcDeFgHjK"] {
            assert_eq!(
                normalize(text).as_deref().map(String::as_str),
                Some("ABCDEFGHJK"),
                "{text}"
            );
        }
        for text in [
            "",
            "ABCDE-FGHJ",
            "ABCD-EFGHJK",
            "ABCDE-FGH-K",
            "ABCDE-FGHI0",
            "ABCDEFGHJKL",
            "ÄBCDE-FGHK",
            "ABCDE FGHJK",
        ] {
            assert_eq!(normalize(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_as_a_code_is_its_letters_and_nothing_else(text in ".*|[A-Za-z2-9]{5}-?[A-Za-z2-9]{5}|[A-Z0-9-]{9,12}") {
            if let Some(letters) = normalize(&text) {
                prop_assert!(letters.len() == 10 && letters.bytes().all(|letter| ALPHABET.contains(&letter)));
                prop_assert!(text.len() == 10 || text.as_bytes()[5] == b'-');
                prop_assert_eq!(text.replacen('-', "", 1).to_uppercase(), letters.as_str());
            }
        }
    }

    #[test]
    fn every_code_that_is_given_out_is_understood() {
        for _ in 0..100 {
            let code = groups_of_five(ALPHABET, 2).unwrap();
            assert_eq!(
                normalize(&code.to_lowercase()).map(|letters| letters.to_string()),
                Some(code.replace('-', ""))
            );
        }
    }
}
