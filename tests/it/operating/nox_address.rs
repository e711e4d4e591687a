//! What a change of `server.address` costs, and that it can be taken back.

use serde_json::{Value, json};

use crate::harness::{Instance, ME, NOT_LOGGED, Server};

fn with_address(address: &str) -> String {
    format!("[server]\naddress = '{address}'\n")
}

fn list(instance: &Instance) -> Vec<Value> {
    let lines = instance.nox("session list --json");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn log_of(server: Server) -> String {
    server.stop().log
}

#[test]
fn change_of_the_address_is_told_with_its_cost_and_can_be_taken_back() {
    let instance = Instance::with(&with_address("a.example"));
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let ada = server.log_in("ada");
    let log = log_of(server);
    assert!(!log.contains("server.address is now"), "{log}");
    assert_eq!(list(&instance)[0]["refused"], json!(false));

    instance.configure(&with_address("b.example"));
    // Before the server is started with it.
    let ran = instance.run(&["session", "list"], "");
    assert!(ran.stderr.contains("1 session(s) were opened while server.address was a.example"));
    let server = instance.serve();
    server.client().me(&ada.token).refused(NOT_LOGGED, ME);
    let second = server.log_in("ada");
    let refused: Vec<_> = list(&instance).iter().map(|line| line["refused"].clone()).collect();
    assert_eq!(refused, [json!(false), json!(true)], "newest first");
    let doctor = instance.run(&["doctor"], "");
    assert_eq!(doctor.status, 0, "{}", doctor.stderr);
    let words = "warning\tNox address\t1 session(s) were opened while server.address was a.example";
    assert!(doctor.stdout.contains(words), "{}", doctor.stdout);
    let log = log_of(server);
    assert!(!log.contains("valid again"), "{log}");
    for part in [
        "server.address is now b.example, and was a.example until now",
        "1 session(s) are gone until it is changed back",
    ] {
        assert!(log.contains(part), "{log}");
    }
    let changed = instance.nox("audit list --json");
    let changed: Value = changed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["event"] == "address.changed")
        .unwrap();
    assert_eq!(changed["changes"], json!({ "server.address": ["a.example", "b.example"] }));

    instance.configure(&with_address("a.example"));
    let server = instance.serve();
    assert_eq!(server.client().me(&ada.token).status, 200, "the session is back");
    server.client().me(&second.token).refused(NOT_LOGGED, ME);
    let log = log_of(server);
    assert!(log.contains("server.address is now a.example, and was b.example"), "{log}");
    assert!(log.contains("1 session(s) that were opened under a.example are valid again"), "{log}");
    // Told at each start, as long as there is such a session.
    assert!(log_of(instance.serve()).contains("server.address was b.example, and are refused"));
    instance.nox("session revoke --user ada");
    let log = log_of(instance.serve());
    assert!(!log.contains("server.address"), "{log}");
}

#[test]
fn change_of_the_address_is_told_without_any_session() {
    let instance = Instance::with(&with_address("a.example"));
    instance.add_user("ada", "hunter22");
    drop(instance.serve());
    instance.configure(&with_address("b.example"));
    let log = log_of(instance.serve());
    assert!(log.contains("server.address is now b.example") && log.contains("0 session(s)"));
}
