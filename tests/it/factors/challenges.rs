//! The challenge of a login that waits for a code.

use serde_json::json;

use super::bypass::{SEND, challenge};
use crate::harness::{
    INVALID_CHALLENGE, INVALID_FIELD, LOGIN, ME, Mode, NOT_LOGGED, TestApp, VERIFICATION_REQUIRED,
};

#[test]
fn challenge_is_not_accepted_as_a_session() {
    let app = TestApp::builder().totp().serve();
    let challenge = challenge(&app, "ada");
    let client = app.client();
    client.me(&challenge).refused(NOT_LOGGED, ME);
    client.get(ME, &[("Cookie", &format!("_uid={challenge}"))]).refused(NOT_LOGGED, ME);
    let bearer = format!("Bearer {challenge}");
    for path in ["/api/auth/totp/setup", "/api/auth/totp/verify", "/api/auth/totp/disable", SEND] {
        let answer = client.send("POST", path, &[("Authorization", &bearer)], b"");
        answer.refused(NOT_LOGGED, path);
    }
    // A challenge is neither a code nor a password.
    let body = json!({ "identifier": "ada", "password": "hunter22", "factor_code": challenge });
    client.post(LOGIN, &body).refused(INVALID_FIELD, LOGIN);
    let body = json!({ "identifier": "ada", "password": "hunter22", "challenge": challenge });
    client.post(LOGIN, &body).refused(VERIFICATION_REQUIRED, LOGIN);
    client
        .post(LOGIN, &json!({ "identifier": "ada", "challenge": challenge }))
        .refused(INVALID_FIELD, LOGIN);
    assert_eq!(app.ada.get("/api/users/@me/sessions").data()["total"], 1);
}

#[test]
fn altered_or_foreign_challenge_is_refused() {
    let app =
        TestApp::with("timeout = '1s'\n").mail_server(Mode::Silent).confirmed().totp().serve();
    let client = app.client();
    let send = |text: &str| client.post(SEND, &json!({ "challenge": text }));
    let good = challenge(&app, "ada");
    // The challenge is read: the refusal says that mail is not enabled for her.
    assert!(send(&good).refused(INVALID_FIELD, SEND).contains("type"));
    for at in 0..good.len() {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        let bent = [&good[..at], other, &good[at + 1..]].concat();
        send(&bent).refused(INVALID_CHALLENGE, SEND);
    }
    for bent in ["", "x", &good[..good.len() - 4], &format!("{good}AAAA"), &format!("{good}=")] {
        send(bent).refused(INVALID_CHALLENGE, SEND);
    }
    let other = TestApp::builder().totp().serve();
    send(&challenge(&other, "ada")).refused(INVALID_CHALLENGE, SEND);
    client
        .post("/api/v2/auth/email/send", &json!({ "challenge": "x" }))
        .refused_as("BAD_REQUEST", 400);
    client.post(SEND, &json!({ "challenge": 7 })).refused(INVALID_FIELD, SEND);
    client.post(SEND, &json!({})).refused(NOT_LOGGED, SEND);
}

#[test]
fn challenge_is_for_its_own_user_and_ends_with_the_password() {
    let app = TestApp::with("timeout = '1s'\n")
        .user("bob")
        .mail_server(Mode::Silent)
        .confirmed()
        .totp()
        .serve();
    app.instance.enroll("bob");
    app.nox("user set bob --email b@b.example --verified true");
    app.instance.sql("UPDATE users SET has_email_factor = 1 WHERE username = 'bob'");
    let client = app.client();
    let (of_ada, of_bob) = (challenge(&app, "ada"), challenge(&app, "bob"));
    for name in ["bob", "2", "b@b.example"] {
        let body = json!({
            "challenge": of_ada, "identifier": name, "username": name, "id": 2, "type": "email",
        });
        assert!(client.post(SEND, &body).refused(INVALID_FIELD, SEND).contains("type"));
    }
    assert_eq!(client.post(SEND, &json!({ "challenge": of_bob })).data()["success"], true);
    for (name, challenge) in [("ada", of_ada), ("bob", of_bob)] {
        app.instance.set_password(name, "hunter33");
        client.post(SEND, &json!({ "challenge": challenge })).refused(INVALID_CHALLENGE, SEND);
    }
}
