//! `/api/auth/{type}/send`: who gets a code by mail, and who does not.

use serde_json::{Value, json};

use crate::harness::{Answer, Home, Person};

const LOGIN: &str = "/api/auth/login";
const SEND: &str = "/api/auth/email/send";
const METHODS_SEND: &str = "/api/auth/methods/email/send";
const CODE: &str = "Your code for Nox";
const PAGE: (&str, &str) = ("Origin", "http://localhost:53032");

fn is_as_if_sent(answer: &Answer) {
    let data = answer.data();
    assert_eq!(data["success"], true);
    assert!(data["message"].is_string());
}

/// What a login that is asked for a code gets to send along.
fn send_data(home: &Home) -> Value {
    let asked = home.log_in();
    asked.failure(20, 428, LOGIN);
    asked.json()["data"]["methods"][1]["send_data"].clone()
}

#[test]
fn whoever_is_logged_in_gets_a_code_by_post_and_by_get() {
    let home = Home::new();
    for path in [SEND, METHODS_SEND] {
        for method in ["POST", "GET"] {
            is_as_if_sent(&home.ada.send(method, path, &[], b""));
            let mail = home.mails.next_mail();
            assert_eq!((mail.to(), mail.subject(), mail.code().len()), ("ada@b.example", CODE, 6));
            home.forget_budgets();
        }
    }
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn the_challenge_of_a_login_gets_a_code_that_logs_in() {
    let (home, _) = Home::with_factor();
    let client = home.server.client();
    for path in [SEND, METHODS_SEND] {
        let mut data = send_data(&home);
        let first = home.mails.next_mail().code();
        home.forget_budgets();
        // A web front sends the type, too.
        data["type"] = "email".into();
        is_as_if_sent(&client.post(path, &data));
        let code = home.mails.next_mail().code();
        home.log_in_with(&first).failure(5, 400, LOGIN);
        home.log_in_with(&code).token();
        home.forget_budgets();
    }
}

#[test]
fn a_broken_challenge_is_refused() {
    let (home, _) = Home::with_factor();
    let client = home.server.client();
    let data = send_data(&home);
    home.mails.next_mail();
    home.forget_budgets();
    let good = data["challenge"].as_str().unwrap();
    let mut changed = good.to_owned();
    changed.replace_range(20..21, if &good[20..21] == "A" { "B" } else { "A" });
    for broken in ["", "x", &good[1..], &good[..good.len() - 4], &changed] {
        client.post(SEND, &json!({ "challenge": broken })).failure(11, 400, SEND);
    }
    client.post(SEND, &json!({ "challenge": 7 })).failure(5, 400, SEND);
    // Nor does a session help a challenge that is none.
    home.ada.post(SEND, &json!({ "challenge": "x" })).failure(11, 400, SEND);
    // It is no token, either.
    let bearer = format!("Bearer {good}");
    client.get("/api/users/@me", &[("Authorization", &bearer)]).failure(7, 401, "/api/users/@me");
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_challenge_ends_with_the_password_that_it_was_given_for() {
    let (home, _) = Home::with_factor();
    let data = send_data(&home);
    home.mails.next_mail();
    home.instance.ok(&["user", "passwd", "ada", "--password-stdin"], "hunter33");
    assert_eq!(home.mails.next_mail().subject(), "Nox: Your password was changed");
    home.forget_budgets();
    home.server.client().post(SEND, &data).failure(11, 400, SEND);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_challenge_gets_no_code_where_the_factor_is_off() {
    let home = Home::new();
    home.instance.enroll("ada");
    home.mails.next_mail();
    let data = send_data(&home);
    let message = home.server.client().post(SEND, &data).failure(5, 400, SEND);
    assert!(message.starts_with("Invalid field: type, "), "{message}");
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_get_that_says_nothing_is_answered_as_if_sent_and_sends_nothing() {
    let (home, _) = Home::with_factor();
    let client = home.server.client();
    is_as_if_sent(&client.get(SEND, &[]));
    is_as_if_sent(&client.get(METHODS_SEND, &[]));
    is_as_if_sent(&client.get(SEND, &[("Authorization", "Bearer x")]));
    client.send("POST", SEND, &[], b"").failure(7, 401, SEND);
    client.post(SEND, &json!({})).failure(7, 401, SEND);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_cookie_alone_needs_a_page_of_ours() {
    let home = Home::new();
    let cookie = home.log_in().cookie();
    let client = home.server.client();
    for method in ["POST", "GET"] {
        client.send(method, SEND, &[("Cookie", &cookie)], b"").failure(8, 401, SEND);
        let evil = [("Cookie", cookie.as_str()), ("Origin", "https://evil.example")];
        client.send(method, SEND, &evil, b"").failure(8, 401, SEND);
    }
    is_as_if_sent(&client.send("POST", SEND, &[("Cookie", &cookie), PAGE], b""));
    assert_eq!(home.rest(), [CODE]);
}

#[test]
fn there_are_two_types_and_an_app_needs_no_mail() {
    let home = Home::new();
    for kind in ["sms", "Email", "recovery", "u2f"] {
        let path = format!("/api/auth/{kind}/send");
        let message = home.ada.ask(&path).failure(5, 400, &path);
        assert!(message.starts_with("Invalid field: type, "), "{message}");
    }
    is_as_if_sent(&home.ada.ask("/api/auth/totp/send"));
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn one_code_a_minute_is_mailed_and_ten_a_day_however_they_are_asked_for() {
    let (home, _) = Home::with_factor();
    let client = home.server.client();
    let refused = |longest: u32, answer: &Answer| {
        answer.failure(1001, 429, SEND);
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=longest).contains(&seconds), "{seconds}");
        seconds
    };
    let data = send_data(&home);
    for count in 1..10 {
        // The login is answered all the same.
        assert!(send_data(&home)["challenge"].is_string());
        // The code that the last one was mailed is good; a session is told to wait.
        is_as_if_sent(&client.post(SEND, &data));
        refused(60, &home.ada.ask(SEND));
        home.instance.forget_minutes();
        let answer = if count % 2 == 0 { client.post(SEND, &data) } else { home.ada.ask(SEND) };
        is_as_if_sent(&answer);
    }
    home.instance.forget_minutes();
    home.instance.sql("UPDATE sent_codes SET expires_at = expires_at - 60000");
    assert!(refused(86_400, &client.post(SEND, &data)) > 86_000);
    home.log_in().failure(20, 428, LOGIN);
    assert_eq!(home.rest(), [CODE; 10]);
}

#[test]
fn without_a_mail_server_the_service_is_disabled() {
    let (_instance, server, ada) = Person::at_home("");
    for path in [SEND, METHODS_SEND] {
        ada.ask(path).failure(4, 403, path);
        is_as_if_sent(&server.client().get(path, &[]));
    }
    let enable = "/api/auth/methods/email/enable";
    ada.post(enable, &json!({ "token": "123456" })).failure(4, 403, enable);
}
