//! What is cut, doubled, flipped, of others, or a lie.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::{OPTIONS, REGISTER, REGISTRATION_OPTIONS, VERIFY, with_passkey};
use crate::harness::{Authenticator, PASSKEYS, TOO_MANY_REQUESTS, TestApp, attestation};

/// The forms of a text of bytes that are not the right one.
fn bent(text: &str) -> Vec<String> {
    let bytes = BASE64.decode(text).unwrap();
    let flipped = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 1;
        BASE64.encode(other)
    };
    vec![
        String::new(),
        BASE64.encode(&bytes[..bytes.len() - 1]),
        BASE64.encode(&bytes[1..]),
        BASE64.encode(bytes.repeat(2)),
        BASE64.encode([&bytes[..], &[0]].concat()),
        flipped(0),
        flipped(bytes.len() / 2),
        flipped(bytes.len() - 1),
        "!".into(),
    ]
}

/// A credential with another value in one place.
fn with(credential: &Value, place: &[&str], value: Value) -> Value {
    let mut other = credential.clone();
    let mut at = &mut other;
    for key in place {
        at = &mut at[key];
    }
    *at = value;
    other
}

#[test]
fn login_with_any_field_cut_doubled_or_flipped_is_refused() {
    let (app, device) = with_passkey();
    let client = app.client();
    for place in [
        &["id"][..],
        &["response", "clientDataJSON"],
        &["response", "authenticatorData"],
        &["response", "signature"],
        &["response", "userHandle"],
    ] {
        let good = device.get(&client.post(OPTIONS, &json!({})).data());
        let text = place.iter().fold(&good, |value, key| &value[key]).as_str().unwrap();
        // An empty handle counts as none.
        let is_handle = place[place.len() - 1] == "userHandle";
        for other in bent(text).into_iter().filter(|other| !is_handle || !other.is_empty()) {
            let answer = client.post(VERIFY, &with(&good, place, other.clone().into()));
            assert_eq!(answer.status, 400, "{place:?} {other}: {}", answer.text);
        }
        for other in [json!(7), json!([]), json!({})] {
            let answer = client.post(VERIFY, &with(&good, place, other));
            answer.refused_field("credential", VERIFY);
        }
        app.instance.reset_limits();
        client.post(VERIFY, &good).token();
    }
    for body in [json!({}), json!({ "response": {} }), json!({ "response": "x", "id": "AA" })] {
        client.post(VERIFY, &body).refused_field("credential", VERIFY);
    }
}

#[test]
fn registration_with_any_field_cut_doubled_or_flipped_is_refused() {
    let app = TestApp::logged_in();
    let mut device = Authenticator::new();
    for place in [&["id"][..], &["response", "clientDataJSON"], &["response", "attestationObject"]]
    {
        let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
        let good = device.create(&options);
        let text = place.iter().fold(&good, |value, key| &value[key]).as_str().unwrap();
        for other in bent(text) {
            let answer = app.ada.post(REGISTER, &with(&good, place, other.clone().into()));
            assert_ne!(answer.status, 500, "{place:?} {other}");
            assert_ne!(answer.status, 200, "{place:?} {other}: {}", answer.text);
        }
        app.instance.reset_limits();
    }
    assert_eq!(app.ada.get(PASSKEYS).data()["total"], 0);
}

