//! Recovery codes.

use serde_json::json;

use crate::harness::{
    ALREADY_EXISTS, INVALID_FIELD, LOGIN, ME, TOO_MANY_REQUESTS, TestApp, VERIFICATION_REQUIRED,
    texts,
};

pub(super) const DISABLE: &str = "/api/auth/totp/disable";

const RENEW: &str = "/api/auth/recovery/renew";

/// The characters of recovery codes: without `I`, `O`, `0` and `1`.
const ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn assert_ten_of_their_kind(codes: &[String]) {
    assert_eq!(codes.len(), 10, "{codes:?}");
    for (index, code) in codes.iter().enumerate() {
        let (one, two) = code.split_once('-').unwrap();
        assert_eq!((one.len(), two.len()), (5, 5), "{code}");
        assert!([one, two].concat().chars().all(|letter| ALPHABET.contains(letter)), "{code}");
        assert!(!codes[..index].contains(code), "{code} is there twice");
    }
}

/// A code of the same form that was not given out.
fn another(codes: &[String]) -> String {
    ["AAAAA-AAAAA", "BBBBB-BBBBB"]
        .into_iter()
        .find(|code| !codes.iter().any(|one| one == code))
        .unwrap()
        .into()
}

#[test]
fn recovery_codes_are_ten_with_fifty_bits_each() {
    let app = TestApp::builder().totp().serve();
    let codes = &app.ada.recovery_codes;
    assert_ten_of_their_kind(codes);
    // A hundred random characters of 32: most of the alphabet occurs.
    let used = ALPHABET.chars().filter(|letter| codes.concat().contains(*letter)).count();
    assert!(used > 20, "{codes:?}");
    assert!(!app.ada.get(ME).text.contains(&codes[0]));
}

#[test]
fn recovery_code_is_good_once_in_any_case_and_without_its_dash() {
    let app = TestApp::builder().totp().serve();
    let client = app.client();
    let forms: [&dyn Fn(&str) -> String; 5] = [
        &str::to_owned,
        &str::to_lowercase,
        &|code| code.replace('-', ""),
        &|code| code.replace('-', "").to_lowercase(),
        &|code| [&code[..5], &code[5..].to_lowercase()].concat(),
    ];
    for (index, form) in forms.iter().enumerate() {
        let left = 9 - index;
        assert_eq!(
            client
                .log_in_with_code("ada", "hunter22", &form(&app.ada.recovery_codes[index]))
                .status,
            200
        );
        assert_eq!(app.ada.codes_left(), left as u64);
        assert_eq!(app.instance.factor("recovery_codes"), left);
        for form in forms {
            client
                .log_in_with_code("ada", "hunter22", &form(&app.ada.recovery_codes[index]))
                .refused_code();
        }
    }
    let left = app.nox("totp status ada");
    assert!(left.contains("recovery codes left: 5\n"), "{left}");
}

#[test]
fn used_recovery_code_does_not_count_as_a_guess() {
    let app = TestApp::builder().totp().serve();
    let codes = &app.ada.recovery_codes;
    let client = app.client();
    assert_eq!(client.log_in_with_code("ada", "hunter22", &codes[0]).status, 200);
    for _ in 0..10 {
        client.log_in_with_code("ada", "hunter22", &codes[0]).refused_code();
    }
    assert_eq!(client.log_in_with_code("ada", "hunter22", &codes[1]).status, 200);
    let none = another(codes);
    for _ in 0..5 {
        client.log_in_with_code("ada", "hunter22", &none).refused_code();
    }
    client.log_in_with_code("ada", "hunter22", &codes[2]).refused(TOO_MANY_REQUESTS, LOGIN);
}

#[test]
fn recovery_code_is_accepted_wherever_a_code_is() {
    let app = TestApp::builder().totp().serve();
    let codes = &app.ada.recovery_codes;
    for (index, field) in ["twofa_token", "factor_code"].into_iter().enumerate() {
        let body = json!({ "identifier": "ada", "password": "hunter22", field: codes[index] });
        assert_eq!(app.client().post(LOGIN, &body).status, 200);
    }
    let rename =
        |field: &str, code: &str| app.ada.post(ME, &json!({ "username": "lovelace", field: code }));
    assert_eq!(rename("factor_code", &codes[2].to_lowercase()).data()["username"], "lovelace");
    let change =
        json!({ "password": "hunter33", "current_password": "hunter22", "twofa_token": codes[3] });
    app.ada.post(ME, &change).data();
    assert_eq!(
        app.ada.post(ME, &json!({ "email": "a@b.example", "twofa_token": codes[4] })).status,
        200
    );
    assert_eq!(app.ada.codes_left(), 5);
    assert_eq!(app.ada.post(DISABLE, &json!({ "token": codes[5] })).data()["disabled"], true);
}

