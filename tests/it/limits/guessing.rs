//! Rate limits of password guesses, by account and by address.

use serde_json::{Value, json};

use crate::harness::{Client, JSON, LOGIN, TestApp, at_once};

/// The status of a login from another address, which a proxy tells.
fn attempt(client: &Client, identifier: &Value, ip: &str, password: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": password }).to_string();
    let headers = [JSON, ("X-Forwarded-For", ip)];
    client.send("POST", LOGIN, &headers, body.as_bytes()).status
}

#[test]
fn sixty_wrong_passwords_at_once_are_at_most_ten_checks() {
    let app = TestApp::new();
    let statuses = at_once(60, |number| {
        let address = format!("192.0.2.{}", number % 12);
        attempt(&app.client(), &"ada".into(), &address, "wrong horse")
    });
    let checked = statuses.iter().filter(|status| **status == 400).count();
    assert_eq!(
        (checked, statuses.iter().filter(|status| **status == 429).count()),
        (10, 50),
        "{statuses:?}"
    );
}

#[test]
fn every_identifier_of_an_account_shares_one_rate_limit() {
    let app = TestApp::new();
    app.nox("user set ada --email ada@example.org --verified true");
    let client = app.client();
    let names = [
        json!("ada"),
        json!("ADA"),
        json!(" ada "),
        json!(1),
        json!("1"),
        json!("Ada@Example.org"),
    ];
    // Each identifier logs in.
    for (index, name) in names.iter().enumerate() {
        let address = format!("192.0.2.{index}");
        assert_eq!(attempt(&client, name, &address, "hunter22"), 200, "{name}");
    }
    app.nox("throttle clear");
    for (index, name) in names.iter().cycle().take(12).enumerate() {
        let expected = if index < 5 { 400 } else { 429 };
        assert_eq!(
            attempt(&client, name, "198.51.100.7", "wrong horse"),
            expected,
            "{index} {name}"
        );
    }
}

#[test]
fn attack_from_one_address_leaves_the_owner_elsewhere_unlimited() {
    let app = TestApp::new();
    let client = app.client();
    for _ in 0..100 {
        attempt(&client, &"ada".into(), "192.0.2.1", "wrong horse");
    }
    assert_eq!(attempt(&client, &"ada".into(), "198.51.100.7", "hunter22"), 200);
}
