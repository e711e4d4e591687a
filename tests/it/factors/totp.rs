//! An authenticator app by API: verify, disable, and what a request needs.

use serde_json::{Value, json};

use crate::harness::{
    INVALID_FIELD, INVALID_REQUEST, JSON, ME, METHOD_NOT_ALLOWED, NOT_LOGGED, SERVICE_DISABLED,
    TestApp, UNAUTHORIZED, VERIFICATION_REQUIRED, oathtool,
};

pub(super) const SETUP: &str = "/api/auth/totp/setup";

pub(super) const ENABLE: &str = "/api/auth/totp/enable";

pub(super) const DISABLE: &str = "/api/auth/totp/disable";

pub(super) const VERIFY: &str = "/api/auth/totp/verify";

const RENEW: &str = "/api/auth/recovery/renew";

pub(super) const REFUSED: &str = "is wrong, has expired or was used already";

pub(super) fn token(code: &str) -> Value {
    json!({ "token": code })
}

#[test]
fn change_of_factor_ends_all_sessions_but_the_current_one() {
    let mut app = TestApp::builder().user("bob").session().serve();
    let (other, bob) = (app.log_in("ada"), app.log_in("bob"));
    app.ada.enable_app();
    other.get(ME).refused(NOT_LOGGED, ME);
    assert_eq!((app.ada.get(ME).status, bob.get(ME).status), (200, 200));
    let later = app.log_in_by(&app.ada.code(1));
    assert_eq!(later.get(ME).status, 200);
    app.ada.post(DISABLE, &token(&app.ada.recovery_codes[0])).data();
    later.get(ME).refused(NOT_LOGGED, ME);
    assert_eq!((app.ada.get(ME).status, bob.get(ME).status), (200, 200));
}

#[test]
fn factor_changed_by_the_operator_ends_every_session() {
    let app = TestApp::logged_in();
    let secret = app.instance.enroll("ada");
    app.ada.get(ME).refused(NOT_LOGGED, ME);
    let ada = app.log_in_by(&oathtool(&secret, 0));
    app.nox("totp reset ada");
    ada.get(ME).refused(NOT_LOGGED, ME);
}

#[test]
fn disabling_totp_needs_a_code() {
    let app = TestApp::builder().totp().serve();
    for body in [json!({}), json!({ "token": null }), json!({ "current_password": "hunter22" })] {
        let due = app.ada.post(DISABLE, &body);
        due.refused(VERIFICATION_REQUIRED, DISABLE);
        assert_eq!(due.json()["data"]["methods"][0]["enabled"], true);
    }
    for field in ["token", "twofa_token", "factor_code"] {
        let wrong = app
            .ada
            .post(DISABLE, &json!({ field: app.ada.code(9) }))
            .refused(INVALID_FIELD, DISABLE);
        assert_eq!(wrong, format!("Invalid field: {field}, {REFUSED}."));
    }
    assert_eq!(app.ada.me()["methods"]["totp"], "enabled");
    let disabled =
        app.ada.post(DISABLE, &json!({ "factor_code": app.ada.recovery_codes[3] })).data();
    let message = json!("The authenticator app is off.");
    assert_eq!((&disabled["disabled"], &disabled["message"]), (&json!(true), &message));
    let me = app.ada.me();
    assert_eq!(me["twofa_enabled"], false);
    assert_eq!(
        me["methods"],
        json!({
            "totp": "disabled", "email": "disabled", "recovery_codes": "0",
            "passkey": "disabled",
        })
    );
    assert_eq!(app.try_password().status, 200);
}

#[test]
fn app_is_disabled_by_its_code_and_enabled_by_a_new_secret() {
    let mut app = TestApp::builder().totp().serve();
    let former = app.ada.secret.clone();
    let code = json!({ "twofa_token": app.ada.code(1) });
    app.ada.post("/api/auth/methods/totp/disable", &code).data();
    app.ada.enable_app();
    assert_ne!(app.ada.secret, former);
    assert_eq!(app.ada.recovery_codes.len(), 10);
    app.try_code(&oathtool(&former, 1)).refused_code();
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
}

#[test]
fn verification_answers_whether_a_code_is_right_and_uses_it_up() {
    let app = TestApp::builder().totp().serve();
    let code = app.ada.code(1);
    for path in [VERIFY, "/api/auth/methods/totp/verify", "/api/v2/auth/totp/verify"] {
        assert_eq!(app.ada.post(path, &token(&app.ada.code(9))).data()["verified"], false);
    }
    let right = app.ada.post(VERIFY, &json!({ "factor_code": code })).data();
    assert_eq!(
        (&right["verified"], &right["message"]),
        (&json!(true), &json!("The code is right."))
    );
    assert_eq!(app.ada.post(VERIFY, &token(&code)).data()["verified"], false);
    app.try_code(&code).refused_code();
    // A recovery code is not used up by a verification.
    assert_eq!(app.ada.post(VERIFY, &token(&app.ada.recovery_codes[0])).data()["verified"], false);
    assert_eq!(app.ada.codes_left(), 10);
}

#[test]
fn disabling_verifying_and_renewing_without_a_factor_is_refused() {
    let app = TestApp::logged_in();
    assert_eq!(app.ada.post(VERIFY, &token("123456")).data()["verified"], false);
    assert!(
        app.ada.post(DISABLE, &token("123456")).refused(INVALID_FIELD, DISABLE).contains("type")
    );
    app.ada.post(RENEW, &token("123456")).refused(SERVICE_DISABLED, RENEW);
    let message = app.ada.post(ENABLE, &token("123456")).refused(INVALID_FIELD, ENABLE);
    assert_eq!(message, "Invalid field: token, must follow a setup of the last hour.");
    assert_eq!(app.nox("totp status ada"), "off\n");
}

