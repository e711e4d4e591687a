//! Codes that the operator gives.

use serde_json::{Value, json};

use super::recovery::DISABLE;
use crate::harness::{Instance, LOGIN, Person, oathtool};

#[test]
fn a_code_of_the_operators_dies_with_the_last_factor_too() {
    let (instance, server, _ada, _) = Person::with_codes("");
    let code = instance.issue_code("ada");
    instance.ok(&["totp", "reset", "ada"], "");
    instance.enroll("ada");
    server.client().ada_by(&code).refused_code();
}

#[test]
fn a_code_of_the_operators_has_six_digits_and_is_good_once() {
    let (instance, server, ada, _) = Person::with_codes("");
    let printed = instance.ok(&["totp", "code", "ada"], "");
    let code = printed.strip_suffix('\n').unwrap();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{printed:?}");
    assert_eq!(server.client().ada_by(code).status, 200);
    for _ in 0..6 {
        server.client().ada_by(code).refused_code();
    }
    assert_eq!(ada.codes_left(), 10);
    let shown: Value =
        serde_json::from_str(&instance.ok(&["totp", "code", "ada", "--json"], "")).unwrap();
    let disabled = ada.post(DISABLE, &json!({ "factor_code": shown["code"] })).data();
    assert_eq!(disabled["disabled"], true);
}

#[test]
fn the_next_code_of_the_operators_replaces_the_one_before() {
    let (instance, server, _ada, _) = Person::with_codes("");
    let old = instance.issue_code("ada");
    // One in a million is the same again.
    let new = (0..2).map(|_| instance.issue_code("ada")).find(|new| *new != old).unwrap();
    server.client().ada_by(&old).refused_code();
    assert_eq!(server.client().ada_by(&new).status, 200);
}

#[test]
fn a_code_of_the_operators_serves_one_account_and_helps_whoever_is_kept_out() {
    let (instance, server, _ada, (secret, _)) = Person::with_codes("");
    instance.add_user("bob", "hunter22");
    instance.enroll("bob");
    for _ in 0..5 {
        server.client().ada_by(&oathtool(&secret, 9)).refused_code();
    }
    server.client().ada_by(&oathtool(&secret, 1)).failure(1001, 429, LOGIN);
    let code = instance.issue_code("ada");
    server.client().log_in_with_code("bob", "hunter22", &code).refused_code();
    assert_eq!(server.client().ada_by(&code).status, 200);
}

#[test]
fn the_exit_status_says_who_is_not_there_and_who_has_no_factor() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    for command in ["code", "recovery"] {
        let unknown = instance.run(&["totp", command, "bob"], "");
        assert_eq!((unknown.status, unknown.stdout.as_str()), (3, ""), "{}", unknown.stderr);
        assert!(unknown.stderr.contains("bob"), "{}", unknown.stderr);
        let without = instance.run(&["totp", command, "ada"], "");
        assert_eq!((without.status, without.stdout.as_str()), (1, ""), "{}", without.stderr);
        assert!(without.stderr.contains("ada has no second factor"), "{}", without.stderr);
    }
}
