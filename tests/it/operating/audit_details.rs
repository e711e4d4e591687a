//! What the audit log tells beside the plain line: counted events, changed values, and lines as
//! they come.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Instance, JSON, LOGIN, TestApp, wait_until};

#[test]
fn failed_logins_of_an_account_and_a_day_are_one_line_that_is_up_to_date() {
    let app = TestApp::builder().user("bob").serve();
    let try_from = |name: &str, address: &str| {
        let headers = [JSON, ("X-Forwarded-For", address), ("User-Agent", "Owl/2.0")];
        let body = json!({ "identifier": name, "password": "a guess" }).to_string();
        app.client().send("POST", LOGIN, &headers, body.as_bytes()).status
    };
    for (index, address) in ["192.0.2.1", "192.0.2.2", "192.0.2.3"].into_iter().enumerate() {
        assert_eq!(try_from("ada", address), 400);
        let failed = &events_named(&app.instance, "login.failed")[..];
        let [line] = failed else { panic!("{failed:?}") };
        assert_eq!((&line["count"], &line["ip"]), (&json!(index + 1), &json!(address)));
        assert_eq!((&line["by"], &line["user_agent"]), (&json!("client"), &json!("Owl/2.0")));
        assert_eq!((&line["id"], &line["username"]), (&json!(1), &json!("ada")));
    }
    // Each account has a line of its own, and the one that failed last is the last.
    assert_eq!(try_from("bob", "192.0.2.4"), 400);
    assert_eq!(try_from("ada", "192.0.2.5"), 400);
    assert_eq!(try_from("nobody", "192.0.2.6"), 404);
    let lines = events_named(&app.instance, "login.failed");
    let shown: Vec<_> = lines.iter().map(|line| (&line["username"], &line["count"])).collect();
    assert_eq!(shown, [(&json!("bob"), &json!(1)), (&json!("ada"), &json!(4))]);
    // The next day has a line of its own.
    app.instance.sql("UPDATE audit SET at = at - 86400000, day = day - 1 WHERE day IS NOT NULL");
    assert_eq!(try_from("ada", "192.0.2.7"), 400);
    assert_eq!(events_named(&app.instance, "login.failed").len(), 3);
}

#[test]
fn attempt_that_a_lockout_refuses_or_that_is_right_is_not_counted_as_failed() {
    let app = TestApp::builder().totp().serve();
    app.instance.reset_limits();
    for _ in 0..8 {
        app.try_code("000000");
    }
    let lines = events_named(&app.instance, "login.failed");
    assert_eq!((lines.len(), &lines[0]["count"]), (1, &json!(5)), "{lines:?}");
    app.instance.reset_limits();
    app.try_code(&app.ada.code(1)).data();
    assert_eq!(events_named(&app.instance, "login.failed"), lines);
}

/// The lines of an event.
fn events_named(instance: &Instance, event: &str) -> Vec<Value> {
    let listed = instance.nox("audit list --json");
    let mut lines: Vec<Value> =
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.retain(|line| line["event"] == event);
    lines
}

#[test]
fn followed_log_prints_new_lines_and_counted_ones_again_and_ends_with_its_reader() {
    let app = TestApp::logged_in();
    let mut command = app.instance.command(["audit", "list", "--json", "--limit", "1", "--follow"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&output.next().unwrap().unwrap()).unwrap();
    assert_eq!(next()["event"], "session.opened");
    for count in 1..3 {
        assert_eq!(app.client().log_in("ada", "a guess").status, 400);
        let line = next();
        assert_eq!((&line["event"], &line["count"]), (&json!("login.failed"), &json!(count)));
    }
    app.nox("user set ada --display Lovelace");
    assert_eq!(next()["changes"], json!({ "display": ["ada", "Lovelace"] }));
    // The reader goes, and no event comes.
    drop(output);
    wait_until("the command ends", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn each_change_tells_the_old_and_the_new_value_and_who_made_it() {
    let app = TestApp::logged_in();
    let root = "operator:root";
    let profile = "profile.changed";
    let rows: [(&str, &str, Value); 12] = [
        ("user set ada --display Ada", profile, json!({ "display": ["ada", "Ada"] })),
        ("user set ada --bio Hi", profile, json!({ "bio": [null, "Hi"] })),
        ("user set ada --bio Ho", profile, json!({ "bio": ["Hi", "Ho"] })),
        ("user set ada --language fr", profile, json!({ "language": [null, "fr"] })),
        ("user set ada --rank 3", "rank.changed", json!({ "rank": [0, 3] })),
        (
            "user set ada --email a@b.example",
            "email.changed",
            json!({ "email": [null, "a@b.example"] }),
        ),
        (
            "user set ada --verified true",
            "email.confirmed",
            json!({ "email_verified": [false, true] }),
        ),
        ("user tag add ada can_fly", "tags.changed", json!({ "tags": [[], ["can_fly"]] })),
        ("user tag remove ada can_fly", "tags.changed", json!({ "tags": [["can_fly"], []] })),
        (
            "user disable ada --reason spam",
            "account.disabled",
            json!({ "disabled": [false, true], "reason": [null, "spam"] }),
        ),
        (
            "user enable ada",
            "account.enabled",
            json!({ "disabled": [true, false], "reason": ["spam", null] }),
        ),
        ("relay add hub", "relay.added", json!({ "name": [null, "hub"] })),
    ];
    for (command, event, changes) in rows {
        let mut run = app.instance.command(command.split(' '));
        let run = run.env("SUDO_USER", "root").output().unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
        let last = events_named(&app.instance, event).pop();
        let last = last.unwrap_or_else(|| panic!("{command}: no {event}"));
        assert_eq!((&last["by"], &last["changes"]), (&json!(root), &changes), "{command}");
    }
    // What changes nothing leaves no line.
    let before = app.nox("audit list").lines().count();
    app.nox("user set ada --display Ada");
    app.nox("throttle clear 192.0.2.1");
    let again = app.instance.run(&["user", "enable", "ada"], "");
    assert!(again.stderr.contains("ada was not disabled"), "{}", again.stderr);
    assert_eq!(app.nox("audit list").lines().count(), before);
}

#[test]
fn end_of_a_suspension_is_a_date_and_is_shown_as_a_time() {
    let app = TestApp::new();
    app.nox("user disable ada --until 2099-12-24");
    let line = app.nox("audit list --event account.disabled");
    assert!(line.contains("until: - > 2099-12-24T00:00:00Z"), "{line}");
    let line = &events_named(&app.instance, "account.disabled")[0];
    assert_eq!(line["changes"]["until"][1], json!(4_101_753_600_000_i64));
}
