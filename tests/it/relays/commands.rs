//! `nox relay`.

use std::fs;

use serde_json::Value;

use super::checkbearer::{check, question, serve};
use crate::harness::Instance;

#[test]
fn a_relays_token_is_printed_once_and_stored_nowhere() {
    let (instance, server, ada, relay) = serve();
    assert!(relay.len() >= 40 && !relay.contains(char::is_whitespace), "{relay}");
    assert_eq!(check(&server, &relay, &question(&ada.token))["valid"], true);
    assert!(!instance.ok(&["relay", "list"], "").contains(&relay));
    assert!(!instance.ok(&["relay", "list", "--json"], "").contains("token"));
    for file in fs::read_dir(instance.path("")).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        assert!(!content.windows(relay.len()).any(|part| part == relay.as_bytes()));
    }
    let (_, stdout, log) = server.stop();
    assert!(!stdout.contains(&relay) && !log.contains(&relay), "{log}");
}

#[test]
fn relays_are_added_listed_and_removed_by_name() {
    let instance = Instance::new();
    assert_eq!(instance.ok(&["relay", "list"], ""), "");
    let first = instance.ok(&["relay", "add", "eu-1"], "");
    let second: Value =
        serde_json::from_str(&instance.ok(&["relay", "add", "Asia_2.x", "--json"], "")).unwrap();
    assert_eq!(second["name"], "Asia_2.x");
    assert_ne!(second["token"], first.trim_end());
    let names = || -> Vec<String> {
        let list = instance.ok(&["relay", "list"], "");
        list.lines().map(|line| line.split('\t').next().unwrap().into()).collect()
    };
    assert_eq!(names(), ["Asia_2.x", "eu-1"]);
    let json = instance.ok(&["relay", "list", "--json"], "");
    assert!(
        json.lines()
            .all(|line| serde_json::from_str::<Value>(line).unwrap()["created_at"].is_i64()),
        "{json}"
    );
    instance.ok(&["relay", "remove", "eu-1"], "");
    assert_eq!(names(), ["Asia_2.x"]);
    assert_ne!(instance.ok(&["relay", "add", "eu-1"], ""), first);
}

#[test]
fn a_mistake_with_relays_is_one_line_and_a_status_that_means_it() {
    let instance = Instance::new();
    instance.ok(&["relay", "add", "one"], "");
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
    assert_eq!(instance.ok(&["relay", "list"], "").lines().count(), 1);
}
