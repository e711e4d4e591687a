//! What is checked at a login.

use serde_json::json;

use super::authenticator::{
    AT, BE, BS, ED, ORIGIN, RP_ID, Said, Signer, UP, UV, map, number, text,
};
use crate::domain::passkeys::verifier::{Asserted, Ceremony, ClientData, Unfit};

type Bend = fn(&mut Said);

#[test]
fn assertion_says_counter_and_backup() {
    for signer in [Signer::es256(), Signer::ed_dsa()] {
        for (flags, is_syncable, is_synced) in
            [(0, false, false), (BE, true, false), (BE | BS, true, true)]
        {
            let said = Said { flags: UP | UV | flags, counter: u32::MAX, ..Said::get() };
            let expected = Asserted { counter: u32::MAX, is_syncable, is_synced };
            assert_eq!(said.signed(&signer).verify(), Ok(expected));
        }
    }
}

#[test]
fn assertion_that_does_not_fit_is_refused() {
    let signer = Signer::es256();
    let bends: [(Bend, Unfit); 16] = [
        (|said| said.client_data["type"] = "webauthn.create".into(), Unfit::Ceremony),
        (|said| said.client_data["type"] = "payment.get".into(), Unfit::Ceremony),
        (|said| said.client_data["origin"] = "https://evil.example".into(), Unfit::Origin),
        (|said| said.client_data["origin"] = "https://nox.example:8443".into(), Unfit::Origin),
        (|said| said.client_data["origin"] = "http://nox.example".into(), Unfit::Origin),
        (|said| said.client_data["origin"] = "https://evil-nox.example".into(), Unfit::Origin),
        (|said| said.client_data["crossOrigin"] = true.into(), Unfit::CrossOrigin),
        (|said| said.client_data["topOrigin"] = ORIGIN.into(), Unfit::CrossOrigin),
        (|said| said.rp_id = "evil.example", Unfit::RpId),
        (|said| said.flags &= !UP, Unfit::UserAbsent),
        (|said| said.flags &= !UV, Unfit::UserUnverified),
        (|said| said.flags |= BS, Unfit::BackedUp),
        (|said| said.flags |= ED, Unfit::Cbor),
        (|said| said.flags |= AT, Unfit::AttestedCredential),
        (|said| said.behind = vec![0], Unfit::AuthenticatorData),
        (|said| said.behind = map(&[]), Unfit::AuthenticatorData),
    ];
    for (row, (bend, unfit)) in bends.into_iter().enumerate() {
        let mut said = Said::get();
        said.public_key = signer.public_key();
        bend(&mut said);
        assert_eq!(said.signed(&signer).verify(), Err(unfit), "row {row}");
    }
}

#[test]
fn first_check_that_fails_is_named() {
    // From the last check to the first, each on top of those before.
    let bends: [(Bend, Unfit); 7] = [
        (|said| said.flags |= BS, Unfit::BackedUp),
        (|said| said.flags &= !UV, Unfit::UserUnverified),
        (|said| said.flags &= !UP, Unfit::UserAbsent),
        (|said| said.rp_id = "evil.example", Unfit::RpId),
        (|said| said.client_data["crossOrigin"] = true.into(), Unfit::CrossOrigin),
        (|said| said.client_data["origin"] = "https://evil.example".into(), Unfit::Origin),
        (|said| said.client_data["type"] = "webauthn.create".into(), Unfit::Ceremony),
    ];
    let signer = Signer::ed_dsa();
    let mut said = Said::get();
    for (bend, unfit) in bends {
        bend(&mut said);
        let mut sent = said.signed(&signer);
        sent.signature.clear();
        assert_eq!(sent.verify(), Err(unfit));
    }
}

#[test]
fn signature_covers_key_and_everything_that_is_said() {
    let said = Said::get();
    for signer in [Signer::es256(), Signer::ed_dsa()] {
        let signed = said.signed(&signer);
        let other = Said { counter: 8, ..said.clone() }.signed(&signer);
        let mut with_space = signed.clone();
        with_space.client_data_json.push(b' ');
        let mut of_other_key = signed.clone();
        of_other_key.public_key = Signer::es256().public_key();
        let mut with_other_data = signed.clone();
        with_other_data.authenticator_data = other.authenticator_data;
        let mut with_other_signature = signed.clone();
        with_other_signature.signature = other.signature;
        let mut longer = signed.clone();
        longer.signature.push(0);
        for bent in [with_space, of_other_key, with_other_data, with_other_signature, longer] {
            assert_eq!(bent.verify(), Err(Unfit::Signature));
        }
    }
}

