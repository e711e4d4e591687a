//! `nox bans`, and the log that fail2ban reads.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Instance, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Tries to log in from an address.
fn guess(server: &Server, name: &str, password: &str, from: &str) -> u16 {
    let body = json!({ "identifier": name, "password": password }).to_string();
    server
        .client()
        .send("POST", "/api/auth/login", &[JSON, ("X-Forwarded-For", from)], body.as_bytes())
        .status
}

#[test]
fn what_is_refused_is_listed_and_can_be_lifted() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let list = || -> Vec<Value> {
        instance
            .ok(&["bans", "list", "--json"], "")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    for _ in 0..5 {
        assert_eq!(guess(&server, "ada", "wrong horse", "192.0.2.1"), 400);
    }
    assert_eq!(guess(&server, "ada", "hunter22", "192.0.2.1"), 429);
    let bans = list();
    assert_eq!(bans.len(), 1, "{bans:?}");
    assert_eq!(
        bans[0],
        json!({
            "what": "password", "username": "ada", "address": "192.0.2.1", "tries": 5, "until": bans[0]["until"],
        })
    );
    let row = instance.ok(&["bans", "list"], "");
    assert!(row.starts_with("password\tada\t192.0.2.1\t5\t20"), "{row}");
    instance.ok(&["bans", "clear", "192.0.2.9"], "");
    assert_eq!(list().len(), 1, "another address");
    instance.ok(&["bans", "clear", "192.0.2.1"], "");
    assert_eq!(list(), [] as [Value; 0]);
    assert_eq!(guess(&server, "ada", "hunter22", "192.0.2.1"), 200);

    instance.ok(&["bans", "clear", "ada"], "");
    for last in 10..12 {
        for _ in 0..5 {
            guess(&server, "ada", "wrong horse", &format!("192.0.2.{last}"));
        }
    }
    let whats: Vec<_> = list().into_iter().map(|ban| ban["address"].clone()).collect();
    assert_eq!(whats, [Value::Null, "192.0.2.10".into(), "192.0.2.11".into()]);
    instance.ok(&["bans", "clear", "ada"], "");
    assert_eq!(list(), [] as [Value; 0]);
    for _ in 0..5 {
        guess(&server, "nobody", "wrong horse", "2001:db8::1");
    }
    let ban = list().remove(0);
    assert!(ban["username"].as_str().unwrap().starts_with("unknown-"), "{ban}");
    assert_eq!(ban["address"], "2001:db8::");
    instance.ok(&["bans", "clear"], "");
    assert_eq!(list(), [] as [Value; 0]);
    assert_eq!(instance.run(&["bans", "clear", "nobody"], "").status, 3);
}

#[test]
fn each_attempt_leaves_one_line_of_the_same_form() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    guess(&server, "ada", "hunter22", "192.0.2.1");
    guess(&server, "ada", "hunter23", "192.0.2.2");
    guess(
        &server,
        "nobody\nevent=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
        "hunter22",
        "192.0.2.3",
    );
    let log = server.stop().2;
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
fn fail2ban_finds_who_guesses_and_nobody_else() {
    for format in ["text", "json"] {
        let instance = Instance::with(&format!("[log]\nformat = '{format}'"));
        instance.add_user("ada", "hunter22");
        let server = instance.serve();
        guess(&server, "ada", "hunter22", "192.0.2.1");
        guess(&server, "ada", "hunter23", "192.0.2.2");
        guess(&server, "nobody", "hunter22", "2001:db8::7");
        let log = server.stop().2;
        std::fs::write(instance.path("log"), log).unwrap();
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
fn a_proxy_that_nobody_has_named_is_not_believed_and_the_log_says_what_to_do() {
    let instance = Instance::with("[server]\ntrusted_proxies = ['10.0.0.0/8']");
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    for _ in 0..3 {
        guess(&server, "ada", "hunter23", "192.0.2.1");
    }
    let log = server.stop().2;
    assert_eq!(log.matches("event=login.failed ip=127.0.0.1 ").count(), 3, "{log}");
    assert_eq!(log.matches("server.trusted_proxies").count(), 1, "once a minute: {log}");
}