#[test]
fn body_without_a_valid_code_is_refused() {
    let app = TestApp::builder().totp().serve();
    let wrong = |path: &str, body: &Value| app.ada.post(path, body).refused(INVALID_FIELD, path);
    for value in
        [json!(""), json!("12345"), json!("1234567"), json!("12345x"), json!(123_456), json!(true)]
    {
        for field in ["token", "twofa_token", "factor_code"] {
            for path in [VERIFY, DISABLE, RENEW, ENABLE] {
                let message = wrong(path, &json!({ field: value }));
                assert!(
                    message.starts_with(&format!("Invalid field: {field}, must be six digits")),
                    "{message}"
                );
            }
        }
    }
    for path in [VERIFY, ENABLE] {
        assert!(wrong(path, &json!({})).starts_with("Invalid field: token, "));
    }
    for (body, path) in
        [("", VERIFY), ("[]", DISABLE), ("{", RENEW), ("{\"token\":\"1\",\"token\":\"2\"}", ENABLE)]
    {
        app.ada.send("POST", path, &[JSON], body.as_bytes()).refused(INVALID_REQUEST, path);
    }
    assert_eq!(app.ada.codes_left(), 10);
}

#[test]
fn totp_endpoints_need_a_session_and_by_cookie_the_own_origin() {
    let app = TestApp::logged_in();
    let cookie = app.try_password().cookie();
    let origin = format!("http://{}", app.server.address);
    for (path, status) in [(SETUP, 200), (ENABLE, 400), (DISABLE, 400), (VERIFY, 200), (RENEW, 403)]
    {
        let send = |path: &str, headers: &[(&str, &str)]| {
            let headers = [&[JSON], headers].concat();
            app.client().send("POST", path, &headers, b"{\"token\":\"123456\"}")
        };
        for path in [path, &path.replace("auth", "auth/methods")] {
            send(path, &[]).refused(NOT_LOGGED, path);
            // Another site's page has the cookie, but not the origin.
            send(path, &[("Cookie", &cookie)]).refused(UNAUTHORIZED, path);
            send(path, &[("Cookie", &cookie), ("Origin", "http://evil.example")])
                .refused(UNAUTHORIZED, path);
            let own = send(path, &[("Cookie", &cookie), ("Origin", &origin)]);
            assert_eq!(own.status, status, "{path}: {}", own.text);
        }
        let named = path.replace("/api/", "/api/v2/");
        send(&named, &[]).refused_as("UNAUTHORIZED", 401);
        send(&named, &[("Cookie", &cookie)]).refused_as("FORBIDDEN", 403);
        app.client().get(path, &[]).refused(METHOD_NOT_ALLOWED, path);
    }
    assert_eq!(app.ada.me()["twofa_enabled"], false);
}

#[test]
fn totp_refusals_have_names_in_the_dialect_of_names() {
    let app = TestApp::logged_in();
    let v2 = |end: &str, body: Value| app.ada.post(&format!("/api/v2/auth/{end}"), &body);
    v2("totp/enable", token("123456")).refused_as("VALIDATION_ERROR", 422);
    v2("recovery/renew", json!({})).refused_as("FORBIDDEN", 403);
    let secret = v2("totp/setup", json!({})).data()["secret"].as_str().unwrap().to_owned();
    assert_eq!(v2("totp/enable", token(&oathtool(&secret, 0))).data()["enabled"], true);
    v2("totp/setup", json!({})).refused_as("BAD_REQUEST", 400);
    v2("totp/enable", token(&oathtool(&secret, 0))).refused_as("BAD_REQUEST", 400);
    v2("totp/disable", json!({})).refused_as("VERIFICATION_REQUIRED", 428);
    v2("methods/totp/disable", token(&oathtool(&secret, 9))).refused_as("VALIDATION_ERROR", 422);
    assert_eq!(v2("totp/disable", token(&oathtool(&secret, 1))).data()["disabled"], true);
}

#[test]
fn email_without_a_mail_server_is_listed_and_off() {
    let app = TestApp::builder().totp().serve();
    app.nox("user set ada --email a@b.example --verified true");
    let due = app.try_password().json();
    let methods = &due["data"]["methods"];
    let shown = |at: usize| ["type", "enabled", "can_send"].map(|key| methods[at][key].clone());
    assert_eq!(shown(0), [json!("totp"), json!(true), json!(false)]);
    assert_eq!(shown(1), [json!("email"), json!(false), json!(false)]);
    assert_eq!(methods[1]["details"]["sendable"], false);
    let challenge = &methods[1]["send_data"];
    for path in ["/api/auth/email/send", "/api/auth/methods/email/send"] {
        app.ada.post(path, &json!({})).refused(SERVICE_DISABLED, path);
        app.client().post(path, challenge).refused(SERVICE_DISABLED, path);
    }
    assert_eq!(app.client().get("/api/auth/email/send", &[]).data()["success"], true);
    for path in ["/api/email/resend", "/api/auth/email/enable"] {
        app.ada.post(path, &token("123456")).refused(SERVICE_DISABLED, path);
    }
    app.ada.post("/api/v2/auth/email/send", &json!({})).refused_as("FORBIDDEN", 403);
    // An app needs no code sent, and there are no other methods.
    assert_eq!(app.ada.post("/api/auth/totp/send", &json!({})).data()["success"], true);
    app.ada.post("/api/auth/sms/send", &json!({})).refused(INVALID_FIELD, "/api/auth/sms/send");
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
    assert_eq!(
        app.ada.post(DISABLE, &token(&app.instance.issue_code("ada"))).data()["disabled"],
        true
    );
}
