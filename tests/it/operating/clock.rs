//! A clock that was ahead for a while and is right again.

use serde_json::json;

use crate::harness::{LOGIN, TestApp, wait_until, within_a_step};

const HOURS: i64 = 3_600_000;
const YEARS: i64 = 365 * 24 * HOURS;

/// Makes everything that is stored seem to be of a clock that was ahead by so many milliseconds.
fn move_ahead(app: &TestApp, millis: i64) {
    app.instance.sql(&format!(
        "UPDATE sessions SET created_at = created_at + {millis},
             expires_at = expires_at + {millis}, last_seen_at = last_seen_at + {millis};
         UPDATE rate_limits SET resets_at = resets_at + {millis};
         UPDATE totp_factors SET last_step = last_step + {millis} / 30000;
         UPDATE devices SET last_seen_at = last_seen_at + {millis};
         UPDATE audit SET at = at + {millis};
         UPDATE clock SET seen_at = seen_at + {millis}, trusted_at = trusted_at + {millis}"
    ));
}

/// Uses up the limit of wrong passwords from this browser's address.
fn guess(app: &TestApp) {
    for _ in 0..5 {
        let wrong = json!({ "identifier": "ada", "password": "wrong horse" });
        assert_eq!(app.client().post(LOGIN, &wrong).status, 400);
    }
    let refused = app.try_password();
    assert_eq!(refused.status, 429);
    let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
}

#[test]
fn clock_that_was_ahead_locks_nobody_out_after_a_restart() {
    for millis in [2 * HOURS, 2 * YEARS] {
        let app = TestApp::builder().totp().serve();
        guess(&app);
        move_ahead(&app, millis);
        let found = app.nox("doctor");
        for words in [
            "warning\tclock\tthe clock says ",
            "the clock has gone back",
            "1 session(s), which last session.lifetime from now on",
            "rate limit(s), which are over",
        ] {
            assert!(found.contains(words), "{words}: {found}");
        }
        assert_eq!(app.nox("throttle list"), "");

        let app = app.restart();
        // The code of the present step may have enabled the app.
        within_a_step(|| {
            app.instance.sql("DELETE FROM totp_used_steps WHERE step > unixepoch() / 30");
            app.instance
                .sql("UPDATE totp_factors SET last_step = min(last_step, unixepoch() / 30)");
            assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
        });
        app.ada.me();
        let query = "SELECT max(expires_at) < (unixepoch() + 2592000 + 60) * 1000 FROM sessions";
        let is_bounded = app.instance.database().query_row(query, [], |row| row.get(0));
        assert_eq!(is_bounded, Ok(true));
        let found = app.nox("doctor");
        assert!(found.contains("ok\tclock\t"), "{found}");
        let log = app.log();
        assert!(log.contains("WARN the clock says ") && log.contains("has gone back"), "{log}");
    }
}

#[test]
fn limit_and_step_ahead_of_the_clock_refuse_nothing_in_a_running_server() {
    let app = TestApp::builder().totp().serve();
    guess(&app);
    move_ahead(&app, 2 * HOURS);
    within_a_step(|| {
        app.instance.sql("DELETE FROM totp_used_steps");
        let code = app.ada.code(1);
        assert_eq!(app.try_code(&code).status, 200);
        // A code that was used stays used, whatever the clock does.
        move_ahead(&app, 2 * HOURS);
        app.try_code(&code).refused_code();
        assert_eq!(app.try_code(&app.ada.code(-1)).status, 200);
        move_ahead(&app, 2 * HOURS);
    });
}

#[test]
fn expired_sessions_are_deleted_without_a_login() {
    let app = TestApp::logged_in();
    app.instance.sql("UPDATE sessions SET expires_at = 1");
    let app = app.restart();
    let count = || -> u32 {
        let query = "SELECT count(*) FROM sessions";
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    wait_until("the session is deleted", || count() == 0);
}

#[test]
fn times_ahead_of_a_clock_that_was_never_seen_ahead_are_settled_at_the_start() {
    let app = TestApp::logged_in();
    // A server leaves this that ends before it looks at the clock again.
    app.instance.sql("UPDATE sessions SET created_at = created_at + 7200000");
    let app = app.restart();
    let is_settled = || -> bool {
        let query = "SELECT max(created_at) < (unixepoch() + 60) * 1000 FROM sessions";
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    wait_until("the session is settled", is_settled);
}
