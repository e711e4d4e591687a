//! `/api/auth/{type}/send`: which requests mail a code.

use serde_json::{Value, json};

use crate::harness::{
    Answer, INVALID_CHALLENGE, INVALID_FIELD, LOGIN, ME, NOT_LOGGED, SERVICE_DISABLED,
    TOO_MANY_REQUESTS, TestApp, UNAUTHORIZED, VERIFICATION_REQUIRED,
};

const SEND: &str = "/api/auth/email/send";
const METHODS_SEND: &str = "/api/auth/methods/email/send";
const CODE: &str = "Your code for Nox";
const PAGE: (&str, &str) = ("Origin", "http://localhost:53032");

fn is_as_if_sent(answer: &Answer) {
    let data = answer.data();
    assert_eq!(
        (&data["success"], &data["message"]),
        (&json!(true), &json!("A code is on its way, where the account can get one."))
    );
}

/// What a login that needs a code is given for the request that sends one.
fn send_data(app: &TestApp) -> Value {
    let asked = app.try_password();
    asked.refused(VERIFICATION_REQUIRED, LOGIN);
    asked.json()["data"]["methods"][1]["send_data"].clone()
}

#[test]
fn user_with_a_session_gets_a_code_by_post_and_get() {
    let app = TestApp::builder().mail().serve();
    for path in [SEND, METHODS_SEND] {
        for method in ["POST", "GET"] {
            is_as_if_sent(&app.ada.send(method, path, &[], b""));
            let mail = app.mails().next_mail();
            assert_eq!((mail.to(), mail.subject(), mail.code().len()), ("ada@b.example", CODE, 6));
            app.instance.reset_limits();
        }
    }
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn challenge_of_a_login_gets_a_code_that_logs_in() {
    let app = TestApp::builder().email_factor().serve();
    let client = app.client();
    for path in [SEND, METHODS_SEND] {
        let mut data = send_data(&app);
        let first = app.mails().next_mail().code();
        app.instance.reset_limits();
        // A web front sends the type as well.
        data["type"] = "email".into();
        is_as_if_sent(&client.post(path, &data));
        let code = app.mails().next_mail().code();
        app.try_code(&first).refused(INVALID_FIELD, LOGIN);
        app.try_code(&code).token();
        app.instance.reset_limits();
    }
}

#[test]
fn broken_challenge_is_refused() {
    let app = TestApp::builder().email_factor().serve();
    let client = app.client();
    let data = send_data(&app);
    app.mails().next_mail();
    app.instance.reset_limits();
    let good = data["challenge"].as_str().unwrap();
    let mut changed = good.to_owned();
    changed.replace_range(20..21, if &good[20..21] == "A" { "B" } else { "A" });
    for broken in ["", "x", &good[1..], &good[..good.len() - 4], &changed] {
        client.post(SEND, &json!({ "challenge": broken })).refused(INVALID_CHALLENGE, SEND);
    }
    client.post(SEND, &json!({ "challenge": 7 })).refused(INVALID_FIELD, SEND);
    // A session does not make a wrong challenge valid.
    app.ada.post(SEND, &json!({ "challenge": "x" })).refused(INVALID_CHALLENGE, SEND);
    // A challenge is not a token.
    let bearer = format!("Bearer {good}");
    client.get(ME, &[("Authorization", &bearer)]).refused(NOT_LOGGED, ME);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn challenge_ends_with_the_password_it_was_given_for() {
    let app = TestApp::builder().email_factor().serve();
    let data = send_data(&app);
    app.mails().next_mail();
    app.instance.set_password("ada", "hunter33");
    assert_eq!(app.mails().next_mail().subject(), "Nox: Your password was changed");
    app.instance.reset_limits();
    app.client().post(SEND, &data).refused(INVALID_CHALLENGE, SEND);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn challenge_gets_no_code_where_the_factor_is_off() {
    let app = TestApp::builder().mail().serve();
    app.instance.enroll("ada");
    app.mails().next_mail();
    let data = send_data(&app);
    app.client().post(SEND, &data).refused_field("type", SEND);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn anonymous_get_looks_successful_and_mails_nothing() {
    let app = TestApp::builder().email_factor().serve();
    let client = app.client();
    is_as_if_sent(&client.get(SEND, &[]));
    is_as_if_sent(&client.get(METHODS_SEND, &[]));
    is_as_if_sent(&client.get(SEND, &[("Authorization", "Bearer x")]));
    client.send("POST", SEND, &[], b"").refused(NOT_LOGGED, SEND);
    client.post(SEND, &json!({})).refused(NOT_LOGGED, SEND);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn sending_by_cookie_needs_the_servers_own_origin() {
    let app = TestApp::builder().mail().serve();
    let cookie = app.try_password().cookie();
    let client = app.client();
    for method in ["POST", "GET"] {
        client.send(method, SEND, &[("Cookie", &cookie)], b"").refused(UNAUTHORIZED, SEND);
        let evil = [("Cookie", cookie.as_str()), ("Origin", "https://evil.example")];
        client.send(method, SEND, &evil, b"").refused(UNAUTHORIZED, SEND);
    }
    is_as_if_sent(&client.send("POST", SEND, &[("Cookie", &cookie), PAGE], b""));
    assert_eq!(app.rest(), [CODE]);
}

#[test]
fn sending_takes_two_types_and_an_app_needs_no_mail() {
    let app = TestApp::builder().mail().serve();
    for kind in ["sms", "Email", "recovery", "u2f"] {
        let path = format!("/api/auth/{kind}/send");
        app.ada.post_nothing(&path).refused_field("type", &path);
    }
    let totp = app.ada.post_nothing("/api/auth/totp/send").data();
    let message = "The authenticator app shows the code; nothing is sent.";
    assert_eq!((&totp["success"], &totp["message"]), (&json!(true), &json!(message)));
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn mailed_codes_are_limited_to_one_a_minute_and_ten_a_day() {
    let app = TestApp::builder().email_factor().serve();
    let client = app.client();
    let refused = |longest: u32, answer: &Answer| {
        answer.refused(TOO_MANY_REQUESTS, SEND);
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=longest).contains(&seconds), "{seconds}");
        seconds
    };
    let data = send_data(&app);
    for count in 1..10 {
        // The login is answered although no further code is mailed.
        assert!(send_data(&app)["challenge"].is_string());
        // The code that is on its way is good for the challenge; a session has to wait.
        is_as_if_sent(&client.post(SEND, &data));
        refused(60, &app.ada.post_nothing(SEND));
        app.instance.reset_short_limits();
        let answer =
            if count % 2 == 0 { client.post(SEND, &data) } else { app.ada.post_nothing(SEND) };
        is_as_if_sent(&answer);
    }
    app.instance.reset_short_limits();
    app.instance.sql("UPDATE sent_codes SET expires_at = expires_at - 60000");
    assert!(refused(86_400, &client.post(SEND, &data)) > 86_000);
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
    assert_eq!(app.rest(), [CODE; 10]);
}

#[test]
fn sending_is_disabled_without_a_mail_server() {
    let app = TestApp::logged_in();
    for path in [SEND, METHODS_SEND] {
        app.ada.post_nothing(path).refused(SERVICE_DISABLED, path);
        is_as_if_sent(&app.client().get(path, &[]));
    }
    let enable = "/api/auth/methods/email/enable";
    app.ada.post(enable, &json!({ "token": "123456" })).refused(SERVICE_DISABLED, enable);
}
