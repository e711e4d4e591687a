//! The life of an authenticator app by API, where no mail can be sent.

use serde_json::{Value, json};

use crate::harness::{Person, oathtool};

pub(super) const ME: &str = "/api/users/@me";

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
fn a_change_of_factor_ends_every_other_session_and_not_this_one() {
    let (instance, server, ada) = Person::at_home("");
    instance.add_user("bob", "hunter22");
    let (other, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    let (secret, codes) = ada.enable_app();
    other.get(ME).failure(7, 401, ME);
    assert_eq!((ada.get(ME).status, bob.get(ME).status), (200, 200));
    let later = server.client().ada_by(&oathtool(&secret, 1)).token();
    assert_eq!(server.client().me(&later).status, 200);
    ada.post(DISABLE, &token(&codes[0])).data();
    server.client().me(&later).failure(7, 401, ME);
    assert_eq!((ada.get(ME).status, bob.get(ME).status), (200, 200));
}

#[test]
fn a_factor_that_the_operator_gives_or_takes_ends_every_session() {
    let (instance, server, ada) = Person::at_home("");
    let secret = instance.enroll("ada");
    ada.get(ME).failure(7, 401, ME);
    let token = server.client().ada_by(&oathtool(&secret, 0)).token();
    instance.ok(&["totp", "reset", "ada"], "");
    server.client().me(&token).failure(7, 401, ME);
}

#[test]
fn disabling_always_needs_a_code() {
    let (_instance, server, ada, (secret, codes)) = Person::with_codes("");
    for body in [json!({}), json!({ "token": null }), json!({ "current_password": "hunter22" })] {
        let due = ada.post(DISABLE, &body);
        due.failure(20, 428, DISABLE);
        assert_eq!(due.json()["data"]["methods"][0]["enabled"], true);
    }
    for field in ["token", "twofa_token", "factor_code"] {
        let wrong =
            ada.post(DISABLE, &json!({ field: oathtool(&secret, 9) })).failure(5, 400, DISABLE);
        assert_eq!(wrong, format!("Invalid field: {field}, {REFUSED}."));
    }
    assert_eq!(ada.get(ME).data()["methods"]["totp"], "enabled");
    let disabled = ada.post(DISABLE, &json!({ "factor_code": codes[3] })).data();
    assert_eq!(disabled["disabled"], true);
    assert!(disabled["message"].is_string());
    let me = ada.get(ME).data();
    assert_eq!(me["twofa_enabled"], false);
    assert_eq!(
        me["methods"],
        json!({ "totp": "disabled", "email": "disabled", "recovery_codes": "0" })
    );
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
}

#[test]
fn a_factor_can_be_switched_off_by_its_code_and_on_again_by_a_new_secret() {
    let (_instance, server, ada, (old, _)) = Person::with_codes("");
    ada.post("/api/auth/methods/totp/disable", &json!({ "twofa_token": oathtool(&old, 1) })).data();
    let (new, codes) = ada.enable_app();
    assert_ne!(new, old);
    assert_eq!(codes.len(), 10);
    server.client().ada_by(&oathtool(&old, 1)).refused_code();
    assert_eq!(server.client().ada_by(&oathtool(&new, 1)).status, 200);
}

#[test]
fn verifying_says_whether_a_code_is_right_and_uses_it_up() {
    let (_instance, server, ada, (secret, codes)) = Person::with_codes("");
    let code = oathtool(&secret, 1);
    for path in [VERIFY, "/api/auth/methods/totp/verify", "/api/v2/auth/totp/verify"] {
        assert_eq!(ada.post(path, &token(&oathtool(&secret, 9))).data()["verified"], false);
    }
    let right = ada.post(VERIFY, &json!({ "factor_code": code })).data();
    assert_eq!(right["verified"], true);
    assert!(right["message"].is_string());
    assert_eq!(ada.post(VERIFY, &token(&code)).data()["verified"], false);
    server.client().ada_by(&code).refused_code();
    // Nobody loses a recovery code to a question.
    assert_eq!(ada.post(VERIFY, &token(&codes[0])).data()["verified"], false);
    assert_eq!(ada.codes_left(), 10);
}

#[test]
fn without_a_factor_there_is_nothing_to_disable_to_verify_or_to_renew() {
    let (instance, _server, ada) = Person::at_home("");
    assert_eq!(ada.post(VERIFY, &token("123456")).data()["verified"], false);
    assert!(ada.post(DISABLE, &token("123456")).failure(5, 400, DISABLE).contains("type"));
    ada.post(RENEW, &token("123456")).failure(4, 403, RENEW);
    let message = ada.post(ENABLE, &token("123456")).failure(5, 400, ENABLE);
    assert_eq!(message, "Invalid field: token, must follow a setup of the last hour.");
    assert_eq!(instance.ok(&["totp", "status", "ada"], ""), "off\n");
}

#[test]
fn a_body_that_holds_no_code_is_refused() {
    let (_instance, _server, ada, _) = Person::with_codes("");
    let wrong = |path: &str, body: &Value| ada.post(path, body).failure(5, 400, path);
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
        let headers = [("Content-Type", "application/json")];
        ada.send("POST", path, &headers, body.as_bytes()).failure(16, 400, path);
    }
    assert_eq!(ada.codes_left(), 10);
}

