//! Attempts to bypass a second factor.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, ALREADY_VALID, Answer, INVALID_FIELD, Instance, LOGIN, ME, Mode, PASSWORD,
    TestApp, UNAUTHORIZED, VERIFICATION_REQUIRED, oathtool,
};

pub(super) const SEND: &str = "/api/auth/email/send";

/// The challenge of a login that needs a code.
pub(super) fn challenge(app: &TestApp, name: &str) -> String {
    let due = app.client().log_in(name, PASSWORD);
    due.refused(VERIFICATION_REQUIRED, LOGIN);
    due.json()["data"]["methods"][1]["send_data"]["challenge"].as_str().unwrap().into()
}

/// Everything by which a caller could tell two answers apart.
fn shown(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut envelope = answer.json();
    envelope["time"] = Value::Null;
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (answer.status, envelope, headers)
}

#[test]
fn sensitive_fields_do_not_change_without_a_code() {
    let app = TestApp::builder().totp().serve();
    let before = app.ada.me();
    for change in [
        json!({ "username": "lovelace" }),
        json!({ "email": "new@b.example" }),
        json!({ "password": "hunter33", "current_password": "hunter22" }),
        json!({ "bio": "x", "email": "new@b.example" }),
    ] {
        for path in [ME, "/api/v2/users/@me", "/api/v2/api/users/@me"] {
            for code in [
                json!({}),
                json!({ "twofa_token": null, "factor_code": null }),
                json!({ "token": "123456" }),
            ] {
                let mut body = change.clone();
                body.as_object_mut().unwrap().extend(code.as_object().unwrap().clone());
                assert_eq!(
                    (app.ada.post(path, &body).status, app.ada.patch(path, &body).status),
                    (428, 428),
                    "{body}"
                );
            }
        }
    }
    // The fields that only the server writes change nothing.
    let wishes =
        json!({ "twofa_enabled": false, "methods": { "totp": "disabled" }, "has_totp": false });
    assert_eq!(app.ada.post(ME, &wishes).status, 200);
    assert_eq!(app.ada.me(), before);
    assert_eq!(app.try_password().status, 428);
}

#[test]
fn every_login_asks_for_the_second_factor() {
    let app = TestApp::with("[users]\nregistration = 'open'").totp().serve();
    app.nox("user set ada --email a@b.example --verified true");
    let client = app.client();
    for identifier in [json!("ada"), json!(" ADA "), json!(1), json!("1"), json!("a@b.example")] {
        assert_eq!(client.log_in(identifier.clone(), "hunter22").status, 428, "{identifier}");
    }
    let body =
        |code: Value| json!({ "identifier": "ada", "password": "hunter22", "factor_code": code });
    for path in [LOGIN, "/api/v2/auth/login", "/api/v2/api/auth/login"] {
        assert_eq!(client.post(path, &body(Value::Null)).status, 428);
        for code in [json!(""), json!(0), json!(true), json!([]), json!({}), json!("000000 ")] {
            let refused = client.post(path, &body(code));
            if path == "/api/v2/auth/login" {
                refused.refused_as("VALIDATION_ERROR", 422);
            } else {
                refused.refused(INVALID_FIELD, path);
            }
        }
    }
    let taken = json!({ "username": "ada", "password": "hunter22" });
    client.post("/api/auth/register", &taken).refused(ALREADY_EXISTS, "/api/auth/register");
}

#[test]
fn factor_is_switched_off_by_no_other_endpoint_or_dialect() {
    let app = TestApp::builder().totp().serve();
    for prefix in ["/api", "/api/v2", "/api/v2/api"] {
        for path in ["auth/totp/disable", "auth/methods/totp/disable"] {
            let path = format!("{prefix}/{path}");
            assert_eq!(app.ada.post(&path, &json!({})).status, 428, "{path}");
            let others = (app.ada.get(&path).status, app.ada.delete(&path).status);
            assert_eq!(others, (405, 405), "{path}");
        }
        let refused = app
            .ada
            .post(&format!("{prefix}/auth/email/disable"), &json!({ "token": app.ada.code(1) }));
        assert!(refused.text.contains("must be a method that is enabled"), "{}", refused.text);
    }
    let me = app.ada.me();
    assert_eq!(
        me["methods"],
        json!({
            "totp": "enabled", "email": "disabled", "recovery_codes": "10",
            "passkey": "disabled",
        })
    );
}

#[test]
fn active_secret_is_not_replaced() {
    let app = TestApp::builder().totp().serve();
    for prefix in ["/api/auth", "/api/auth/methods"] {
        let (setup, enable) = (format!("{prefix}/totp/setup"), format!("{prefix}/totp/enable"));
        let message = app.ada.post(&setup, &json!({})).refused(ALREADY_VALID, &setup);
        assert_eq!(message, "Already validated.");
        app.ada.post(&enable, &json!({ "token": app.ada.code(1) })).refused(ALREADY_VALID, &enable);
    }
    assert_eq!(app.ada.codes_left(), 10);
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
}

