//! `nox throttle`, and the log that fail2ban reads.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{JSON, LOGIN, TestApp};

/// Tries to log in from an address.
fn guess(app: &TestApp, name: &str, password: &str, from: &str) -> u16 {
    let body = json!({ "identifier": name, "password": password }).to_string();
    let headers = [JSON, ("X-Forwarded-For", from)];
    app.client().send("POST", LOGIN, &headers, body.as_bytes()).status
}

#[test]
fn lockouts_are_listed_and_can_be_lifted() {
    let app = TestApp::new();
    let list = || -> Vec<Value> {
        app.instance
            .nox("throttle list --json")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    for _ in 0..5 {
        assert_eq!(guess(&app, "ada", "wrong horse", "192.0.2.1"), 400);
    }
    assert_eq!(guess(&app, "ada", "hunter22", "192.0.2.1"), 429);
    let lockouts = list();
    assert_eq!(lockouts.len(), 1, "{lockouts:?}");
    assert_eq!(
        lockouts[0],
        json!({
            "what": "password", "username": "ada", "address": "192.0.2.1", "tries": 5,
            "until": lockouts[0]["until"],
        })
    );
    let row = app.nox("throttle list");
    assert!(row.starts_with("password\tada\t192.0.2.1\t5\t20"), "{row}");
    app.nox("throttle clear 192.0.2.9");
    assert_eq!(list().len(), 1, "another address");
    app.nox("throttle clear 192.0.2.1");
    assert_eq!(list(), [] as [Value; 0]);
    assert_eq!(guess(&app, "ada", "hunter22", "192.0.2.1"), 200);

    app.nox("throttle clear ada");
    for last in 10..12 {
        for _ in 0..5 {
            guess(&app, "ada", "wrong horse", &format!("192.0.2.{last}"));
        }
    }
    let whats: Vec<_> = list().into_iter().map(|lockout| lockout["address"].clone()).collect();
    assert_eq!(whats, [Value::Null, "192.0.2.10".into(), "192.0.2.11".into()]);
    app.nox("throttle clear ada");
    assert_eq!(list(), [] as [Value; 0]);
    for _ in 0..5 {
        guess(&app, "nobody", "wrong horse", "2001:db8::1");
    }
    let lockout = list().remove(0);
    assert!(lockout["username"].as_str().unwrap().starts_with("unknown-"), "{lockout}");
    assert_eq!(lockout["address"], "2001:db8::");
    app.nox("throttle clear");
    assert_eq!(list(), [] as [Value; 0]);
    assert_eq!(app.instance.run(&["throttle", "clear", "nobody"], "").status, 3);
}

#[test]
fn lockouts_end_for_every_address_of_a_network() {
    let app = TestApp::new();
    let guess_from = |addresses: &[&str]| {
        for (number, from) in addresses.iter().enumerate() {
            for _ in 0..5 {
                guess(&app, &format!("nobody{number}"), "wrong horse", from);
            }
        }
    };
    let list = || app.nox("throttle list").lines().count();
    guess_from(&["192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1", "2001:db8:0:1::1"]);
    assert_eq!(list(), 5);
    for (target, left) in [
        ("203.0.113.0/24", 5),
        ("192.0.2.0/24", 3),
        ("2001:db8::7/128", 2),
        ("2001:db8::/32", 1),
        ("0.0.0.0/0", 0),
    ] {
        app.nox(&format!("throttle clear {target}"));
        assert_eq!(list(), left, "{target}");
    }
    let said = |arguments: &[&str]| app.instance.run(arguments, "").stderr;
    let nothing = said(&["throttle", "clear", "192.0.2.1"]);
    assert_eq!(nothing, "no attempts counted against 192.0.2.1\n");
    let empty = said(&["throttle", "list"]);
    assert!(empty.contains("nox user list --disabled lists disabled accounts"), "{empty}");
    assert_eq!(said(&["throttle", "list", "--quiet"]), "");
}

#[test]
fn login_attempts_are_logged_in_one_form() {
    let app = TestApp::new();
    guess(&app, "ada", "hunter22", "192.0.2.1");
    guess(&app, "ada", "hunter23", "192.0.2.2");
    guess(
        &app,
        "nobody\nevent=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
        "hunter22",
        "192.0.2.3",
    );
    let log = app.log();
    let lines: Vec<&str> =
        log.lines().filter_map(|line| Some(&line[line.find("event=login.")?..])).collect();
    assert_eq!(
        lines[..2],
        [
            "event=login.succeeded ip=192.0.2.1 user=\"ada\"",
            "event=login.failed ip=192.0.2.2 user=\"ada\" reason=wrong_password",
        ]
    );
    assert!(
        lines[2].starts_with("event=login.failed ip=192.0.2.3 user=\"unknown-"),
        "{}",
        lines[2]
    );
    assert!(lines[2].ends_with("\" reason=unknown_user"), "{}", lines[2]);
    assert_eq!(lines.len(), 3, "{log}");
}

#[test]
fn fail2ban_finds_the_guessing_addresses_alone() {
    for format in ["text", "json"] {
        let app = TestApp::with(&format!("[log]\nformat = '{format}'")).serve();
        guess(&app, "ada", "hunter22", "192.0.2.1");
        guess(&app, "ada", "hunter23", "192.0.2.2");
        guess(&app, "nobody", "hunter22", "2001:db8::7");
        let TestApp { server, instance, .. } = app;
        instance.write("log", server.stop().log);
        let filter = concat!(env!("CARGO_MANIFEST_DIR"), "/contrib/fail2ban/filter.d/nox.conf");
        let out = Command::new("fail2ban-regex")
            .args(["--out", "ip"])
            .arg(instance.path("log"))
            .arg(filter)
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(
            found.lines().collect::<Vec<_>>(),
            ["192.0.2.2", "2001:db8::7"],
            "{format}: {found} {out:?}"
        );
    }
}

#[test]
fn unconfigured_proxy_is_not_believed_and_logged() {
    let app = TestApp::with("[server]\ntrusted_proxies = ['10.0.0.0/8']").serve();
    for _ in 0..3 {
        guess(&app, "ada", "hunter23", "192.0.2.1");
    }
    let log = app.log();
    assert_eq!(log.matches("event=login.failed ip=127.0.0.1 ").count(), 3, "{log}");
    assert_eq!(log.matches("server.trusted_proxies").count(), 1, "once a minute: {log}");
}
