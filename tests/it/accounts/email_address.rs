//! `/api/auth/methods/email`: the address of the user, as the front of 2026 sets it.

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, ALREADY_VALID, INVALID_FIELD, ME, Mode, NOT_FOUND, NOT_LOGGED,
    SERVICE_DISABLED, TOO_MANY_REQUESTS, TestApp, UNAUTHORIZED, User, VERIFICATION_REQUIRED,
};

const SETUP: &str = "/api/auth/methods/email/setup";
const ENABLE: &str = "/api/auth/methods/email/enable";
const SEND: &str = "/api/auth/methods/email/send";
const DISABLE: &str = "/api/auth/methods/email/disable";
const LINK: &str = "Confirm your address for Nox";
const CODE: &str = "Your code for Nox";

fn address(person: &User) -> Value {
    let me = person.me();
    json!([me["email"], me["email_verified"], me["methods"]["email"]])
}

#[test]
fn address_is_set_confirmed_by_link_without_a_session_and_removed() {
    let app = TestApp::builder().mail_server(Mode::Plain).session().serve();
    assert_eq!(address(&app.ada), json!([null, false, "disabled"]));
    let set = app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert_eq!(set["success"], true);
    assert_eq!(address(&app.ada), json!(["ada@b.example", false, "unverified"]));
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", LINK));
    for wrong in ["123456", "x", ""] {
        app.client().post(ENABLE, &json!({ "token": wrong })).refused(NOT_FOUND, ENABLE);
    }
    app.client().post(ENABLE, &json!({})).refused(NOT_LOGGED, ENABLE);
    let confirmed = app.client().post(ENABLE, &json!({ "token": mail.token() })).data();
    assert_eq!((&confirmed["enabled"], &confirmed["backup_codes"]), (&json!(true), &json!([])));
    assert_eq!(address(&app.ada), json!(["ada@b.example", true, "verified"]));
    app.client().post(ENABLE, &json!({ "token": mail.token() })).refused(NOT_FOUND, ENABLE);
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).refused(ALREADY_VALID, SETUP);

    assert_eq!(app.ada.post_nothing(DISABLE).data()["disabled"], true);
    assert_eq!(address(&app.ada), json!([null, false, "disabled"]));
    app.ada.post(DISABLE, &json!({})).refused(INVALID_FIELD, DISABLE);
}

#[test]
fn link_to_unconfirmed_address_is_mailed_again_once_a_minute() {
    let app = TestApp::builder().mail_server(Mode::Plain).session().serve();
    app.ada.post(SEND, &json!({ "type": "email", "target": 1 })).refused(INVALID_FIELD, SEND);
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert_eq!(app.mails().next_mail().subject(), LINK);
    let refused =
        app.ada.post("/api/v2/auth/methods/email/send", &json!({ "type": "email", "target": 1 }));
    refused.refused_as("RATE_LIMITED", 429);
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).refused(TOO_MANY_REQUESTS, SETUP);
    app.instance.reset_short_limits();
    assert_eq!(
        app.ada.post(SEND, &json!({ "type": "email", "target": 1 })).data()["success"],
        true
    );
    assert_eq!(app.mails().next_mail().subject(), LINK);
    // Another address is stored, and the answer says that no link is on its way.
    let set = app.ada.post(SETUP, &json!({ "email": "new@b.example" })).data();
    assert!(set["message"].as_str().unwrap().contains("no link"), "{set}");
    assert_eq!(address(&app.ada), json!(["new@b.example", false, "unverified"]));
}

#[test]
fn links_and_codes_have_separate_rate_limits() {
    let app = TestApp::builder().mail().serve();
    app.mailed_code(&app.ada);
    app.ada.post_nothing(SEND).data();
    assert_eq!(app.mails().next_mail().subject(), CODE, "a confirmed address gets a code");
    app.nox("user set ada --verified false");
    app.ada.post_nothing(SEND).data();
    assert_eq!(app.mails().next_mail().subject(), LINK);
}

#[test]
fn mailed_code_with_a_session_switches_codes_by_mail_on() {
    let app = TestApp::builder().mail().serve();
    let code = app.mailed_code(&app.ada);
    // Without a session, the value is taken for the token of a link, and is none.
    app.client().post(ENABLE, &json!({ "token": code })).refused(NOT_FOUND, ENABLE);
    let enabled = app.ada.post(ENABLE, &json!({ "token": code })).data();
    assert_eq!(
        (&enabled["enabled"], enabled["backup_codes"].as_array().unwrap().len()),
        (&json!(true), 10)
    );
    assert_eq!(app.instance.factor("email"), true);
}