#[test]
fn pending_secret_does_not_replace_a_newer_active_one() {
    let app = TestApp::logged_in();
    let pending = app.ada.set_up_app();
    let active = app.instance.enroll("ada");
    let ada = app.log_in_by(&oathtool(&active, 0));
    let path = "/api/auth/totp/enable";
    ada.post(path, &json!({ "token": oathtool(&pending, 0) })).refused(ALREADY_VALID, path);
    app.try_code(&oathtool(&pending, 0)).refused_code();
    assert_eq!(app.try_code(&oathtool(&active, 1)).status, 200);
}

#[test]
fn pending_secret_neither_logs_in_nor_locks_out() {
    let mut app = TestApp::logged_in();
    let pending = app.ada.set_up_app();
    assert_eq!(app.try_password().status, 200);
    let code = json!({ "token": oathtool(&pending, 0) });
    assert_eq!(app.ada.post("/api/auth/totp/verify", &code).data()["verified"], false);
    app.ada.enable_app();
    app.try_code(&oathtool(&pending, 0)).refused_code();
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
}

#[test]
fn factor_enabled_during_a_password_hash_counts_for_that_login() {
    let instance = Instance::with_users(["ada"]);
    // After the right password, the hash is computed again with these slow parameters.
    instance.write("nox.toml", "[password]\nmemory_kib = 131072\niterations = 20\n");
    let server = instance.serve();
    let client = server.client();
    let slow = thread::spawn(move || client.log_in("ada", "hunter22").status);
    instance.wait_until_an_attempt_is_counted();
    instance.enroll("ada");
    assert_eq!(slow.join().unwrap(), 400);
    assert_eq!(instance.nox("session list"), "");
}

#[test]
fn address_used_as_factor_cannot_be_changed_away() {
    let app = TestApp::with("timeout = '1s'\n").mail_server(Mode::Silent).confirmed().serve();
    app.instance.sql("UPDATE users SET has_email_factor = 1");
    for code in [Value::Null, app.instance.issue_code("ada").into()] {
        let refused = app
            .ada
            .post(ME, &json!({ "email": "new@b.example", "factor_code": code }))
            .refused(INVALID_FIELD, ME);
        assert_eq!(refused, "Invalid field: email, is a second factor: switch that off first.");
    }
    app.ada.post(ME, &json!({ "email": "" })).refused(VERIFICATION_REQUIRED, ME);
    assert_eq!(app.ada.post("/api/auth/email/disable", &json!({})).status, 428);
    let me = app.ada.me();
    assert_eq!((&me["email"], &me["twofa_enabled"]), (&json!("ada@b.example"), &json!(true)));
    assert_eq!(app.try_password().status, 428);
}

#[test]
fn wrong_password_does_not_reveal_a_factor() {
    for settings in ["", "[login]\nhide_unknown_users = true"] {
        let app = TestApp::with(settings).user("bob").totp().serve();
        let client = app.client();
        let wrong =
            |name: &str, code: &str| shown(&client.log_in_with_code(name, "wrong password", code));
        assert_eq!(
            shown(&client.log_in("ada", "wrong password")),
            shown(&client.log_in("bob", "wrong password"))
        );
        let of_bob = wrong("bob", "123456");
        assert_eq!(of_bob.0, 400);
        for code in ["123456", &app.ada.code(1), &app.ada.recovery_codes[0]] {
            assert_eq!(wrong("ada", code), of_bob);
        }
        // The codes are not used up, and none counted as a wrong code.
        assert_eq!(
            client.log_in_with_code("ada", "hunter22", &app.ada.recovery_codes[0]).status,
            200
        );
        assert_eq!(client.log_in_with_code("ada", "hunter22", &app.ada.code(1)).status, 200);
        for name in ["ada", "u:1"] {
            let public = client.get(&format!("/api/users/{name}"), &[]);
            assert_eq!(public.status, 200);
            assert!(
                !public.text.contains("twofa") && !public.text.contains("methods"),
                "{}",
                public.text
            );
        }
    }
}

#[test]
fn suspended_account_is_not_asked_for_a_code() {
    let app = TestApp::builder().totp().serve();
    app.nox("user disable ada");
    app.try_password().refused(UNAUTHORIZED, LOGIN);
    for code in [&app.ada.code(1), &app.ada.recovery_codes[0]] {
        app.try_code(code).refused(UNAUTHORIZED, LOGIN);
    }
    app.nox("user enable ada");
    assert_eq!(app.try_code(&app.ada.recovery_codes[0]).status, 200);
}

#[test]
fn session_alone_cannot_replace_mail_by_an_app() {
    let app = TestApp::with("timeout = '1s'\n").mail_server(Mode::Silent).confirmed().serve();
    app.instance.sql("UPDATE users SET has_email_factor = 1");
    let recovery = app.nox("totp recovery ada");
    // A thief of the session can enrol an app, but has neither the mailbox nor a recovery code.
    let (setup, enable) = ("/api/auth/totp/setup", "/api/auth/totp/enable");
    let guess = json!({ "token": "000000" });
    app.ada.post(setup, &json!({})).refused(VERIFICATION_REQUIRED, setup);
    app.ada.post_nothing(setup).refused(VERIFICATION_REQUIRED, setup);
    app.ada.post(setup, &guess).refused(INVALID_FIELD, setup);
    app.ada.post(enable, &guess).refused(INVALID_FIELD, enable);
    // The owner has a recovery code.
    let code = recovery.lines().next().unwrap();
    app.ada.post(setup, &json!({ "factor_code": code })).data();
}
