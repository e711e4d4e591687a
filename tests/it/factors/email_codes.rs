//! Codes by mail: how often one may be tried, and what it is good for.

use serde_json::{Value, json};

use super::email::{CODE, ENABLE, LOGIN, ME, code_of_login, other_than};
use crate::harness::{Home, Person, oathtool};

#[test]
fn a_code_that_went_to_the_address_before_switches_nothing_on() {
    // With an app on as well, since its codes outlive the change.
    for has_app in [false, true] {
        let mut home = Home::new();
        if has_app {
            home.instance.enroll("ada");
            home.mails.next_mail();
            let token = home.log_in_with(&home.instance.issue_code("ada")).token();
            home.ada = Person::with_token(&home.server, token);
        }
        let code = home.code_for(&home.ada);
        home.set(&["--email", "new@b.example", "--verified", "true"]);
        let other = if has_app { json!(home.instance.issue_code("ada")) } else { Value::Null };
        home.ada
            .post(ENABLE, &json!({ "token": code, "factor_code": other }))
            .failure(5, 400, ENABLE);
        assert_eq!(home.state("email"), false);
    }
}

#[test]
fn a_login_is_asked_for_a_code_which_is_mailed_at_that_moment_and_good_once() {
    let (home, _) = Home::with_factor();
    let asked = home.log_in();
    asked.failure(20, 428, LOGIN);
    let methods = asked.json()["data"]["methods"].clone();
    let states: Vec<_> = (methods.as_array().unwrap().iter())
        .map(|method| {
            (method["type"].clone(), method["enabled"].clone(), method["can_send"].clone())
        })
        .collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(
        states,
        [(json!("email"), yes.clone(), yes.clone()), (json!("totp"), no.clone(), no)]
    );
    assert_eq!(methods[0]["details"]["sendable"], yes);
    assert_eq!(methods[0]["details"]["code"], json!({ "length": 6, "type": "numeric" }));
    assert_eq!(methods[0]["send_data"], methods[0]["details"]["data"]);
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", CODE));
    let code = mail.code();
    assert!(mail.html().contains(&code) && !mail.subject().contains(&code), "{mail:?}");

    home.log_in_with(&other_than(&code)).failure(5, 400, LOGIN);
    home.log_in_with(&code).token();
    // A second submission is refused, and no guess: there may be any number.
    for _ in 0..7 {
        home.log_in_with(&code).failure(5, 400, LOGIN);
    }
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_code_is_replaced_by_the_next_one() {
    let (home, _) = Home::with_factor();
    let (first, second) = (code_of_login(&home), code_of_login(&home));
    // One in a million is the same again.
    assert_ne!(first, second);
    home.log_in_with(&first).failure(5, 400, LOGIN);
    home.log_in_with(&second).token();
}

#[test]
fn a_code_is_dead_after_five_wrong_ones() {
    let (home, _) = Home::with_factor();
    for (wrong, status) in [(4, 200), (5, 400)] {
        let code = code_of_login(&home);
        for _ in 0..wrong {
            home.log_in_with(&other_than(&code)).failure(5, 400, LOGIN);
        }
        // It is the code that is dead, not only the account's budget that is spent.
        home.forget_budgets();
        assert_eq!(home.log_in_with(&code).status, status, "after {wrong}");
    }
}

#[test]
fn wrong_codes_are_counted_for_the_account() {
    let (home, _) = Home::with_factor();
    let code = code_of_login(&home);
    for _ in 0..5 {
        home.log_in_with(&other_than(&code)).failure(5, 400, LOGIN);
    }
    let refused = home.log_in_with(&code);
    refused.failure(1001, 429, LOGIN);
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
}

#[test]
fn a_code_to_switch_it_on_opens_nothing_else() {
    let home = Home::new();
    let secret = home.instance.enroll("ada");
    assert_eq!(home.mails.next_mail().subject(), "Nox: An authenticator app was switched on");
    let ada = home.log_in_with(&oathtool(&secret, 0)).token();
    let home = Home { ada: Person::with_token(&home.server, ada), ..home };
    let code = home.code_for(&home.ada);
    let field = json!({ "token": code, "factor_code": code });
    home.log_in_with(&code).failure(5, 400, LOGIN);
    home.ada.post("/api/auth/totp/disable", &field).failure(5, 400, "/api/auth/totp/disable");
    home.ada.post("/api/auth/recovery/renew", &field).failure(5, 400, "/api/auth/recovery/renew");
    home.ada.post(ME, &json!({ "username": "lovelace", "factor_code": code })).failure(5, 400, ME);
    assert_eq!(home.ada.post("/api/auth/totp/verify", &field).data()["verified"], false);
    assert_eq!(home.state("totp"), true);
    // The recovery codes are there already.
    home.forget_budgets();
    let code = home.code_for(&home.ada);
    home.ada.post(ENABLE, &json!({ "token": code })).failure(20, 428, ENABLE);
    let wrong = json!({ "token": code, "factor_code": code });
    home.ada.post(ENABLE, &wrong).failure(5, 400, ENABLE);
    let both = json!({ "token": code, "factor_code": home.instance.issue_code("ada") });
    assert_eq!(home.ada.post(ENABLE, &both).data()["backup_codes"], json!([]));
}
