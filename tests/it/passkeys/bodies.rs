//! The forms in which clients send a credential.

use serde_json::{Value, json};

use super::{OPTIONS, REGISTER, REGISTRATION_OPTIONS, VERIFY, with_passkey};
use crate::harness::Authenticator;

#[test]
fn credential_is_found_wherever_clients_put_it() {
    let (app, device) = with_passkey();
    let client = app.client();
    let credential = || device.get(&client.post(OPTIONS, &json!({})).data());
    let wrapped: [fn(Value) -> Value; 6] = [
        |credential| credential,
        |credential| json!({ "credential": credential, "challenge": "x", "remember": true }),
        |credential| json!({ "response": credential }),
        |credential| json!({ "assertion": credential, "id": "AAAA" }),
        |mut credential| {
            credential.as_object_mut().unwrap().remove("rawId");
            credential["type"] = "something".into();
            credential
        },
        |mut credential| {
            for field in ["id", "rawId"] {
                let padded = credential[field].as_str().unwrap().to_owned() + "==";
                credential[field] = padded.into();
            }
            credential["rawId"] = "ignored".into();
            credential
        },
    ];
    for (number, wrap) in wrapped.into_iter().enumerate() {
        let answer = client.post(VERIFY, &wrap(credential()));
        assert_eq!(answer.status, 200, "{number}: {}", answer.text);
    }
    for path in ["/api/v2/auth/passkey/login/verify", "/api/v2/api/auth/passkey/login/verify"] {
        client.post(path, &credential()).token();
    }
}

#[test]
fn what_a_browser_says_beside_the_signed_parts_is_not_read() {
    let (app, _) = with_passkey();
    let extensions = [json!({}), json!({ "credProps": { "rk": false } }), json!(null), json!("x")];
    for results in extensions {
        let mut device = Authenticator::new();
        let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
        let mut body = device.create(&options);
        body["clientExtensionResults"] = results.clone();
        body["authenticatorAttachment"] = "something".into();
        // Some password managers answer with none, or with a wrong one.
        body["response"]["publicKey"] = json!(null);
        body["response"]["publicKeyAlgorithm"] = json!(-8);
        body["response"]["authenticatorData"] = "AAAA".into();
        let added = app.ada.post(REGISTER, &body).data();
        assert_eq!(added["discoverable"], true, "{results}");
        let mut login = device.get(&app.client().post(OPTIONS, &json!({})).data());
        login["clientExtensionResults"] = results;
        app.client().post(VERIFY, &login).token();
    }
}

#[test]
fn login_from_the_page_of_another_site_is_refused() {
    let (app, device) = with_passkey();
    let client = app.client();
    let credential = device.get(&client.post(OPTIONS, &json!({})).data());
    for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let headers = [crate::harness::JSON, header];
        let answer = client.send("POST", VERIFY, &headers, credential.to_string().as_bytes());
        answer.refused(crate::harness::UNAUTHORIZED, VERIFY);
    }
    client.post(VERIFY, &credential).token();
}
