//! Whatever reaches the API gets an envelope; none of it is a 500, reaches the log as it came, or
//! changes anything.

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, Server};

pub(crate) const PATH: &str = "/api/auth/login";

const JSON: (&str, &str) = ("Content-Type", "application/json");

pub(crate) fn serve() -> (Instance, Server) {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    (instance, server)
}

pub(crate) fn post(server: &Server, body: &[u8]) -> Answer {
    server.client().send("POST", PATH, &[JSON], body)
}

/// Sends a good login with this one field bent: the answer names it and says what it must be.
#[track_caller]
fn assert_named(server: &Server, field: &str, values: &[Value]) {
    for value in values {
        let mut body = json!({ "identifier": "ada", "password": "hunter22" });
        body[field] = value.clone();
        let message = server.client().post(PATH, &body).failure(5, 400, PATH);
        assert!(
            message.starts_with(&format!("Invalid field: {field}, must be ")),
            "{body}: {message}"
        );
    }
}

#[test]
fn an_identifier_is_a_name_or_an_id() {
    let (_instance, server) = serve();
    for numbers in
        ["1.0", "1.5", "-1", "0", "4294967296", "9007199254740992", "1e2", "18446744073709551616"]
    {
        assert_named(&server, "identifier", &[serde_json::from_str(numbers).unwrap()]);
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
    assert_named(&server, "identifier", &others);
}

#[test]
fn a_password_has_6_to_128_characters() {
    let (_instance, server) = serve();
    let lengths = ["x".repeat(5), "x".repeat(129), "ä".repeat(129), String::new()].map(Value::from);
    assert_named(&server, "password", &lengths);
    assert_named(
        &server,
        "password",
        &[json!(123_456), json!(null), json!(["hunter22"]), json!(true)],
    );
    // Characters are counted, not bytes.
    for long in ["x".repeat(6), "ä".repeat(128), "🌙".repeat(128)] {
        assert!(
            server.client().log_in("ada", &long).failure(5, 400, PATH).contains("is not correct")
        );
    }
}

#[test]
fn a_code_has_six_ascii_digits_under_either_name() {
    let (_instance, server) = serve();
    let codes =
        ["12345", "1234567", "１２３４５６", "12345a", "12 456", "-12345", "", "12345\u{0}"]
            .map(Value::from);
    for field in ["twofa_token", "factor_code"] {
        assert_named(&server, field, &codes);
        assert_named(&server, field, &[json!(123_456), json!(true), json!(["123456"])]);
    }
}

#[test]
fn a_public_key_is_base64_of_one() {
    let (_instance, server) = serve();
    assert_named(&server, "public_key", &[json!("not base64"), json!("AAAA"), json!(7), json!("")]);
}

#[test]
fn of_several_faults_the_first_in_the_contracts_order_is_reported() {
    let (_instance, server) = serve();
    let mut body = json!({ "public_key": 7, "twofa_token": "x", "password": "x", "identifier": 0 });
    for field in ["identifier", "password", "twofa_token", "public_key"] {
        let message = server.client().post(PATH, &body).failure(5, 400, PATH);
        assert!(message.starts_with(&format!("Invalid field: {field},")), "{message}");
        body[field] = match field {
            "identifier" => json!("ada"),
            "password" => json!("hunter22"),
            _ => json!(null),
        };
    }
    for missing in ["identifier", "password"] {
        let mut body = json!({ "identifier": "ada", "password": "hunter22" });
        body.as_object_mut().unwrap().remove(missing);
        let message = server.client().post(PATH, &body).failure(5, 400, PATH);
        assert!(message.starts_with(&format!("Invalid field: {missing},")), "{message}");
    }
}

#[test]
fn null_counts_as_absent_and_unknown_keys_are_ignored() {
    let (_instance, server) = serve();
    let body = json!({
        "identifier": "ada", "password": "hunter22", "twofa_token": null, "factor_code": null, "public_key": null,
        "is_admin": true, "": [[[]]],
    });
    assert_eq!(server.client().post(PATH, &body).status, 200);
}

#[test]
fn nothing_in_any_field_breaks_the_database_or_the_log() {
    let instance = Instance::with("[log]\nlevel = 'trace'");
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
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
        // Each from an address of its own, so that none is refused for another's sake.
        let from = format!("192.0.2.{index}");
        let send = |body: Value| {
            let headers = [
                JSON,
                ("X-Forwarded-For", &from),
                ("User-Agent", "\u{e9}\"'; DROP TABLE sessions; --"),
            ];
            server.client().send("POST", PATH, &headers, body.to_string().as_bytes())
        };
        send(json!({ "identifier": text, "password": "hunter22" })).failure(2, 404, PATH);
        let password: String = format!("{text:<6}").chars().take(128).collect();
        let refused =
            send(json!({ "identifier": "ada", "password": password })).failure(5, 400, PATH);
        assert!(refused.contains("is not correct"), "{text:?}");
        assert_eq!(send(json!({ "identifier": "ada", "password": "hunter22" })).status, 200);
    }
    let path = "/api/%1b%5b2J%0aINFO%00/%ff";
    assert!(matches!(server.client().get(path, &[]).status, 400 | 501));
    let (status, _, log) = server.stop();
    assert!(status.success());
    assert!(!log.contains(['\u{1b}', '\u{0}', '\u{202e}']), "{log}");
    assert!(!log.contains("DROP TABLE") && !log.contains("hunter22"), "{log}");
    assert!(
        log.lines().all(|line| line.starts_with("20")),
        "every line is one of the logger's own: {log}"
    );
}
