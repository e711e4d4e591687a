//! Codes by mail: how often one may be tried, and what it is good for.

use serde_json::{Value, json};

use super::email::{CODE, ENABLE, code_of_login, other_than};
use crate::harness::{
    INVALID_FIELD, LOGIN, ME, TOO_MANY_REQUESTS, TestApp, VERIFICATION_REQUIRED, oathtool,
};

#[test]
fn code_sent_to_a_former_address_enables_nothing() {
    // Also with an active app, since its codes survive the change of address.
    for has_app in [false, true] {
        let mut app = TestApp::builder().mail().serve();
        if has_app {
            app.instance.enroll("ada");
            app.mails().next_mail();
            app.ada = app.log_in_by(&app.instance.issue_code("ada"));
        }
        let code = app.mailed_code(&app.ada);
        app.nox("user set ada --email new@b.example --verified true");
        let other = if has_app { json!(app.instance.issue_code("ada")) } else { Value::Null };
        app.ada
            .post(ENABLE, &json!({ "token": code, "factor_code": other }))
            .refused(INVALID_FIELD, ENABLE);
        assert_eq!(app.instance.factor("email"), false);
    }
}

#[test]
fn login_mails_a_code_that_is_good_once() {
    let app = TestApp::builder().email_factor().serve();
    let asked = app.try_password();
    asked.refused(VERIFICATION_REQUIRED, LOGIN);
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
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", CODE));
    let code = mail.code();
    assert!(mail.html().contains(&code) && !mail.subject().contains(&code), "{mail:?}");

    app.try_code(&other_than(&code)).refused(INVALID_FIELD, LOGIN);
    app.try_code(&code).token();
    // A repeated submission is refused but does not count as a guess.
    for _ in 0..7 {
        app.try_code(&code).refused(INVALID_FIELD, LOGIN);
    }
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn mailed_code_is_replaced_by_the_next_one() {
    let app = TestApp::builder().email_factor().serve();
    let (first, second) = (code_of_login(&app), code_of_login(&app));
    // One time in a million, the second code equals the first.
    assert_ne!(first, second);
    app.try_code(&first).refused(INVALID_FIELD, LOGIN);
    app.try_code(&second).token();
}

#[test]
fn mailed_code_is_void_after_five_wrong_ones() {
    let app = TestApp::builder().email_factor().serve();
    for (wrong, status) in [(4, 200), (5, 400)] {
        let code = code_of_login(&app);
        for _ in 0..wrong {
            app.try_code(&other_than(&code)).refused(INVALID_FIELD, LOGIN);
        }
        // The code itself is void, not only the rate limit of the account used up.
        app.instance.reset_limits();
        assert_eq!(app.try_code(&code).status, status, "after {wrong}");
    }
}

#[test]
fn wrong_mailed_codes_are_counted_for_the_account() {
    let app = TestApp::builder().email_factor().serve();
    let code = code_of_login(&app);
    for _ in 0..5 {
        app.try_code(&other_than(&code)).refused(INVALID_FIELD, LOGIN);
    }
    let refused = app.try_code(&code);
    refused.refused(TOO_MANY_REQUESTS, LOGIN);
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
}

#[test]
fn code_for_enabling_email_is_good_for_nothing_else() {
    let mut app = TestApp::builder().mail().serve();
    let secret = app.instance.enroll("ada");
    assert_eq!(app.mails().next_mail().subject(), "Nox: An authenticator app was set up");
    app.ada = app.log_in_by(&oathtool(&secret, 0));
    let code = app.mailed_code(&app.ada);
    let field = json!({ "token": code, "factor_code": code });
    app.try_code(&code).refused(INVALID_FIELD, LOGIN);
    app.ada.post("/api/auth/totp/disable", &field).refused(INVALID_FIELD, "/api/auth/totp/disable");
    app.ada
        .post("/api/auth/recovery/renew", &field)
        .refused(INVALID_FIELD, "/api/auth/recovery/renew");
    app.ada
        .post(ME, &json!({ "username": "lovelace", "factor_code": code }))
        .refused(INVALID_FIELD, ME);
    assert_eq!(app.ada.post("/api/auth/totp/verify", &field).data()["verified"], false);
    assert_eq!(app.instance.factor("totp"), true);
    // The recovery codes exist already.
    app.instance.reset_limits();
    let code = app.mailed_code(&app.ada);
    app.ada.post(ENABLE, &json!({ "token": code })).refused(VERIFICATION_REQUIRED, ENABLE);
    let wrong = json!({ "token": code, "factor_code": code });
    app.ada.post(ENABLE, &wrong).refused(INVALID_FIELD, ENABLE);
    let both = json!({ "token": code, "factor_code": app.instance.issue_code("ada") });
    assert_eq!(app.ada.post(ENABLE, &both).data()["backup_codes"], json!([]));
}
