//! The fields of a login, and hostile texts in them.

use serde_json::{Value, json};

use crate::harness::{Ended, INVALID_FIELD, JSON, LOGIN, TestApp, USER_NOT_FOUND};

/// Checks that a login with this one field wrong is refused by the name of the field.
#[track_caller]
fn assert_named(app: &TestApp, field: &str, values: &[Value]) {
    for value in values {
        let mut body = json!({ "identifier": "ada", "password": "hunter22" });
        body[field] = value.clone();
        let clause = app.client().post(LOGIN, &body).refused_field(field, LOGIN);
        assert!(clause.starts_with("must be "), "{body}: {clause}");
    }
}

#[test]
fn identifier_is_a_name_or_an_id() {
    let app = TestApp::new();
    for numbers in
        ["1.0", "1.5", "-1", "0", "4294967296", "9007199254740992", "1e2", "18446744073709551616"]
    {
        assert_named(&app, "identifier", &[serde_json::from_str(numbers).unwrap()]);
    }
    let others = [
        json!(true),
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!("  "),
        json!("0"),
        json!("4294967296"),
    ];
    assert_named(&app, "identifier", &others);
}

#[test]
fn password_has_6_to_128_characters() {
    let app = TestApp::new();
    let lengths = [5, 129, 0].map(|length| Value::from("x".repeat(length)));
    assert_named(&app, "password", &lengths);
    assert_named(&app, "password", &[json!("ä".repeat(129))]);
    assert_named(
        &app,
        "password",
        &[json!(123_456), json!(null), json!(["hunter22"]), json!(true)],
    );
    // Characters are counted, not bytes.
    for long in ["x".repeat(6), "ä".repeat(128), "🌙".repeat(128)] {
        assert!(
            app.client()
                .log_in("ada", &long)
                .refused(INVALID_FIELD, LOGIN)
                .contains("is not correct")
        );
    }
}

#[test]
fn code_has_six_digits_in_either_field() {
    let app = TestApp::new();
    let codes = ["12345", "1234567", "１２３４５", "12345a", "12 456", "-12345", "", "12345\u{0}"]
        .map(Value::from);
    for field in ["twofa_token", "factor_code"] {
        assert_named(&app, field, &codes);
        assert_named(&app, field, &[json!(123_456), json!(true), json!(["123456"])]);
    }
}

#[test]
fn public_key_is_base64_of_a_key() {
    let app = TestApp::new();
    assert_named(&app, "public_key", &[json!("not base64"), json!("AAAA"), json!(7), json!("")]);
}

#[test]
fn login_with_several_faults_reports_the_first_in_contract_order() {
    let app = TestApp::new();
    let mut body = json!({ "public_key": 7, "twofa_token": "x", "password": "x", "identifier": 0 });
    for field in ["identifier", "password", "twofa_token", "public_key"] {
        app.client().post(LOGIN, &body).refused_field(field, LOGIN);
        body[field] = match field {
            "identifier" => json!("ada"),
            "password" => json!("hunter22"),
            _ => json!(null),
        };
    }
    for missing in ["identifier", "password"] {
        let mut body = json!({ "identifier": "ada", "password": "hunter22" });
        body.as_object_mut().unwrap().remove(missing);
        app.client().post(LOGIN, &body).refused_field(missing, LOGIN);
    }
}

#[test]
fn null_counts_as_absent_and_unknown_keys_are_ignored() {
    let app = TestApp::new();
    let body = json!({
        "identifier": "ada", "password": "hunter22", "twofa_token": null, "factor_code": null,
        "public_key": null, "is_admin": true, "": [[[]]],
    });
    assert_eq!(app.client().post(LOGIN, &body).status, 200);
}

#[test]
fn hostile_texts_in_any_field_break_neither_database_nor_log() {
    let app = TestApp::with("[log]\nlevel = 'trace'").serve();
    let evil = [
        "'; DROP TABLE users; --",
        "\" OR \"\"=\"",
        "ada\u{0}",
        "\u{0}",
        "ada\n2026-01-01 INFO logged in account=1",
        "\u{1b}[2J\u{202e}",
        "%s%n{}${jndi:ldap://x}",
        "ada@",
        &"a@".repeat(2000),
    ];
    for (index, text) in evil.into_iter().enumerate() {
        // Each text comes from its own address, so that no rate limit is reached.
        let from = format!("192.0.2.{index}");
        let send = |body: Value| {
            let headers = [
                JSON,
                ("X-Forwarded-For", &from),
                ("User-Agent", "\u{e9}\"'; DROP TABLE sessions; --"),
            ];
            app.client().send("POST", LOGIN, &headers, body.to_string().as_bytes())
        };
        send(json!({ "identifier": text, "password": "hunter22" })).refused(USER_NOT_FOUND, LOGIN);
        let password: String = format!("{text:<6}").chars().take(128).collect();
        let refused = send(json!({ "identifier": "ada", "password": password }))
            .refused(INVALID_FIELD, LOGIN);
        assert!(refused.contains("is not correct"), "{text:?}");
        assert_eq!(send(json!({ "identifier": "ada", "password": "hunter22" })).status, 200);
    }
    let path = "/api/%1b%5b2J%0aINFO%00/%ff";
    assert_eq!(app.client().get(path, &[]).status, 501);
    let Ended { status, log, .. } = app.server.stop();
    assert!(status.success());
    assert!(!log.contains(['\u{1b}', '\u{0}', '\u{202e}']), "{log}");
    assert!(!log.contains("DROP TABLE") && !log.contains("hunter22"), "{log}");
    assert!(
        log.lines().all(|line| line.starts_with("20")),
        "every line is one of the logger's own: {log}"
    );
}
