//! Rate limits of codes, and that each code is good once, also in races and after a crash.

use std::collections::BTreeMap;
use std::thread;

use rustix::process::Signal;
use serde_json::json;

use crate::harness::{
    Answer, Client, INVALID_FIELD, JSON, LOGIN, ME, Server, TOO_MANY_REQUESTS, TestApp, at_once,
};

/// Logs `ada` in with all these codes at once, and counts the statuses.
fn try_codes_at_once(app: &TestApp, codes: &[String]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for status in at_once(codes.len(), |number| app.try_code(&codes[number]).status) {
        *counts.entry(status).or_default() += 1;
    }
    counts
}

fn sessions(app: &TestApp) -> usize {
    app.nox("session list ada").lines().count()
}

#[track_caller]
fn assert_locked(answer: &Answer) {
    answer.refused(TOO_MANY_REQUESTS, LOGIN);
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
}

#[test]
fn right_code_after_five_wrong_ones_is_not_checked() {
    let app = TestApp::builder().enrolled().serve();
    let client = app.client();
    for wrong in 8..13 {
        // A right password refunds no attempt of a code.
        assert_eq!(client.log_in("ada", "hunter22").status, 428);
        client.log_in_with_code("ada", "hunter22", &app.ada.code(wrong)).refused_code();
    }
    assert_locked(&client.log_in_with_code("ada", "hunter22", &app.ada.code(0)));
    // A login without a code is not limited, and a wrong password is still told.
    assert_eq!(client.log_in("ada", "hunter22").status, 428);
    assert_locked(&client.log_in_with_code("ada", "hunter22", &app.ada.code(0)));
    client
        .log_in_with_code("ada", "wrong password", &app.ada.code(0))
        .refused(INVALID_FIELD, LOGIN);
}

#[test]
fn count_of_wrong_codes_survives_a_restart() {
    let app = TestApp::builder().enrolled().serve();
    for _ in 0..5 {
        app.try_code(&app.ada.code(9)).refused_code();
    }
    app.server.signal(Signal::KILL);
    let app = app.restart();
    assert_locked(&app.try_code(&app.ada.code(0)));
}

#[test]
fn right_code_refunds_its_own_attempt_alone() {
    let app = TestApp::builder().totp().serve();
    let client = app.client();
    let wrong = || client.log_in_with_code("ada", "hunter22", &app.ada.code(9));
    (0..4).for_each(|_| wrong().refused_code());
    for code in &app.ada.recovery_codes[..6] {
        assert_eq!(client.log_in_with_code("ada", "hunter22", code).status, 200);
    }
    wrong().refused_code();
    assert_locked(&client.log_in_with_code("ada", "hunter22", &app.ada.recovery_codes[6]));
    assert_eq!(app.ada.codes_left(), 4);
}

#[test]
fn every_endpoint_that_takes_a_code_shares_one_limit() {
    let app = TestApp::builder().totp().serve();
    let wrong = json!({ "factor_code": app.ada.code(9), "username": "lovelace" });
    let places = [
        "/api/auth/totp/disable",
        "/api/auth/recovery/renew",
        ME,
        "/api/v2/auth/methods/totp/disable",
    ];
    for (path, status) in places.into_iter().zip([400, 400, 400, 422]) {
        assert_eq!(app.ada.post(path, &wrong).status, status, "{path}");
    }
    assert_eq!(app.ada.post("/api/auth/totp/verify", &wrong).data()["verified"], false);
    assert_locked(&app.try_code(&app.ada.recovery_codes[0]));
    for path in places {
        let locked = app.ada.post(
            path,
            &json!({ "factor_code": app.ada.recovery_codes[0], "username": "lovelace" }),
        );
        assert_eq!(locked.status, 429, "{path}");
        assert!(locked.header("retry-after").is_some());
    }
    assert_eq!(app.ada.post("/api/auth/totp/verify", &wrong).status, 429);
    assert_eq!(app.ada.codes_left(), 10);
}

#[test]
fn forty_wrong_codes_at_once_are_at_most_five_attempts() {
    let app = TestApp::builder().enrolled().serve();
    let codes: Vec<String> = (0..40).map(|steps| app.ada.code(10 + steps)).collect();
    assert_eq!(try_codes_at_once(&app, &codes), BTreeMap::from([(400, 5), (429, 35)]));
}

