//! Bytes that are almost right, and any others.

use proptest::collection::vec;
use proptest::prelude::*;

use super::authenticator::{
    AT, BE, BS, ED, Said, Signed, Signer, UP, UV, map, number, register, text,
};

/// The same bytes with one other bit, for each bit.
pub fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut bent = bytes.to_vec();
        bent[bit / 8] ^= 1 << (bit % 8);
        bent
    })
}

#[test]
fn login_with_one_flipped_bit_is_refused() {
    let behind = map(&[[text("uvm"), number(1)]]);
    let said = Said { flags: UP | UV | BE | BS | ED, behind, ..Said::get() };
    for signer in [Signer::es256(), Signer::ed_dsa()] {
        let good = said.signed(&signer);
        assert!(good.verify().is_ok());
        let parts: [fn(&mut Signed) -> &mut Vec<u8>; 3] = [
            |signed| &mut signed.client_data_json,
            |signed| &mut signed.authenticator_data,
            |signed| &mut signed.signature,
        ];
        for part in parts {
            for bent in flipped(part(&mut good.clone())) {
                let mut signed = good.clone();
                *part(&mut signed) = bent;
                assert!(signed.verify().is_err(), "{:?}", part(&mut signed));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        client_data in vec(any::<u8>(), 0..200),
        bytes in vec(any::<u8>(), 0..400),
        signature in vec(any::<u8>(), 0..100),
    ) {
        let create = Said::create(Vec::new()).client_data_json();
        prop_assert!(register(&create, &bytes).is_err());
        prop_assert!(register(&client_data, &bytes).is_err());
        let good = Said::get().signed(&Signer::ed_dsa());
        let bent = [
            Signed { client_data_json: client_data, ..good.clone() },
            Signed { authenticator_data: bytes.clone(), ..good.clone() },
            Signed { public_key: bytes, ..good.clone() },
            Signed { signature, ..good },
        ];
        for signed in bent {
            prop_assert!(signed.verify().is_err());
        }
    }

    #[test]
    fn registration_that_is_almost_right_keeps_the_bounds(
        at in any::<prop::sample::Index>(),
        removed in 0..4_usize,
        inserted in vec(any::<u8>(), 0..4),
        flags in any::<u8>(),
    ) {
        let said = Said { flags: flags | AT, ..Said::create(Signer::ed_dsa().public_key()) };
        let mut object = said.attestation_object();
        let at = at.index(object.len());
        object.splice(at..object.len().min(at + removed), inserted);
        if let Ok(new) = register(&said.client_data_json(), &object) {
            prop_assert!((1..=1023).contains(&new.credential_id.len()));
            prop_assert!(new.public_key.len() <= 2048);
            prop_assert!(new.is_syncable || !new.is_synced);
        }
    }
}