#[test]
fn refused_change_uses_up_no_recovery_code() {
    let app = TestApp::builder().user("bob").totp().serve();
    app.ada
        .post(ME, &json!({ "username": "bob", "factor_code": app.ada.recovery_codes[0] }))
        .refused(ALREADY_EXISTS, ME);
    assert_eq!(app.ada.codes_left(), 10);
    app.ada
        .post(ME, &json!({ "username": "lovelace", "factor_code": app.ada.recovery_codes[0] }))
        .data();
    assert_eq!(app.ada.codes_left(), 9);
}

#[test]
fn recovery_code_of_another_account_is_refused() {
    let app = TestApp::builder().user("bob").totp().serve();
    let mut bob = app.log_in("bob");
    bob.enable_app();
    app.client().log_in_with_code("bob", "hunter22", &app.ada.recovery_codes[0]).refused_code();
    assert_eq!(
        app.client().log_in_with_code("bob", "hunter22", &bob.recovery_codes[0]).status,
        200
    );
    assert_eq!(app.try_code(&app.ada.recovery_codes[0]).status, 200);
}

#[test]
fn renewal_of_recovery_codes_needs_a_code_and_voids_the_old_ones() {
    let app = TestApp::builder().totp().serve();
    app.ada.post(RENEW, &json!({})).refused(VERIFICATION_REQUIRED, RENEW);
    app.ada.post(RENEW, &json!({ "token": app.ada.code(9) })).refused(INVALID_FIELD, RENEW);
    assert_eq!(app.try_code(&app.ada.recovery_codes[0]).status, 200);
    let renewed = app.ada.post(RENEW, &json!({ "token": app.ada.code(1) }));
    assert_eq!(renewed.header("cache-control"), Some("no-store"));
    let new = texts(&renewed.data()["backup_codes"]);
    assert_ten_of_their_kind(&new);
    assert_eq!(app.ada.codes_left(), 10);
    app.try_code(&app.ada.recovery_codes[1]).refused_code();
    assert_eq!(app.try_code(&new[0]).status, 200);
    // A recovery code is enough to renew them.
    let newer =
        app.ada.post("/api/auth/methods/recovery/renew", &json!({ "twofa_token": new[1] })).data();
    assert_eq!(texts(&newer["backup_codes"]).len(), 10);
    app.try_code(&new[2]).refused_code();
    assert_eq!(app.ada.codes_left(), 10);
}

#[test]
fn recovery_codes_that_the_operator_prints_void_the_old_ones() {
    let app = TestApp::builder().totp().serve();
    let printed = app.nox("totp recovery ada");
    let new: Vec<String> = printed.lines().map(Into::into).collect();
    assert_ten_of_their_kind(&new);
    app.try_code(&app.ada.recovery_codes[0]).refused_code();
    assert_eq!(app.try_code(&new[0]).status, 200);
    let shown = app.instance.nox_json("totp recovery ada --json");
    let newer = texts(&shown["recovery_codes"]);
    assert_ten_of_their_kind(&newer);
    app.try_code(&new[1]).refused_code();
    assert_eq!(app.try_code(&newer[1]).status, 200);
    assert_eq!(app.instance.factor("recovery_codes"), 9);
}

#[test]
fn recovery_codes_end_with_the_last_factor() {
    for by_operator in [true, false] {
        let app = TestApp::builder().totp().serve();
        if by_operator {
            app.nox("totp reset ada");
        } else {
            app.ada.post(DISABLE, &json!({ "token": app.ada.recovery_codes[0] })).data();
        }
        assert_eq!(app.instance.factor("recovery_codes"), 0);
        app.instance.enroll("ada");
        assert_eq!(app.instance.factor("recovery_codes"), 0);
        app.try_code(&app.ada.recovery_codes[1]).refused_code();
    }
}
