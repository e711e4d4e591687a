//! `nox relay`.

use std::fs;

use serde_json::Value;

use super::checkbearer::{Relay, question, serve};
use crate::harness::{Ended, Instance};

#[test]
fn relay_token_is_printed_once_and_stored_nowhere() {
    let app = serve();
    let relay = Relay::add(&app);
    assert!(
        relay.token.len() >= 40 && !relay.token.contains(char::is_whitespace),
        "{}",
        relay.token
    );
    assert_eq!(relay.check(&question(&app.ada.token))["valid"], true);
    assert!(!app.nox("relay list").contains(&relay.token));
    assert!(!app.nox("relay list --json").contains("token"));
    for file in fs::read_dir(app.instance.path("")).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        assert!(!content.windows(relay.token.len()).any(|part| part == relay.token.as_bytes()));
    }
    let Ended { stdout, log, .. } = app.server.stop();
    assert!(!stdout.contains(&relay.token) && !log.contains(&relay.token), "{log}");
}

#[test]
fn relays_are_added_listed_and_removed_by_name() {
    let instance = Instance::with_users(["ada"]);
    assert_eq!(instance.nox("relay list"), "");
    let first = instance.nox("relay add eu-1");
    let second = instance.nox_json("relay add Asia_2.x --json");
    assert_eq!(second["name"], "Asia_2.x");
    assert_ne!(second["token"], first.trim_end());
    let names = || -> Vec<String> {
        let list = instance.nox("relay list");
        list.lines().map(|line| line.split('\t').next().unwrap().into()).collect()
    };
    assert_eq!(names(), ["Asia_2.x", "eu-1"]);
    let json = instance.nox("relay list --json");
    assert!(
        json.lines()
            .all(|line| serde_json::from_str::<Value>(line).unwrap()["created_at"].is_i64()),
        "{json}"
    );
    instance.nox("relay remove eu-1");
    assert_eq!(names(), ["Asia_2.x"]);
    assert_ne!(instance.nox("relay add eu-1"), first);
}

#[test]
fn relay_command_mistake_prints_one_line_and_its_status() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("relay add one");
    for (args, status, part) in [
        (&["relay", "add", "one"][..], 4, "\"one\""),
        (&["relay", "add", ""], 2, "name"),
        (&["relay", "add", "a b"], 2, "name"),
        (&["relay", "add", "\u{1b}[2J"], 2, "name"),
        (&["relay", "add", &"x".repeat(65)], 2, "name"),
        (&["relay", "remove", "two"], 3, "\"two\""),
    ] {
        let ran = instance.run(args, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("nox: ") && ran.stderr.contains(part),
            "{args:?}: {}",
            ran.stderr
        );
    }
    assert_eq!(instance.nox("relay list").lines().count(), 1);
}
