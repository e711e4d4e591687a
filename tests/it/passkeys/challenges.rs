//! The challenge: whose it is, what for, how long and how often.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::{OPTIONS, REGISTER, REGISTRATION_OPTIONS, VERIFY, with_passkey};
use crate::harness::{
    Authenticator, INVALID_CHALLENGE, PASSKEYS, PASSWORD, TestApp, User, at_once,
};

#[test]
fn challenge_opens_one_session_also_after_a_kill() {
    let (app, device) = with_passkey();
    let client = app.client();
    let answer = device.get(&client.post(OPTIONS, &json!({})).data());
    let answers = at_once(20, |_| client.post(VERIFY, &answer));
    let opened = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(opened, 1);
    let refused = answers.iter().filter(|answer| answer.status == 400);
    assert_eq!(refused.count(), 19);
    let TestApp { server, instance, .. } = app;
    server.stop_with(Signal::KILL);
    let server = instance.serve();
    server.client().post(VERIFY, &answer).refused(INVALID_CHALLENGE, VERIFY);
    assert!(server.stop().log.contains("user=\"ada\" reason=stale_challenge"));
}

#[test]
fn challenge_of_another_purpose_session_or_browser_is_refused() {
    let (app, device) = with_passkey();
    let client = app.client();
    let mut other = Authenticator::new();
    let registration = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    client.post(VERIFY, &device.get(&registration)).refused(INVALID_CHALLENGE, VERIFY);
    let login = client.post(OPTIONS, &json!({})).data();
    let mut as_login = login.clone();
    as_login["user"] = registration["user"].clone();
    app.ada.post(REGISTER, &other.create(&as_login)).refused(INVALID_CHALLENGE, REGISTER);
    let second = User::new(app.client(), app.try_password().token());
    second.post(REGISTER, &other.create(&registration)).refused(INVALID_CHALLENGE, REGISTER);
    app.ada.post(REGISTER, &other.create(&registration)).data();
    app.ada.post(REGISTER, &other.create(&registration)).refused(INVALID_CHALLENGE, REGISTER);
    // A browser has a cookie; a challenge that was made for it is of no use elsewhere.
    let cookie = |secret: &str| ("Cookie", format!("nox_browser_53032={secret}"));
    let (name, mine) = cookie("AAAAAAAAAAAAAAAAAAAAAA");
    let (_, theirs) = cookie("BBBBBBBBBBBBBBBBBBBBBA");
    let post = |path: &str, cookie: &str, body: &serde_json::Value| {
        let headers = [crate::harness::JSON, (name, cookie)];
        client.send("POST", path, &headers, body.to_string().as_bytes())
    };
    let given = post(OPTIONS, &mine, &json!({})).data();
    post(VERIFY, &theirs, &device.get(&given)).refused(INVALID_CHALLENGE, VERIFY);
    client.post(VERIFY, &device.get(&given)).refused(INVALID_CHALLENGE, VERIFY);
    post(VERIFY, &mine, &device.get(&given)).token();
}

#[test]
fn challenge_of_another_instance_or_altered_is_refused_and_writes_nothing() {
    let (app, device) = with_passkey();
    let client = app.client();
    let written = || -> u32 {
        let query = "SELECT (SELECT count(*) FROM used_challenges)
            + (SELECT count(*) FROM rate_limits) + (SELECT count(*) FROM audit)";
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    let before = written();
    let foreign = TestApp::new();
    let given = foreign.client().post(OPTIONS, &json!({})).data();
    client.post(VERIFY, &device.get(&given)).refused(INVALID_CHALLENGE, VERIFY);
    let good = client.post(OPTIONS, &json!({})).data()["challenge"].as_str().unwrap().to_owned();
    for at in (0..good.len()).step_by(7) {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        let bent = [&good[..at], other, &good[at + 1..]].concat();
        let answer = client.post(VERIFY, &device.get(&json!({ "challenge": bent })));
        answer.refused(INVALID_CHALLENGE, VERIFY);
    }
    for bent in ["", "AAAA", &good[..104], &good.repeat(2)] {
        let answer = client.post(VERIFY, &device.get(&json!({ "challenge": bent })));
        answer.refused(INVALID_CHALLENGE, VERIFY);
    }
    assert_eq!(written(), before);
    app.ada.get(PASSKEYS).data();
}

#[test]
fn challenge_of_before_a_change_of_factors_or_password_adds_no_passkey() {
    let (app, _device) = with_passkey();
    let begin = || app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    let add = |options: &Value| app.ada.post(REGISTER, &Authenticator::new().create(options));
    let before = begin();
    let change = json!({ "password": "another horse", "current_password": PASSWORD });
    app.ada.post("/api/users/@me", &change).data();
    add(&before).refused(INVALID_CHALLENGE, REGISTER);
    let before = begin();
    add(&begin()).data();
    app.ada.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    add(&before).refused(INVALID_CHALLENGE, REGISTER);
    assert_eq!(app.ada.get(PASSKEYS).data()["total"], 2);
}