#[test]
fn removing_the_address_removes_its_factor_and_needs_a_code() {
    let app = TestApp::builder().email_factor().serve();
    let codes = &app.ada.recovery_codes;
    let other = app.log_in_by(&codes[1]);
    let due = app.ada.post_nothing(DISABLE);
    due.refused(VERIFICATION_REQUIRED, DISABLE);
    assert_eq!(due.json()["data"]["methods"][0]["type"], "email");
    app.ada
        .post(SETUP, &json!({ "email": "new@b.example", "factor_code": codes[0] }))
        .refused(INVALID_FIELD, SETUP);
    app.ada.post(DISABLE, &json!({ "factor_code": "ABCDE-FGHJK" })).refused(INVALID_FIELD, DISABLE);
    assert_eq!(address(&app.ada), json!(["ada@b.example", true, "verified"]));
    assert_eq!(app.ada.post(DISABLE, &json!({ "factor_code": codes[0] })).data()["disabled"], true);
    assert_eq!(address(&app.ada), json!([null, false, "disabled"]));
    assert_eq!(
        (app.instance.factor("email"), app.instance.factor("recovery_codes")),
        (json!(false), json!(0))
    );
    other.get(ME).refused(NOT_LOGGED, ME);
    assert_eq!(app.try_password().status, 200);
    let events = app.instance.events("ada");
    for event in ["email.changed", "email_factor.disabled"] {
        assert!(
            events.iter().any(|line| line["event"] == event && line["by"] == "user"),
            "{event}: {events:?}"
        );
    }
}

#[test]
fn setting_an_address_needs_code_right_and_a_free_address() {
    let app = TestApp::builder().totp().serve();
    app.instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).refused(VERIFICATION_REQUIRED, SETUP);
    for bad in
        [json!({}), json!({ "email": null }), json!({ "email": "nobody" }), json!({ "email": 7 })]
    {
        app.ada.post(SETUP, &bad).refused_field("email", SETUP);
    }
    app.ada
        .post(SETUP, &json!({ "email": "BOB@b.example", "factor_code": app.ada.recovery_codes[0] }))
        .refused(ALREADY_EXISTS, SETUP);
    let set = app
        .ada
        .post(SETUP, &json!({ "email": "ada@b.example", "factor_code": app.ada.recovery_codes[0] }))
        .data();
    assert!(set["message"].as_str().unwrap().contains("no link"), "there is no mail server: {set}");
    assert_eq!(address(&app.ada), json!(["ada@b.example", false, "unverified"]));
    app.ada.post_nothing(SEND).refused(SERVICE_DISABLED, SEND);

    let app = TestApp::with("[users]\ndefault_tags = []").session().serve();
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).refused(UNAUTHORIZED, SETUP);
    app.ada.post_nothing("/api/v2/auth/methods/email/disable").refused_as("VALIDATION_ERROR", 422);
}

#[test]
fn send_request_after_a_login_that_mailed_a_code_succeeds() {
    let app = TestApp::builder().email_factor().serve();
    let client = app.client();
    for path in [SEND, "/api/auth/email/send"] {
        app.instance.reset_limits();
        let due = app.try_password();
        let code = app.mails().next_mail().code();
        let data = due.json()["data"]["methods"][0]["details"]["data"].clone();
        let mut body = data.clone();
        body["type"] = "email".into();
        // Any challenge of the account is accepted, as often as a dialog opens.
        for body in [&body, &data, &app.try_password().json()["data"]["methods"][0]["send_data"]] {
            assert_eq!(client.post(path, body).data()["success"], true);
        }
        app.try_code(&code).token();
        // Once the code is used, the next is limited to one a minute.
        client.post(path, &body).refused(TOO_MANY_REQUESTS, path);
    }
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn clearing_the_address_removes_its_factor_and_needs_a_code() {
    for nothing in [json!(""), Value::Null] {
        let app = TestApp::builder().email_factor().serve();
        app.ada.post(ME, &json!({ "email": nothing })).refused(VERIFICATION_REQUIRED, ME);
        app.ada
            .post(ME, &json!({ "email": nothing, "factor_code": "aaaaa-aaaaa" }))
            .refused(INVALID_FIELD, ME);
        assert_eq!(app.ada.me()["email"], "ada@b.example");
        let me = app
            .ada
            .post(ME, &json!({ "email": nothing, "factor_code": app.ada.recovery_codes[0] }))
            .data();
        assert_eq!((&me["email"], &me["twofa_enabled"]), (&Value::Null, &json!(false)));
        assert_eq!(app.try_password().status, 200);
        let mut told = [(); 4].map(|()| app.mails().next_mail().subject().to_owned());
        told.sort();
        let [code, used, off, changed] = told;
        assert_eq!(
            [code, used],
            ["Nox: A recovery code was used", "Nox: Codes by mail were turned off"]
        );
        assert_eq!([off, changed], ["Nox: Your email address was changed", "Your code for Nox"]);
    }
}
