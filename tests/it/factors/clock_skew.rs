//! Codes of clocks that differ from the server's.

use serde_json::{Value, json};

use crate::harness::{TestApp, oathtool, within_a_step};

#[test]
fn code_of_a_clock_four_minutes_ahead_is_refused_and_logged() {
    let app = TestApp::builder().enrolled().serve();
    let far = within_a_step(|| {
        let code = app.ada.code(8);
        app.try_code(&code).refused_code();
        code
    });
    assert_eq!(app.try_code(&app.ada.code(0)).status, 200);
    let TestApp { server, instance, .. } = app;
    let log = server.stop().log;
    assert!(log.contains("clock_skew=+4min"), "{log}");
    assert!(!log.contains(&far), "{log}");
    // The skew of a refused code is not stored.
    let status = instance.nox_json("totp status ada --json");
    assert!((-1..=0).contains(&status["last_skew"].as_i64().unwrap()), "{status}");
}

#[test]
fn code_of_no_near_time_logs_no_clock_skew() {
    let app = TestApp::builder().enrolled().serve();
    app.try_code(&app.ada.code(30)).refused_code();
    assert!(!app.log().contains("clock_skew"));
}

#[test]
fn used_code_logs_no_clock_skew() {
    let app = TestApp::builder().enrolled().serve();
    let code = app.ada.code(0);
    assert_eq!(app.try_code(&code).status, 200);
    app.try_code(&code).refused_code();
    let log = app.log();
    assert!(!log.contains("clock_skew"), "{log}");
}

#[test]
fn refused_first_code_of_a_skewed_clock_logs_the_skew() {
    let app = TestApp::logged_in();
    within_a_step(|| {
        let secret = app.ada.set_up_app();
        let code = json!({ "token": oathtool(&secret, 8) });
        assert_eq!(app.ada.post("/api/auth/totp/enable", &code).status, 400);
    });
    let log = app.log();
    assert!(log.contains("clock_skew=+4min"), "{log}");
}

/// Which of the codes around now log in, each at a fresh server.
fn accepted(settings: &str) -> Vec<i64> {
    let is_accepted = |steps: &i64| {
        within_a_step(|| {
            let app = TestApp::with(settings).enrolled().serve();
            app.try_code(&app.ada.code(*steps)).status == 200
        })
    };
    (-3..=3).filter(is_accepted).collect()
}

#[test]
fn accepted_clock_skew_follows_the_configuration() {
    assert_eq!(accepted(""), [-1, 0, 1]);
    assert_eq!(accepted("[totp]\nskew = 0"), [0]);
    assert_eq!(accepted("[totp]\nskew = 2"), [-2, -1, 0, 1, 2]);
}

#[test]
fn totp_status_shows_the_skew_of_the_last_code() {
    for (steps, text) in
        [(-1, "1 step(s) of 30 seconds late"), (0, "on time"), (1, "1 step(s) of 30 seconds early")]
    {
        let (shown, told) = within_a_step(|| {
            let app = TestApp::builder().enrolled().serve();
            let status = || app.instance.nox_json("totp status ada --json");
            assert_eq!(status()["last_skew"], Value::Null);
            app.try_code(&app.ada.code(steps));
            (status(), app.nox("totp status ada"))
        });
        assert_eq!(shown["last_skew"], steps);
        assert!(told.contains(text), "{told}");
    }
}
