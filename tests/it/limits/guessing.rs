//! Guessing passwords: what an attempt costs, whoever is named and however.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{Client, Instance};

/// The status of a login from another address, which a proxy tells.
fn attempt(client: &Client, identifier: &Value, ip: &str, password: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": password }).to_string();
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", ip)];
    client.send("POST", "/api/auth/login", &headers, body.as_bytes()).status
}

#[test]
fn sixty_wrong_passwords_at_once_are_at_most_ten_checks() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let guess = |n: usize| {
            let client = server.client();
            scope.spawn(move || {
                attempt(&client, &"ada".into(), &format!("192.0.2.{}", n % 12), "wrong horse")
            })
        };
        let all: Vec<_> = (0..60).map(guess).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let checked = statuses.iter().filter(|status| **status == 400).count();
    assert_eq!(
        (checked, statuses.iter().filter(|status| **status == 429).count()),
        (10, 50),
        "{statuses:?}"
    );
}

#[test]
fn every_way_to_name_an_account_shares_one_budget() {
    let instance = Instance::new();
    instance
        .ok(&["user", "add", "ada", "--email", "ada@example.org", "--password-stdin"], "hunter22");
    instance.ok(&["user", "set", "ada", "--verified", "true"], "");
    let server = instance.serve();
    let client = server.client();
    let names = [
        json!("ada"),
        json!("ADA"),
        json!(" ada "),
        json!(1),
        json!("1"),
        json!("Ada@Example.org"),
    ];
    // Each of them is a way in.
    for (name, ip) in names.iter().zip([
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.4",
        "192.0.2.5",
        "192.0.2.6",
    ]) {
        assert_eq!(attempt(&client, name, ip, "hunter22"), 200, "{name}");
    }
    instance.ok(&["bans", "clear"], "");
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
fn an_attack_from_one_address_does_not_cost_the_owner_elsewhere_a_try() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let client = server.client();
    for _ in 0..100 {
        attempt(&client, &"ada".into(), "192.0.2.1", "wrong horse");
    }
    assert_eq!(attempt(&client, &"ada".into(), "198.51.100.7", "hunter22"), 200);
}
