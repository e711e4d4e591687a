//! Switching an authenticator app on.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::totp::{DISABLE, ENABLE, REFUSED, SETUP, VERIFY, token};
use crate::harness::{INVALID_FIELD, TestApp, at_once, oathtool, texts};

/// `ada` at the instance of the tests, as an app shows it, in the form of a URL.
const ACCOUNT: &str = "ada%40localhost%20port%2053032";

#[test]
fn setup_gives_the_secret_as_text_url_and_picture() {
    let app = TestApp::logged_in();
    for path in [SETUP, "/api/auth/methods/totp/setup", "/api/v2/auth/totp/setup"] {
        let answer = app.ada.post(path, &json!({}));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let data = answer.data();
        let keys: Vec<_> = data.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["backupCodes", "backup_codes", "otpauth_url", "qrCodeUrl", "qr_code_url", "secret"]
        );
        let secret = data["secret"].as_str().unwrap();
        assert_eq!((secret.len(), oathtool(secret, 0).len()), (32, 6));
        let url = format!("otpauth://totp/Nox:{ACCOUNT}?secret={secret}&issuer=Nox");
        assert_eq!((&data["otpauth_url"], &data["qr_code_url"]), (&json!(url), &json!(url)));
        assert_eq!((&data["backupCodes"], &data["backup_codes"]), (&json!([]), &json!([])));
        let picture =
            data["qrCodeUrl"].as_str().unwrap().strip_prefix("data:image/svg+xml;base64,").unwrap();
        let picture = String::from_utf8(BASE64_STANDARD.decode(picture).unwrap()).unwrap();
        assert!(picture.contains("<svg") && !picture.contains(secret), "{picture}");
    }
    // The factor is not active yet, and a request without a body is served too.
    assert_eq!(app.ada.me()["twofa_enabled"], false);
    assert_eq!(app.ada.send("POST", SETUP, &[], b"").status, 200);
}

#[test]
fn second_setup_replaces_the_first() {
    let app = TestApp::logged_in();
    let (first, second) = (app.ada.set_up_app(), app.ada.set_up_app());
    assert_ne!(first, second);
    assert!(
        app.ada
            .post(ENABLE, &token(&oathtool(&first, 0)))
            .refused(INVALID_FIELD, ENABLE)
            .contains(REFUSED)
    );
    assert_eq!(app.ada.post(ENABLE, &token(&oathtool(&second, 0))).data()["enabled"], true);
}

#[test]
fn setup_is_enabled_by_its_own_code_and_user_alone() {
    let app = TestApp::builder().user("bob").session().serve();
    let bob = app.log_in("bob");
    let secret = app.ada.set_up_app();
    let message = bob.post(ENABLE, &token(&oathtool(&secret, 0))).refused(INVALID_FIELD, ENABLE);
    assert_eq!(message, "Invalid field: token, must follow a setup of the last hour.");
    bob.set_up_app();
    bob.post(ENABLE, &token(&oathtool(&secret, 0))).refused(INVALID_FIELD, ENABLE);
    // A code is not taken for another secret, even where the caller names that one.
    let body = json!({ "token": oathtool(&secret, 0), "secret": secret });
    bob.post(ENABLE, &body).refused(INVALID_FIELD, ENABLE);
    assert_eq!(bob.me()["twofa_enabled"], false);
    assert_eq!(app.ada.post(ENABLE, &body).data()["enabled"], true);
}

#[test]
fn enabling_takes_each_code_field_and_gives_ten_recovery_codes() {
    for field in ["token", "twofa_token", "factor_code"] {
        let app = TestApp::logged_in();
        let secret = app.ada.set_up_app();
        let wrong = app
            .ada
            .post(ENABLE, &json!({ field: oathtool(&secret, 9) }))
            .refused(INVALID_FIELD, ENABLE);
        assert_eq!(wrong, format!("Invalid field: {field}, {REFUSED}."));
        assert_eq!(app.ada.me()["twofa_enabled"], false);
        let body = json!({ field: oathtool(&secret, 0), "secret": "accepted and ignored" });
        let enabled = app.ada.post("/api/auth/methods/totp/enable", &body).data();
        let keys: Vec<_> = enabled.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["backup_codes", "enabled", "message"]);
        assert_eq!(enabled["backup_codes"].as_array().unwrap().len(), 10);
        let me = app.ada.me();
        assert_eq!(me["twofa_enabled"], true);
        assert_eq!(
            me["methods"],
            json!({
                "totp": "enabled", "email": "disabled", "recovery_codes": "10",
                "passkey": "disabled",
            })
        );
    }
}

#[test]
fn code_that_enabled_the_app_cannot_log_in_and_the_next_can() {
    let app = TestApp::logged_in();
    let secret = app.ada.set_up_app();
    let code = oathtool(&secret, 0);
    app.ada.post(ENABLE, &token(&code)).data();
    assert_eq!(app.try_password().status, 428);
    app.try_code(&code).refused_code();
    assert_eq!(app.ada.post(VERIFY, &token(&code)).data()["verified"], false);
    assert_eq!(app.try_code(&oathtool(&secret, 1)).status, 200);
}

#[test]
fn secret_is_enabled_once() {
    let app = TestApp::builder().totp().serve();
    app.ada.post(DISABLE, &token(&app.ada.recovery_codes[0])).data();
    let message = app.ada.post(ENABLE, &token(&app.ada.code(1))).refused(INVALID_FIELD, ENABLE);
    assert!(message.contains("must follow a setup"), "{message}");
}

#[test]
fn ten_enable_requests_at_once_give_one_set_of_recovery_codes() {
    let app = TestApp::logged_in();
    let secret = app.ada.set_up_app();
    let body = token(&oathtool(&secret, 0));
    let answers = at_once(10, |_| app.ada.post(ENABLE, &body));
    let enabled: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(enabled.len(), 1);
    let codes = texts(&enabled[0].data()["backup_codes"]);
    assert_eq!(codes.len(), 10);
    assert_eq!(app.try_code(&codes[0]).status, 200);
}