#[test]
fn code_sent_twenty_times_at_once_opens_one_session() {
    let app = TestApp::builder().enrolled().serve();
    let code = app.ada.code(0);
    assert_eq!(try_codes_at_once(&app, &vec![code; 20]), BTreeMap::from([(200, 1), (400, 19)]));
    assert_eq!(sessions(&app), 1);
    // None of them counted as a guess.
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
}

#[test]
fn operator_code_sent_twenty_times_at_once_opens_one_session() {
    let app = TestApp::builder().enrolled().serve();
    let code = app.instance.issue_code("ada");
    assert_eq!(try_codes_at_once(&app, &vec![code; 20]), BTreeMap::from([(200, 1), (400, 19)]));
    assert_eq!(sessions(&app), 1);
}

#[test]
fn two_recovery_codes_sent_ten_times_at_once_open_two_sessions() {
    let app = TestApp::builder().totp().serve();
    let both: Vec<String> = app.ada.recovery_codes[..2].iter().cycle().take(20).cloned().collect();
    assert_eq!(try_codes_at_once(&app, &both), BTreeMap::from([(200, 2), (400, 18)]));
    assert_eq!((sessions(&app), app.ada.codes_left()), (3, 8));
}

#[test]
fn repeated_accepted_code_is_refused_and_never_locks_out() {
    let app = TestApp::builder().enrolled().serve();
    let code = app.ada.code(0);
    assert_eq!(app.try_code(&code).status, 200);
    // Ten times within the 90 seconds for which the code would be right.
    for _ in 0..10 {
        app.try_code(&code).refused_code();
    }
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
    // A code that is older than the accepted one counts as used.
    app.try_code(&code).refused_code();
}

#[test]
fn accepted_code_is_refused_after_a_crash() {
    let mut app = TestApp::builder().totp().serve();
    let used = [app.ada.code(1), app.ada.recovery_codes[0].clone(), app.instance.issue_code("ada")];
    for code in &used {
        assert_eq!(app.try_code(code).status, 200);
        app.server.signal(Signal::KILL);
        app = app.restart();
        app.try_code(code).refused_code();
    }
    assert_eq!(app.client().me(&app.ada.token).status, 200);
}

/// Sends `ada`'s code four times at once, kills the server when `is_time` says so, and returns how
/// many logins were acknowledged.
fn crash(server: &Server, code: &str, is_time: impl Fn() -> bool) -> usize {
    let body =
        json!({ "identifier": "ada", "password": "hunter22", "factor_code": code }).to_string();
    let one = |client: Client| {
        client.try_send("POST", LOGIN, &[JSON], body.as_bytes()).map(|answer| answer.status)
    };
    thread::scope(|scope| {
        let all: Vec<_> =
            (0..4).map(|_| server.client()).map(|client| scope.spawn(|| one(client))).collect();
        while !is_time() && !all.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::yield_now();
        }
        server.signal(Signal::KILL);
        all.into_iter()
            .filter_map(|one| one.join().unwrap())
            .filter(|status| *status == 200)
            .count()
    })
}

#[test]
fn crash_between_acceptance_and_answer_revives_no_code() {
    for moment in ["SELECT 1", "SELECT count(*) FROM rate_limits", "SELECT count(*) FROM sessions"]
    {
        for _ in 0..3 {
            let app = TestApp::builder().enrolled().serve();
            let database = app.instance.database();
            let is_time =
                || database.query_row(moment, [], |row| row.get::<_, u32>(0)).unwrap() > 0;
            let code = app.ada.code(0);
            let let_in = crash(&app.server, &code, is_time);
            drop(database);
            let app = app.restart();
            let opened = sessions(&app);
            assert!(
                let_in <= opened && opened <= 1,
                "{let_in} were let in, {opened} sessions were opened"
            );
            let again = app.try_code(&code);
            // Either the session is there, or the code was not used up.
            assert_eq!(again.status, if opened == 1 { 400 } else { 200 }, "{}", again.text);
            assert_eq!(sessions(&app), 1);
        }
    }
}
