//! CBOR that authenticators do not write.

use std::slice::from_ref;

use super::authenticator::{ED, Said, Signer, array, bytes, head, map, number, register, text};
use super::registrations::replace;
use crate::domain::passkeys::verifier::Unfit;

/// A length of 2⁶⁴ − 1, behind the first byte of an item.
const ENDLESS: [u8; 8] = [0xff; 8];

fn said() -> Said {
    Said::create(Signer::es256().public_key())
}

/// A map without its number of entries, but with an end.
fn without_length(map: &[u8]) -> Vec<u8> {
    assert_eq!(map[0] >> 5, 5);
    [&[0xbf], &map[1..], &[0xff]].concat()
}

fn register_with(statement: Vec<u8>) -> Result<(), Unfit> {
    Said { statement, ..said() }.register().map(drop)
}

#[test]
fn indefinite_lengths_are_refused() {
    let said = said();
    let object = without_length(&said.attestation_object());
    assert_eq!(register(&said.client_data_json(), &object), Err(Unfit::Cbor));

    let data = bytes(&said.authenticator_data());
    let in_chunks = [&[0x5f], &data[..], &[0xff]].concat();
    let object = replace(&said.attestation_object(), &data, &in_chunks);
    assert_eq!(register(&said.client_data_json(), &object), Err(Unfit::Cbor));

    let public_key = without_length(&said.public_key);
    assert_eq!(Said { public_key, ..said.clone() }.register(), Err(Unfit::Cbor));

    let behind = vec![0xbf, 0xff];
    let with_extensions = Said { behind, flags: said.flags | ED, ..said };
    assert_eq!(with_extensions.register(), Err(Unfit::Cbor));

    for item in [&[0x9f, 0xff][..], &[0xbf, 0xff], &[0x5f, 0x41, 0, 0xff], &[0x7f, 0x61, 97, 0xff]]
    {
        let places = [
            item.to_vec(),
            array(&[item.to_vec()]),
            map(&[[text("a"), item.to_vec()]]),
            map(&[[item.to_vec(), text("a")]]),
        ];
        for statement in places {
            assert_eq!(register_with(statement), Err(Unfit::Cbor), "{item:x?}");
        }
    }
}

#[test]
fn doubled_keys_are_refused() {
    let said = said();
    let (client_data, data) = (said.client_data_json(), bytes(&said.authenticator_data()));
    let entries =
        [[text("fmt"), text("none")], [text("attStmt"), map(&[])], [text("authData"), data]];
    assert!(register(&client_data, &map(&entries)).is_ok());
    for entry in &entries {
        let doubled = map(&[&entries[..], from_ref(entry)].concat());
        assert_eq!(register(&client_data, &doubled), Err(Unfit::Cbor));
    }

    // The number 3 in one byte, in two and in five.
    let algorithm = number(-7);
    for label in [vec![3], vec![0x18, 3], vec![0x1a, 0, 0, 0, 3]] {
        let mut public_key = [&said.public_key[..], &label, &algorithm].concat();
        public_key[0] += 1;
        assert_eq!(Said { public_key, ..said.clone() }.register(), Err(Unfit::Cbor));
    }

    let doubled = map(&[[text("a"), number(1)], [text("a"), number(2)]]);
    let with_extensions = Said { behind: doubled.clone(), flags: said.flags | ED, ..said.clone() };
    assert_eq!(with_extensions.register(), Err(Unfit::Cbor));
    for statement in [array(from_ref(&doubled)), map(&[[text("b"), doubled.clone()]]), doubled] {
        assert_eq!(register_with(statement), Err(Unfit::Cbor));
    }
}

#[test]
fn nesting_is_bounded() {
    let levels = |first: &[u8], count| [first.repeat(count), vec![0xf6]].concat();
    for first in [&[0x81][..], &[0xa1, 0], &[0xa1, 0, 0x81]] {
        assert_eq!(register_with(levels(first, 3)), Ok(()));
        for count in [9, 1_000_000] {
            assert_eq!(register_with(levels(first, count)), Err(Unfit::Cbor), "{first:x?} {count}");
        }
    }
    // A key of a map cannot nest, either.
    assert_eq!(
        register_with([vec![0xa1; 1_000_000], vec![0; 2_000_000]].concat()),
        Err(Unfit::Cbor)
    );
}

#[test]
fn items_longer_than_the_input_are_refused() {
    for first in [0x5b, 0x7b, 0x9b, 0xbb] {
        assert_eq!(register_with([&[first], &ENDLESS[..]].concat()), Err(Unfit::Cbor));
    }
    let long = [head(4, 1_000_000), vec![0xf6; 1_000_000]].concat();
    assert_eq!(register_with(long.clone()), Ok(()));
    assert_eq!(register_with(long[..1_000_000].into()), Err(Unfit::Cbor));
}

#[test]
fn lengths_in_more_bytes_than_needed_are_accepted() {
    let said = said();
    let object = said.attestation_object();
    assert_eq!(object[0], 0xa3);
    for head in
        [&[0xb8, 3][..], &[0xb9, 0, 3], &[0xba, 0, 0, 0, 3], &[0xbb, 0, 0, 0, 0, 0, 0, 0, 3]]
    {
        // Some libraries in JavaScript write maps so.
        let longer = [head, &object[1..]].concat();
        assert!(register(&said.client_data_json(), &longer).is_ok(), "{head:x?}");
    }
}

#[test]
fn items_that_are_malformed_or_unused_are_refused() {
    let items = [
        // A tag, an end without a beginning, numbers of reserved lengths, and text that is none.
        vec![0xc0, 0x60],
        vec![0xd8, 24, 0x41, 0],
        vec![0xff],
        vec![0x1c],
        vec![0x3f],
        vec![0xfc],
        vec![0x62, 0xc3, 0x28],
        // Keys that are neither a number nor a text.
        map(&[[bytes(b"a"), number(1)]]),
        map(&[[vec![0xf5], number(1)]]),
        map(&[[array(&[]), number(1)]]),
        map(&[[vec![0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], number(1)]]),
    ];
    for statement in items {
        let refused = register_with(statement.clone());
        assert_eq!(refused, Err(Unfit::Cbor), "{statement:x?}");
    }
    for statement in
        [vec![0xf9, 0x3c, 0], vec![0xfa, 0, 0, 0, 0], vec![0xfb, 0, 0, 0, 0, 0, 0, 0, 0]]
    {
        assert_eq!(register_with(statement), Ok(()));
    }
}
