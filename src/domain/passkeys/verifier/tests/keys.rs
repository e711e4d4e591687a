//! Which public keys are accepted.

use super::authenticator::{Said, Signer, bytes, cose, number};
use crate::domain::passkeys::verifier::Unfit;

type Members = Vec<(i16, Vec<u8>)>;

fn register(members: &[(i16, Vec<u8>)]) -> Result<(), Unfit> {
    Said::create(cose(members)).register().map(drop)
}

/// With one member set, or another one added.
fn with(members: &Members, label: i16, item: Vec<u8>) -> Members {
    let mut members = members.clone();
    match members.iter_mut().find(|(other, _)| *other == label) {
        Some(member) => member.1 = item,
        None => members.push((label, item)),
    }
    members
}

fn rsa(n: &[u8], e: &[u8]) -> Members {
    vec![(1, number(3)), (3, number(-257)), (-1, bytes(n)), (-2, bytes(e))]
}

/// One of each type.
fn all() -> [Members; 3] {
    [Signer::es256().members(), Signer::ed_dsa().members(), rsa(&[0xff; 256], &[1, 0, 1])]
}

#[test]
fn key_has_its_members_and_no_others() {
    for members in all() {
        assert_eq!(register(&members), Ok(()));
        for at in 0..members.len() {
            let mut fewer = members.clone();
            fewer.remove(at);
            assert_eq!(register(&fewer), Err(Unfit::PublicKey), "{at}");
        }
        // A name, what it may be used for, and the members of private keys.
        for label in [2, 4, 5, -3, -4, -5, -6, -7, -8, -12, 77] {
            if members.iter().all(|(other, _)| *other != label) {
                let more = with(&members, label, bytes(&[7; 32]));
                assert_eq!(register(&more), Err(Unfit::PublicKey), "{label}");
            }
        }
    }
}

#[test]
fn type_algorithm_and_curve_belong_together() {
    for members in all() {
        let item = |label| members.iter().find(|(other, _)| *other == label).unwrap().1.clone();
        for kind in (-8..8).map(number).filter(|kind| *kind != item(1)) {
            assert_eq!(register(&with(&members, 1, kind)), Err(Unfit::PublicKey));
        }
        let algorithms = [-7, -8, -9, -19, -35, -36, -37, -39, -47, -48, -257, -258, -259, 0, 7, 5];
        for algorithm in algorithms.map(number).into_iter().filter(|other| *other != item(3)) {
            assert_eq!(register(&with(&members, 3, algorithm)), Err(Unfit::PublicKey));
        }
        // P-384, P-521, X25519, X448, Ed448, secp256k1 and so on.
        for curve in (-8..20).map(number).filter(|curve| *curve != item(-1)) {
            assert_eq!(register(&with(&members, -1, curve)), Err(Unfit::PublicKey));
        }
    }
}

#[test]
fn point_has_the_length_of_its_curve() {
    let [es256, ed_dsa, _] = all();
    for length in [0, 1, 31, 33, 48, 64, 66] {
        let point = bytes(&vec![7; length]);
        for (members, label) in [(&es256, -2), (&es256, -3), (&ed_dsa, -2)] {
            assert_eq!(register(&with(members, label, point.clone())), Err(Unfit::PublicKey));
        }
    }
    // A compressed point: the sign of y in its place.
    for sign in [0xf4, 0xf5] {
        assert_eq!(register(&with(&es256, -3, vec![sign])), Err(Unfit::PublicKey));
    }
}

#[test]
fn point_that_is_not_on_its_curve_is_refused() {
    let [members, ..] = all();
    let item = |label| members.iter().find(|(other, _)| *other == label).unwrap().1.clone();
    let (x, y) = (item(-2), item(-3));
    let good = |x, y| register(&with(&with(&members, -2, x), -3, y));
    assert_eq!(good(x.clone(), y.clone()), Ok(()));
    // Behind the two bytes that say how long it is.
    for at in 2..y.len() {
        let mut other = y.clone();
        other[at] ^= 1;
        assert_eq!(good(x.clone(), other), Err(Unfit::PublicKey), "{at}");
    }
    for [x, y] in [
        [x.clone(), x.clone()],
        [y.clone(), x],
        [bytes(&[0; 32]), bytes(&[0; 32])],
        [bytes(&[0xff; 32]), y],
    ] {
        assert_eq!(good(x, y), Err(Unfit::PublicKey));
    }
}

#[test]
fn rsa_key_has_2048_to_8192_bits() {
    let mut with_2047_bits = [0xff; 256];
    with_2047_bits[0] = 0x7f;
    let mut with_8193_bits = [0xff; 1025];
    with_8193_bits[0] = 1;
    let mut even = [0xff; 256];
    even[255] = 0xfe;
    let zero_first = [&[0][..], &[0xff; 256]].concat();
    let refused: [&[u8]; 8] = [
        &[],
        &[0xff; 128],
        &[0xff; 255],
        &with_2047_bits,
        &with_8193_bits,
        &even,
        &zero_first,
        &[0; 256],
    ];
    for n in refused {
        assert_eq!(register(&rsa(n, &[1, 0, 1])), Err(Unfit::PublicKey), "{} bytes", n.len());
    }
    let mut with_2049_bits = [0xff; 257];
    with_2049_bits[0] = 1;
    for n in [&[0xff; 256][..], &with_2049_bits, &[0xff; 384], &[0xff; 512], &[0xff; 1024]] {
        assert_eq!(register(&rsa(n, &[3])), Ok(()));
    }
    let exponents: [&[u8]; 7] = [&[], &[0], &[1], &[2], &[0, 3], &[1, 0, 0], &[1, 0, 0, 0, 1]];
    for e in exponents {
        assert_eq!(register(&rsa(&[0xff; 256], e)), Err(Unfit::PublicKey), "{e:x?}");
    }
}

#[test]
fn key_has_at_most_2_kib() {
    let long = rsa(&[0xff; 2048], &[3]);
    assert_eq!(register(&long), Err(Unfit::PublicKey));
}

#[test]
fn stored_key_that_is_damaged_is_refused() {
    let signer = Signer::es256();
    let good = Said::get().signed(&signer);
    for length in 0..good.public_key.len() {
        let mut cut = good.clone();
        cut.public_key.truncate(length);
        assert_eq!(cut.verify(), Err(Unfit::Cbor), "{length}");
    }
    let mut longer = good.clone();
    longer.public_key.push(0);
    assert_eq!(longer.verify(), Err(Unfit::Cbor));
}
