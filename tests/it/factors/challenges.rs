//! The challenge of a login that waits for a code.

use serde_json::json;

use super::bypass::{ME, SEND, challenge, with_silent_mail};
use crate::harness::{LOGIN, Person};

#[test]
fn a_challenge_is_no_session() {
    let (_instance, server, ada, _) = Person::with_codes("");
    let challenge = challenge(&server, "ada");
    let client = server.client();
    client.me(&challenge).failure(7, 401, ME);
    client.get(ME, &[("Cookie", &format!("_uid={challenge}"))]).failure(7, 401, ME);
    let bearer = format!("Bearer {challenge}");
    for path in ["/api/auth/totp/setup", "/api/auth/totp/verify", "/api/auth/totp/disable", SEND] {
        let answer = client.send("POST", path, &[("Authorization", &bearer)], b"");
        assert!(
            answer.status == 401 || path == SEND && answer.status == 403,
            "{path}: {}",
            answer.text
        );
    }
    // Nor a code, nor the half of a login.
    let body = json!({ "identifier": "ada", "password": "hunter22", "factor_code": challenge });
    client.post(LOGIN, &body).failure(5, 400, LOGIN);
    let body = json!({ "identifier": "ada", "password": "hunter22", "challenge": challenge });
    client.post(LOGIN, &body).failure(20, 428, LOGIN);
    client
        .post(LOGIN, &json!({ "identifier": "ada", "challenge": challenge }))
        .failure(5, 400, LOGIN);
    assert_eq!(ada.get("/api/users/@me/sessions").data()["total"], 1);
}

#[test]
fn a_challenge_that_is_bent_or_foreign_names_nobody() {
    let (_silent, instance) = with_silent_mail();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let server = instance.serve();
    let send = |text: &str| server.client().post(SEND, &json!({ "challenge": text }));
    let good = challenge(&server, "ada");
    // It is read, and says that mail is no method of hers.
    assert!(send(&good).failure(5, 400, SEND).contains("type"));
    for at in 0..good.len() {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        let bent = [&good[..at], other, &good[at + 1..]].concat();
        send(&bent).failure(11, 400, SEND);
    }
    for bent in ["", "x", &good[..good.len() - 4], &format!("{good}AAAA"), &format!("{good}=")] {
        send(bent).failure(11, 400, SEND);
    }
    let (_other, elsewhere, _ada, _) = Person::with_codes("");
    send(&challenge(&elsewhere, "ada")).failure(11, 400, SEND);
    server
        .client()
        .post("/api/v2/auth/email/send", &json!({ "challenge": "x" }))
        .named_failure("BAD_REQUEST", 400);
    server.client().post(SEND, &json!({ "challenge": 7 })).failure(5, 400, SEND);
    server.client().post(SEND, &json!({})).failure(7, 401, SEND);
}

#[test]
fn a_challenge_asks_for_its_own_user_and_dies_with_the_password() {
    let (_silent, instance) = with_silent_mail();
    for name in ["ada", "bob"] {
        instance.add_user(name, "hunter22");
        instance.enroll(name);
    }
    instance.ok(&["user", "set", "bob", "--email", "b@b.example", "--verified", "true"], "");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE users SET has_email_factor = 1 WHERE username = 'bob'", []).unwrap();
    let server = instance.serve();
    let (of_ada, of_bob) = (challenge(&server, "ada"), challenge(&server, "bob"));
    for name in ["bob", "2", "b@b.example"] {
        let body = json!({ "challenge": of_ada, "identifier": name, "username": name, "id": 2, "type": "email" });
        assert!(server.client().post(SEND, &body).failure(5, 400, SEND).contains("type"));
    }
    assert_eq!(server.client().post(SEND, &json!({ "challenge": of_bob })).data()["success"], true);
    for (name, challenge) in [("ada", of_ada), ("bob", of_bob)] {
        instance.ok(&["user", "passwd", name, "--password-stdin"], "hunter33");
        server.client().post(SEND, &json!({ "challenge": challenge })).failure(11, 400, SEND);
    }
}
