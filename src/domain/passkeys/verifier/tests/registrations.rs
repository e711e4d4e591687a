//! What is checked at a registration.

use super::authenticator::{
    AT, BE, BS, ED, ORIGIN, Said, Signer, UP, UV, array, bytes, map, number, register, text,
};
use crate::domain::passkeys::verifier::{NewCredential, Unfit};

type Bend = fn(&mut Said);

#[test]
fn registration_says_everything_that_is_stored() {
    for signer in [Signer::es256(), Signer::ed_dsa()] {
        for (flags, is_syncable, is_synced) in
            [(0, false, false), (BE, true, false), (BE | BS, true, true)]
        {
            let public_key = signer.public_key();
            let said = Said { flags: UP | UV | AT | flags, ..Said::create(public_key.clone()) };
            let expected = NewCredential {
                credential_id: b"a credential".into(),
                public_key,
                counter: 7,
                is_syncable,
                is_synced,
                aaguid: *b"sixteen bytes id",
            };
            assert_eq!(said.register(), Ok(expected));
        }
    }
}

#[test]
fn registration_that_does_not_fit_is_refused() {
    let bends: [(Bend, Unfit); 13] = [
        (|said| said.client_data["type"] = "webauthn.get".into(), Unfit::Ceremony),
        (|said| said.client_data["origin"] = "https://evil.example".into(), Unfit::Origin),
        (|said| said.client_data["crossOrigin"] = true.into(), Unfit::CrossOrigin),
        (|said| said.client_data["topOrigin"] = ORIGIN.into(), Unfit::CrossOrigin),
        (|said| said.rp_id = "evil.example", Unfit::RpId),
        (|said| said.flags &= !UP, Unfit::UserAbsent),
        (|said| said.flags &= !UV, Unfit::UserUnverified),
        (|said| said.flags |= BS, Unfit::BackedUp),
        (|said| said.flags &= !AT, Unfit::AttestedCredential),
        (|said| said.flags |= ED, Unfit::Cbor),
        (|said| said.behind = vec![0], Unfit::AuthenticatorData),
        (|said| said.id.clear(), Unfit::CredentialId),
        (|said| said.id = vec![7; 1024], Unfit::CredentialId),
    ];
    for (row, (bend, unfit)) in bends.into_iter().enumerate() {
        let mut said = Said::create(Signer::es256().public_key());
        bend(&mut said);
        assert_eq!(said.register(), Err(unfit), "row {row}");
    }
}

#[test]
fn id_has_1_to_1023_bytes() {
    for length in [1, 1023] {
        let id = vec![7; length];
        let said = Said { id: id.clone(), ..Said::create(Signer::ed_dsa().public_key()) };
        assert_eq!(said.register().unwrap().credential_id, id);
    }
}

#[test]
fn statement_of_any_format_is_not_read() {
    let said = Said::create(Signer::es256().public_key());
    let statement = map(&[
        [text("alg"), number(-7)],
        [text("sig"), bytes(b"not a signature")],
        [text("x5c"), array(&[bytes(b"not a certificate")])],
    ]);
    let said = Said { statement, ..said };
    assert!(said.register().is_ok());
    let packed = replace(&said.attestation_object(), &text("none"), &text("packed"));
    assert!(register(&said.client_data_json(), &packed).is_ok());
}

#[test]
fn extensions_are_skipped() {
    let behind = map(&[[text("credProtect"), number(2)], [text("hmac-secret"), vec![0xf5]]]);
    let said = Said::create(Signer::es256().public_key());
    let said = Said { flags: said.flags | ED, behind, ..said };
    assert_eq!(said.register().unwrap().public_key, said.public_key);
    let behind = [said.behind.clone(), vec![0]].concat();
    assert_eq!(Said { behind, ..said }.register(), Err(Unfit::AuthenticatorData));
}

#[test]
fn attestation_object_without_one_of_its_parts_is_refused() {
    let said = Said::create(Signer::es256().public_key());
    for name in ["fmt", "attStmt", "authData"] {
        // As long, so that the rest stays as it is.
        let object =
            replace(&said.attestation_object(), &text(name), &text(&"x".repeat(name.len())));
        let refused = register(&said.client_data_json(), &object);
        assert_eq!(refused, Err(Unfit::AttestationObject), "{name}");
    }
    let data = bytes(&said.authenticator_data());
    let as_text = [&[data[0] + 0x20], &data[1..]].concat();
    let object = replace(&said.attestation_object(), &data, &as_text);
    assert!(register(&said.client_data_json(), &object).is_err());
}

#[test]
fn attestation_object_that_is_cut_or_longer_is_refused() {
    let said = Said::create(Signer::es256().public_key());
    let (client_data, object) = (said.client_data_json(), said.attestation_object());
    for length in 0..object.len() {
        assert_eq!(register(&client_data, &object[..length]), Err(Unfit::Cbor), "{length}");
    }
    let longer = [object, vec![0]].concat();
    assert_eq!(register(&client_data, &longer), Err(Unfit::Cbor));
}

#[test]
fn authenticator_data_that_is_cut_is_refused() {
    let said = Said::create(Signer::es256().public_key());
    let whole = said.authenticator_data();
    for length in 0..whole.len() {
        let object = replace(&said.attestation_object(), &bytes(&whole), &bytes(&whole[..length]));
        assert!(register(&said.client_data_json(), &object).is_err(), "{length}");
    }
}

/// With one part in another's place.
pub fn replace(whole: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let at = whole.windows(part.len()).position(|window| window == part).unwrap();
    [&whole[..at], by, &whole[at + part.len()..]].concat()
}
