//! Codes that the operator issues.

use serde_json::json;

use super::recovery::DISABLE;
use crate::harness::{Instance, LOGIN, TOO_MANY_REQUESTS, TestApp};

#[test]
fn operator_code_ends_with_the_last_factor() {
    let app = TestApp::builder().totp().serve();
    let code = app.instance.issue_code("ada");
    app.nox("totp reset ada");
    app.instance.enroll("ada");
    app.try_code(&code).refused_code();
}

#[test]
fn operator_code_has_six_digits_and_is_good_once() {
    let app = TestApp::builder().totp().serve();
    let printed = app.nox("totp code ada");
    let code = printed.strip_suffix('\n').unwrap();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{printed:?}");
    assert_eq!(app.try_code(code).status, 200);
    for _ in 0..6 {
        app.try_code(code).refused_code();
    }
    assert_eq!(app.ada.codes_left(), 10);
    let shown = app.instance.nox_json("totp code ada --json");
    let disabled = app.ada.post(DISABLE, &json!({ "factor_code": shown["code"] })).data();
    assert_eq!(disabled["disabled"], true);
}

#[test]
fn operator_code_is_replaced_by_the_next_one() {
    let app = TestApp::builder().totp().serve();
    let old = app.instance.issue_code("ada");
    // One time in a million, the second code equals the first.
    let new = (0..2).map(|_| app.instance.issue_code("ada")).find(|new| *new != old).unwrap();
    app.try_code(&old).refused_code();
    assert_eq!(app.try_code(&new).status, 200);
}

#[test]
fn operator_code_is_for_one_account_and_works_during_a_lockout() {
    let app = TestApp::builder().user("bob").totp().serve();
    app.instance.enroll("bob");
    for _ in 0..5 {
        app.try_code(&app.ada.code(9)).refused_code();
    }
    app.try_code(&app.ada.code(1)).refused(TOO_MANY_REQUESTS, LOGIN);
    let code = app.instance.issue_code("ada");
    app.client().log_in_with_code("bob", "hunter22", &code).refused_code();
    assert_eq!(app.try_code(&code).status, 200);
}

#[test]
fn totp_code_for_an_unknown_user_or_no_factor_has_its_exit_status() {
    let instance = Instance::with_users(["ada"]);
    for command in ["code", "recovery"] {
        let unknown = instance.run(&["totp", command, "bob"], "");
        assert_eq!((unknown.status, unknown.stdout.as_str()), (3, ""), "{}", unknown.stderr);
        assert!(unknown.stderr.contains("bob"), "{}", unknown.stderr);
        let without = instance.run(&["totp", command, "ada"], "");
        assert_eq!((without.status, without.stdout.as_str()), (1, ""), "{}", without.stderr);
        assert!(without.stderr.contains("ada has no second factor"), "{}", without.stderr);
    }
}
