use super::*;
use crate::storage::users::NO_PASSWORD;
use proptest::prelude::*;

fn hasher(settings: &str) -> Hasher {
    Hasher::new(&toml::from_str(settings).unwrap())
}

fn password(text: &str) -> Password {
    text.to_owned().into()
}

#[test]
fn hash_verifies_its_password_and_no_other() {
    let hasher = hasher("memory_kib = 1024\niterations = 1");
    let hash = hasher.hash(&password("correct horse")).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{hash}");
    assert_eq!(hasher.verify(&password("correct horse"), &hash).unwrap(), Match::Right);
    assert_eq!(hasher.verify(&password("Correct horse"), &hash).unwrap(), Match::Wrong);
    assert_ne!(
        hash,
        hasher.hash(&password("correct horse")).unwrap(),
        "each hash has its own salt"
    );
}

#[test]
fn hash_with_other_parameters_verifies_but_is_not_current() {
    let old = hasher("memory_kib = 1024\niterations = 1");
    let new = hasher("memory_kib = 2048\niterations = 1");
    let hash = old.hash(&password("secret")).unwrap();
    assert_eq!(new.verify(&password("secret"), &hash).unwrap(), Match::Right);
    assert!(old.is_current(&hash) && !new.is_current(&hash));
}

#[test]
fn composed_and_decomposed_password_are_one_and_old_hashes_of_either_verify() {
    let hasher = hasher("memory_kib = 1024\niterations = 1");
    let forms = ["pass w\u{fc}rd", "pass wu\u{308}rd"];
    for set in forms {
        let hash = hasher.hash(&password(set)).unwrap();
        for typed in forms {
            assert_eq!(hasher.verify(&password(typed), &hash).unwrap(), Match::Right);
        }
    }
    let [composed, decomposed] = forms;
    let old = hasher.hash_as_typed(decomposed).unwrap();
    assert_eq!(hasher.verify(&password(decomposed), &old).unwrap(), Match::RightAsTyped);
    assert_eq!(hasher.verify(&password(composed), &old).unwrap(), Match::Wrong);
    for other in ["pass wurd", "PASS W\u{fc}RD", "pass w\u{fc}rd ", "ｐass w\u{fc}rd"] {
        assert_eq!(hasher.verify(&password(other), &old).unwrap(), Match::Wrong);
    }
    let typed = password(decomposed);
    assert_eq!((typed.length(), typed.normalized_length()), (10, 9));
}

/// The hash comes from the reference implementation's command line:
/// `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e`.
#[test]
fn hash_of_the_reference_implementation_verifies() {
    let known = concat!(
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    );
    let hasher = hasher("memory_kib = 1024");
    assert_eq!(hasher.verify(&password("password"), known).unwrap(), Match::Right);
    assert_eq!(hasher.verify(&password("passwore"), known).unwrap(), Match::Wrong);
}

#[test]
fn text_that_is_not_an_argon2id_hash_is_a_fault() {
    let hasher = hasher("memory_kib = 1024");
    let other_version = hasher.hash(&password("secret")).unwrap().replace("v=19", "v=16");
    for hash in [
        "",
        "secret",
        &other_version,
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ] {
        assert!(matches!(
            hasher.verify(&password("secret"), hash),
            Err(Error::InternalError { .. })
        ));
    }
}