#[test]
fn without_a_session_nothing_of_it_works() {
    let (_instance, server, ada) = Person::at_home("");
    let cookie = server.client().log_in("ada", "hunter22").cookie();
    let origin = format!("http://{}", server.address);
    for path in [SETUP, ENABLE, DISABLE, VERIFY, RENEW] {
        let send = |path: &str, headers: &[(&str, &str)]| {
            let headers = [&[("Content-Type", "application/json")], headers].concat();
            server.client().send("POST", path, &headers, b"{\"token\":\"123456\"}")
        };
        for path in [path, &path.replace("auth", "auth/methods")] {
            send(path, &[]).failure(7, 401, path);
            // Another site's page has the cookie, but not the origin.
            send(path, &[("Cookie", &cookie)]).failure(8, 401, path);
            send(path, &[("Cookie", &cookie), ("Origin", "http://evil.example")])
                .failure(8, 401, path);
            assert_ne!(
                send(path, &[("Cookie", &cookie), ("Origin", &origin)]).status,
                401,
                "{path}"
            );
        }
        let named = path.replace("/api/", "/api/v2/");
        send(&named, &[]).named_failure("UNAUTHORIZED", 401);
        send(&named, &[("Cookie", &cookie)]).named_failure("FORBIDDEN", 403);
        let get = server.client().get(path, &[]);
        get.failure(1004, 405, path);
    }
    assert_eq!(ada.get(ME).data()["twofa_enabled"], false);
}

#[test]
fn the_dialect_of_names_says_the_same() {
    let (_instance, _server, ada) = Person::at_home("");
    let v2 = |end: &str, body: Value| ada.post(&format!("/api/v2/auth/{end}"), &body);
    v2("totp/enable", token("123456")).named_failure("VALIDATION_ERROR", 422);
    v2("recovery/renew", json!({})).named_failure("FORBIDDEN", 403);
    let secret = v2("totp/setup", json!({})).data()["secret"].as_str().unwrap().to_owned();
    assert_eq!(v2("totp/enable", token(&oathtool(&secret, 0))).data()["enabled"], true);
    v2("totp/setup", json!({})).named_failure("BAD_REQUEST", 400);
    v2("totp/enable", token(&oathtool(&secret, 0))).named_failure("BAD_REQUEST", 400);
    v2("totp/disable", json!({})).named_failure("VERIFICATION_REQUIRED", 428);
    v2("methods/totp/disable", token(&oathtool(&secret, 9))).named_failure("VALIDATION_ERROR", 422);
    assert_eq!(v2("totp/disable", token(&oathtool(&secret, 1))).data()["disabled"], true);
}

#[test]
fn where_no_mail_can_be_sent_email_is_listed_and_off() {
    let (instance, server, ada, (secret, _)) = Person::with_codes("");
    instance.ok(&["user", "set", "ada", "--email", "a@b.example", "--verified", "true"], "");
    let due = server.client().log_in("ada", "hunter22").json();
    let methods = &due["data"]["methods"];
    let shown = |at: usize| ["type", "enabled", "can_send"].map(|key| methods[at][key].clone());
    assert_eq!(shown(0), [json!("totp"), json!(true), json!(false)]);
    assert_eq!(shown(1), [json!("email"), json!(false), json!(false)]);
    assert_eq!(methods[1]["details"]["sendable"], false);
    let challenge = &methods[1]["send_data"];
    for path in ["/api/auth/email/send", "/api/auth/methods/email/send"] {
        ada.post(path, &json!({})).failure(4, 403, path);
        server.client().post(path, challenge).failure(4, 403, path);
    }
    assert_eq!(server.client().get("/api/auth/email/send", &[]).data()["success"], true);
    for path in ["/api/email/resend", "/api/auth/email/enable"] {
        ada.post(path, &token("123456")).failure(4, 403, path);
    }
    ada.post("/api/v2/auth/email/send", &json!({})).named_failure("FORBIDDEN", 403);
    // An app needs nothing sent, and nothing else is a method.
    assert_eq!(ada.post("/api/auth/totp/send", &json!({})).data()["success"], true);
    ada.post("/api/auth/sms/send", &json!({})).failure(5, 400, "/api/auth/sms/send");
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
    assert_eq!(ada.post(DISABLE, &token(&instance.issue_code("ada"))).data()["disabled"], true);
}