/// What a device says that is not so.
type Lie = (&'static str, fn(&mut Authenticator));

#[test]
fn lies_of_a_device_are_refused_at_both_ceremonies() {
    let (app, device) = with_passkey();
    let client = app.client();
    let lies: [Lie; 9] = [
        ("another domain", |device| device.rp_id = "example.org".into()),
        ("another page", |device| device.origin = "https://evil.example".into()),
        ("a frame", |device| device.is_cross_origin = true),
        ("another ceremony", |device| device.ceremony = "payment.get"),
        ("the user was not there", |device| device.flags = 0x1c),
        ("the user was not verified", |device| device.flags = 0x19),
        ("copied, though it cannot be", |device| device.flags = 0x15),
        ("extensions that are missing", |device| device.flags |= 0x80),
        ("nothing was asked", |device| device.flags = 0),
    ];
    for (lie, tell) in lies {
        let mut liar = device.clone();
        tell(&mut liar);
        let rule = liar.log_in(&client).refused_field("credential", VERIFY);
        assert_eq!(rule, "is not one of this server.", "{lie}");
        let mut liar = Authenticator::new();
        tell(&mut liar);
        let rule = liar.try_add_to(&app.ada).refused_field("credential", REGISTER);
        assert_eq!(rule, "does not fit this server.", "{lie}");
    }
    device.log_in(&client).token();
}

#[test]
fn passkey_with_the_handle_or_the_key_of_another_is_refused() {
    let app = TestApp::builder().session().user("bob").serve();
    let bob = app.log_in("bob");
    let (mut device, mut other) = (Authenticator::new(), Authenticator::new());
    device.add_to(&app.ada);
    other.add_to(&bob);
    let client = app.client();
    let mut liar = device.clone();
    liar.handle = other.handle.clone();
    liar.log_in(&client).refused_field("credential", VERIFY);
    let mut liar = other.clone();
    liar.id = device.id.clone();
    liar.handle = device.handle.clone();
    liar.log_in(&client).refused_field("credential", VERIFY);
    Authenticator::new().log_in(&client).refused_field("credential", VERIFY);
    for handle in [None, Some(String::new())] {
        Authenticator { handle, ..device.clone() }.log_in(&client).token();
    }
    let log = app.log();
    assert!(log.contains("user=\"ada\" reason=wrong_passkey"), "{log}");
    assert!(log.contains("user=\"unknown-"), "{log}");
}

#[test]
fn credential_id_of_1024_bytes_is_refused_and_of_1023_taken() {
    let app = TestApp::logged_in();
    let mut device = Authenticator { id: vec![7; 1023], ..Authenticator::new() };
    device.add_to(&app.ada);
    device.log_in(&app.client()).token();
    for id in [vec![7; 1024], Vec::new()] {
        let mut device = Authenticator { id, ..Authenticator::new() };
        device.try_add_to(&app.ada).refused_field("credential", REGISTER);
        assert_eq!(device.log_in(&app.client()).status, 400);
    }
}

#[test]
fn nested_or_endless_cbor_is_refused() {
    let app = TestApp::logged_in();
    let mut device = Authenticator::new();
    let data = device.registration_data();
    let good = attestation(&data);
    // As many arrays as a body has room for; a body with a million is too large.
    let deep = vec![0x81; 11_000];
    let indefinite = [&[0xbf][..], &good[1..], &[0xff]].concat();
    let doubled = [&[0xa4][..], &good[1..], b"\x63fmt\x64none"].concat();
    let trailing = [&good[..], &[0]].concat();
    let in_statement = [b"\xa3\x63fmt\x64none\x67attStmt", &deep[..]].concat();
    for (what, object) in [
        ("nested", deep.clone()),
        ("nested in the statement", in_statement),
        ("indefinite", indefinite),
        ("doubled", doubled),
        ("trailing", trailing),
        ("empty", Vec::new()),
    ] {
        let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
        let body = device.create(&options);
        let body = with(&body, &["response", "attestationObject"], BASE64.encode(object).into());
        let rule = app.ada.post(REGISTER, &body).refused_field("credential", REGISTER);
        assert_eq!(rule, "does not fit this server.", "{what}");
    }
    let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    let million = BASE64.encode(vec![0x81; 1_000_000]);
    let body = with(&device.create(&options), &["response", "attestationObject"], million.into());
    app.ada.post(REGISTER, &body).refused(crate::harness::PAYLOAD_TOO_LARGE, REGISTER);
    device.add_to(&app.ada);
}

#[test]
fn wrong_passkeys_use_up_the_limit_of_their_address() {
    let (app, device) = with_passkey();
    let client = app.client();
    for _ in 0..60 {
        Authenticator::new().log_in(&client).refused_field("credential", VERIFY);
    }
    device.log_in(&client).refused(TOO_MANY_REQUESTS, VERIFY);
    let mut other = Authenticator::new();
    other.try_add_to(&app.ada).refused(TOO_MANY_REQUESTS, REGISTER);
    app.nox("throttle clear 127.0.0.1");
    device.log_in(&client).token();
}