#[test]
fn damaged_hash_does_not_verify() {
    let hasher = hasher("memory_kib = 1024\niterations = 1\nhashers = 1");
    let hash = hasher.hash(&password("secret")).unwrap();
    // A changed text can mean the same hash: a parameter that is not named has its default.
    let meaning = |text: &str| {
        PasswordHash::new(text)
            .ok()
            .map(|hash| (hash.version, Params::try_from(&hash).ok(), hash.salt, hash.hash))
    };
    // One more character can cost at most one more digit of the memory's size.
    let letters = "[a-zA-Z0-9+/$=,]|.";
    let config = ProptestConfig::with_cases(64);
    proptest!(config, |(at in 0..hash.len(), letter in letters, text in ".*")| {
        let mut bent = hash.clone();
        bent.replace_range(at..=at, &letter);
        let found = hasher.verify(&password("secret"), &bent);
        let is_accepted = found.is_ok_and(|found| found != Match::Wrong);
        prop_assert!(meaning(&bent) == meaning(&hash) || !is_accepted, "{}", bent);
        prop_assert!(hasher.verify(&password("secret"), &text).is_err());
        prop_assert!(!hasher.is_current(&text));
    });
}

/// The design's vectors: the salt is the bytes 0 to 15.
const OF_THE_FIRST_GENERATION: [(&str, &str); 2] = [
    (
        "correct horse",
        concat!(
            "AAECAwQFBgcICQoLDA0ODw==:5RUHDgNTp9sBOWGYS4e6u57cz/Sq3/TQgaDP/8MW6L/eNZN5updoogDm/+UZ",
            "SB3KdfSkPwIP/A2vXogU8PJ6DQ=="
        ),
    ),
    (
        "p\u{e4}ssw\u{f6}rd\u{1f319}",
        concat!(
            "AAECAwQFBgcICQoLDA0ODw==:kucsIR5IUORCwf/sn3qDjhP4iCMZLAir19p2LgfHY7wUCV7UVpCwoi2XTgL4",
            "WSxzGgFoUzpCV4JAAf2LGD7t+A=="
        ),
    ),
];

fn wrap(hasher: &Hasher, texts: &[&str]) -> Vec<String> {
    let to_wrap = texts
        .iter()
        .enumerate()
        .map(|(whose, text)| Ok(ToWrap { whose, hash: Pbkdf2Hash::parse(text).unwrap() }));
    let mut wrapped = Vec::new();
    hasher
        .wrap_all(to_wrap, |whose, hash| {
            assert_eq!(whose, wrapped.len(), "they come in their order");
            wrapped.push(hash);
            Ok(())
        })
        .unwrap();
    wrapped
}

#[test]
fn wrapped_hash_of_the_first_generation_verifies_its_password_and_no_other() {
    let hasher = hasher("memory_kib = 1024\niterations = 1\nhashers = 2");
    for (typed, text) in OF_THE_FIRST_GENERATION {
        let [hash] = &wrap(&hasher, &[text])[..] else { panic!("one comes back") };
        let start =
            "$argon2id-pbkdf2-sha256$v=19$m=1024,t=1,p=1,i=10000,l=64$AAECAwQFBgcICQoLDA0ODw$";
        assert!(hash.starts_with(start), "{hash}");
        assert_eq!(hasher.verify(&password(typed), hash).unwrap(), Match::Right);
        for wrong in ["Correct horse", "password", text] {
            assert_eq!(hasher.verify(&password(wrong), hash).unwrap(), Match::Wrong);
        }
        assert!(!hasher.is_current(hash), "the next login replaces it");
        let other = Hasher::new(&toml::from_str("memory_kib = 2048").unwrap());
        assert_eq!(other.verify(&password(typed), hash).unwrap(), Match::Right);
    }
    // The decomposed form of what was hashed composed, and the other way round.
    let decomposed = "pa\u{308}sswo\u{308}rd\u{1f319}";
    let hash = &wrap(&hasher, &[OF_THE_FIRST_GENERATION[1].1])[0];
    assert_eq!(hasher.verify(&password(decomposed), hash).unwrap(), Match::Right);
}