#[test]
fn assertion_for_another_server_is_refused() {
    let signed = Said::get().signed(&Signer::es256());
    assert_eq!(signed.verify_for("example", ORIGIN), Err(Unfit::RpId));
    assert_eq!(signed.verify_for(RP_ID, "https://www.nox.example"), Err(Unfit::Origin));
}

#[test]
fn extensions_are_skipped() {
    let signer = Signer::es256();
    let behind = map(&[[text("uvm"), number(1)], [text("credBlob"), vec![0xf5]]]);
    let said = Said { flags: UP | UV | ED, behind, ..Said::get() };
    assert!(said.signed(&signer).verify().is_ok());
    let with_trailing = Said { behind: [said.behind.clone(), vec![0]].concat(), ..said.clone() };
    assert_eq!(with_trailing.signed(&signer).verify(), Err(Unfit::AuthenticatorData));
    let no_map = Said { behind: number(1), ..said };
    assert_eq!(no_map.signed(&signer).verify(), Err(Unfit::Cbor));
}

#[test]
fn authenticator_data_that_is_cut_is_refused() {
    let signed = Said::get().signed(&Signer::es256());
    for length in 0..signed.authenticator_data.len() {
        let mut cut = signed.clone();
        cut.authenticator_data.truncate(length);
        assert_eq!(cut.verify(), Err(Unfit::AuthenticatorData), "{length}");
    }
}

#[test]
fn client_data_is_read_by_its_shape() {
    let read = ClientData::parse(&Said::get().client_data_json()).unwrap();
    assert_eq!(read.ceremony, Some(Ceremony::Get));
    assert_eq!((read.challenge, read.origin), (vec![0, 1, 2, 3], ORIGIN.to_owned()));
    assert!(!read.is_cross_origin);

    // Browsers leave out `crossOrigin`, and add members.
    let sparse = json!({"type": "x", "challenge": "", "origin": "", "new": {"a": [1, null]}});
    let read = ClientData::parse(sparse.to_string().as_bytes()).unwrap();
    assert_eq!((read.ceremony, read.is_cross_origin), (None, false));
}

#[test]
fn client_data_of_another_shape_is_refused() {
    let good =
        r#"{"type": "webauthn.get", "challenge": "AAECAw", "origin": "https://nox.example"}"#;
    assert!(ClientData::parse(good.as_bytes()).is_ok());
    let bent = [
        String::new(),
        "null".into(),
        "[]".into(),
        format!("{good}{good}"),
        format!("\u{feff}{good}"),
        good.replace("AAECAw", "AAECAw=="),
        good.replace("AAECAw", "AAECAx"),
        good.replace("AAECAw", "AAE+Aw"),
        good.replace("AAECAw", "AAEC Aw"),
        good.replace("AAECAw", "A"),
        good.replace(r#""AAECAw""#, "1"),
        good.replace(r#""AAECAw""#, "null"),
        good.replace(r#""challenge""#, r#""Challenge""#),
        good.replace(r#""webauthn.get""#, "true"),
        good.replace(r#""https://nox.example""#, r#"["https://nox.example"]"#),
        good.replace('}', r#", "origin": "https://nox.example"}"#),
        good.replace('}', r#", "challenge": "AAECAw"}"#),
        good.replace('}', r#", "crossOrigin": "true"}"#),
        good.replace('}', r#", "crossOrigin": false, "crossOrigin": true}"#),
        good.replace('}', r#", "topOrigin": 1}"#),
        "[".repeat(1_000_000),
    ];
    for json in bent {
        assert_eq!(
            ClientData::parse(json.as_bytes()).unwrap_err(),
            Unfit::ClientData,
            "{json:.99}"
        );
    }
    for length in 0..good.len() {
        assert!(ClientData::parse(&good.as_bytes()[..length]).is_err(), "{length}");
    }
    assert!(ClientData::parse(&[good.as_bytes(), b"\xff"].concat()).is_err());
}
