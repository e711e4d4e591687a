//! Switching an authenticator app on.

use std::thread;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::totp::{DISABLE, ENABLE, ME, REFUSED, SETUP, VERIFY, token};
use crate::harness::{Person, oathtool, texts};

#[test]
fn a_setup_gives_the_secret_for_typing_and_for_scanning() {
    let (_instance, _server, ada) = Person::at_home("");
    for path in [SETUP, "/api/auth/methods/totp/setup", "/api/v2/auth/totp/setup"] {
        let answer = ada.post(path, &json!({}));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let data = answer.data();
        let keys: Vec<_> = data.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["backupCodes", "backup_codes", "otpauth_url", "qrCodeUrl", "qr_code_url", "secret"]
        );
        let secret = data["secret"].as_str().unwrap();
        assert_eq!((secret.len(), oathtool(secret, 0).len()), (32, 6));
        let url = format!("otpauth://totp/Nox:ada?secret={secret}&issuer=Nox");
        assert_eq!((&data["otpauth_url"], &data["qr_code_url"]), (&json!(url), &json!(url)));
        assert_eq!((&data["backupCodes"], &data["backup_codes"]), (&json!([]), &json!([])));
        let picture =
            data["qrCodeUrl"].as_str().unwrap().strip_prefix("data:image/svg+xml;base64,").unwrap();
        let picture = String::from_utf8(BASE64_STANDARD.decode(picture).unwrap()).unwrap();
        assert!(picture.contains("<svg") && !picture.contains(secret), "{picture}");
    }
    // Nothing is on yet, and a request without a body is served too.
    assert_eq!(ada.get(ME).data()["twofa_enabled"], false);
    assert_eq!(ada.send("POST", SETUP, &[], b"").status, 200);
}

#[test]
fn a_second_setup_replaces_the_first() {
    let (_instance, _server, ada) = Person::at_home("");
    let (first, second) = (ada.set_up_app(), ada.set_up_app());
    assert_ne!(first, second);
    assert!(
        ada.post(ENABLE, &token(&oathtool(&first, 0))).failure(5, 400, ENABLE).contains(REFUSED)
    );
    assert_eq!(ada.post(ENABLE, &token(&oathtool(&second, 0))).data()["enabled"], true);
}

#[test]
fn a_setup_needs_its_own_first_code_and_serves_nobody_else() {
    let (instance, server, ada) = Person::at_home("");
    instance.add_user("bob", "hunter22");
    let bob = Person::log_in(&server, "bob");
    let secret = ada.set_up_app();
    let message = bob.post(ENABLE, &token(&oathtool(&secret, 0))).failure(5, 400, ENABLE);
    assert_eq!(message, "Invalid field: token, must follow a setup of the last hour.");
    bob.set_up_app();
    bob.post(ENABLE, &token(&oathtool(&secret, 0))).failure(5, 400, ENABLE);
    // A code is not taken for another secret, even where the caller names that one.
    let body = json!({ "token": oathtool(&secret, 0), "secret": secret });
    bob.post(ENABLE, &body).failure(5, 400, ENABLE);
    assert_eq!(bob.get(ME).data()["twofa_enabled"], false);
    assert_eq!(ada.post(ENABLE, &body).data()["enabled"], true);
}

#[test]
fn enabling_takes_the_code_by_each_of_its_names_and_hands_out_ten_recovery_codes() {
    for field in ["token", "twofa_token", "factor_code"] {
        let (_instance, _server, ada) = Person::at_home("");
        let secret = ada.set_up_app();
        let wrong =
            ada.post(ENABLE, &json!({ field: oathtool(&secret, 9) })).failure(5, 400, ENABLE);
        assert_eq!(wrong, format!("Invalid field: {field}, {REFUSED}."));
        assert_eq!(ada.get(ME).data()["twofa_enabled"], false);
        let body = json!({ field: oathtool(&secret, 0), "secret": "accepted and ignored" });
        let enabled = ada.post("/api/auth/methods/totp/enable", &body).data();
        let keys: Vec<_> = enabled.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["backup_codes", "enabled", "message"]);
        assert_eq!(enabled["backup_codes"].as_array().unwrap().len(), 10);
        let me = ada.get(ME).data();
        assert_eq!(me["twofa_enabled"], true);
        assert_eq!(
            me["methods"],
            json!({ "totp": "enabled", "email": "disabled", "recovery_codes": "10" })
        );
    }
}

#[test]
fn the_code_that_enabled_cannot_log_in_and_the_next_one_can() {
    let (_instance, server, ada) = Person::at_home("");
    let secret = ada.set_up_app();
    let code = oathtool(&secret, 0);
    ada.post(ENABLE, &token(&code)).data();
    assert_eq!(server.client().log_in("ada", "hunter22").status, 428);
    server.client().ada_by(&code).refused_code();
    assert_eq!(ada.post(VERIFY, &token(&code)).data()["verified"], false);
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
}

#[test]
fn a_secret_is_enabled_once() {
    let (_instance, _server, ada, (secret, codes)) = Person::with_codes("");
    ada.post(DISABLE, &token(&codes[0])).data();
    let message = ada.post(ENABLE, &token(&oathtool(&secret, 1))).failure(5, 400, ENABLE);
    assert!(message.contains("must follow a setup"), "{message}");
}

#[test]
fn of_ten_requests_at_once_one_enables_and_gets_the_recovery_codes() {
    let (_instance, server, ada) = Person::at_home("");
    let secret = ada.set_up_app();
    let body = token(&oathtool(&secret, 0));
    let enabled: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = (0..10).map(|_| scope.spawn(|| ada.post(ENABLE, &body))).collect();
        let answers =
            all.into_iter().map(|one| one.join().unwrap()).filter(|answer| answer.status == 200);
        answers.flat_map(|answer| texts(&answer.data()["backup_codes"])).collect()
    });
    assert_eq!(enabled.len(), 10);
    assert_eq!(server.client().ada_by(&enabled[0]).status, 200);
}