#[test]
fn many_hashes_are_wrapped_in_their_order_until_one_fails() {
    let hasher = hasher("memory_kib = 1024\niterations = 1\nhashers = 3");
    let texts: Vec<_> = (0..40).map(|at| OF_THE_FIRST_GENERATION[at % 2].1).collect();
    let wrapped = wrap(&hasher, &texts);
    assert_eq!(wrapped.len(), 40);
    assert_eq!(wrapped[0], wrapped[38], "the same salt gives the same hash");
    let to_wrap = (0..9).map(|whose| match whose {
        8 => Err(fault("no more")),
        _ => Ok(ToWrap { whose, hash: Pbkdf2Hash::parse(texts[0]).unwrap() }),
    });
    let mut count = 0;
    let ended = hasher.wrap_all(to_wrap, |_, _| {
        count += 1;
        Ok(())
    });
    assert!(ended.is_err() && count < 9, "{count}");
}

#[test]
fn account_without_a_password_has_none_that_is_right() {
    let hasher = hasher("memory_kib = 1024\niterations = 1");
    for typed in ["", "!", "hunter22", "pa\u{308}ssword"] {
        assert_eq!(hasher.verify(&password(typed), NO_PASSWORD).unwrap(), Match::Wrong);
    }
    assert!(!hasher.is_current(NO_PASSWORD));
}

#[test]
fn hash_around_pbkdf2_of_another_kind_is_a_fault() {
    let hasher = hasher("memory_kib = 1024\niterations = 1");
    let hash = wrap(&hasher, &[OF_THE_FIRST_GENERATION[0].1]).remove(0);
    for (part, other) in [
        ("i=10000", "i=9999"),
        ("i=10000", "i=4294967295"),
        (",i=10000", ""),
        (",l=64", ""),
        ("l=64", "l=32"),
        ("v=19", "v=16"),
        ("m=1024", "m=1"),
        ("argon2id-pbkdf2-sha256", "argon2id"),
    ] {
        let bent = hash.replace(part, other);
        let found = hasher.verify(&password("correct horse"), &bent);
        assert!(matches!(found, Err(Error::InternalError { .. })), "{bent}");
    }
}

#[test]
fn every_verification_computes_pbkdf2_while_there_are_wrapped_hashes() {
    let hasher = hasher("memory_kib = 1024\niterations = 1");
    let secret = "secret".to_owned().into();
    assert!(matches!(hasher.as_long(&secret), Input::Text(_)));
    hasher.knowing(|| Ok(true)).unwrap();
    assert!(matches!(hasher.as_long(&secret), Input::AsLong(_)));
    assert!(hasher.knowing(|| Err(fault("asked twice"))).is_ok());
    let hash = hasher.hash(&password("secret")).unwrap();
    assert_eq!(hasher.verify(&password("secret"), &hash).unwrap(), Match::Right);
    assert_eq!(hasher.verify(&password("other"), &hash).unwrap(), Match::Wrong);
    assert!(hasher.is_current(&hash));
}

#[test]
fn argon2id_hash_must_name_each_of_its_parameters() {
    let with = |params: &str| {
        let rest = "AAECAwQFBgcICQoLDA0ODw$V38f836aPlLJfTn46DiRwbc7Dof/4EKc7o7eL7AF/kQ";
        ImportedHash::recognize(&format!("$argon2id$v=19${params}${rest}")).is_ok()
    };
    assert!(with("m=65536,t=3,p=4"));
    for missing in ["m=65536,t=3", "m=65536,p=4", "t=3,p=4", "m=65536"] {
        assert!(!with(missing), "{missing}");
    }
}

/// The design's vector of the second generation, by argon2 0.44 for Node.js.
#[test]
fn hash_of_the_second_generation_verifies_and_is_not_current() {
    let known = concat!(
        "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw",
        "$V38f836aPlLJfTn46DiRwbc7Dof/4EKc7o7eL7AF/kQ"
    );
    let hasher = hasher("");
    assert_eq!(hasher.verify(&password("correct horse"), known).unwrap(), Match::Right);
    assert_eq!(hasher.verify(&password("correct horsf"), known).unwrap(), Match::Wrong);
    assert!(!hasher.is_current(known));
}
