//! Codes of clocks that differ from the server's.

use serde_json::{Value, json};

use super::limits::{ada_with_app, within_a_step};
use crate::harness::{Person, oathtool};

#[test]
fn a_code_of_a_clock_that_is_four_minutes_ahead_is_refused_and_the_log_says_so() {
    let (instance, server, secret) = ada_with_app("");
    let far = within_a_step(|| {
        let code = oathtool(&secret, 8);
        server.client().ada_by(&code).refused_code();
        code
    });
    assert_eq!(server.client().ada_by(&oathtool(&secret, 0)).status, 200);
    let (_, _, log) = server.stop();
    assert!(log.contains("clock_skew=+4min"), "{log}");
    assert!(!log.contains(&far), "{log}");
    // What was refused is not what was off.
    let status: Value =
        serde_json::from_str(&instance.ok(&["totp", "status", "ada", "--json"], "")).unwrap();
    assert!((-1..=0).contains(&status["last_skew"].as_i64().unwrap()), "{status}");
}

#[test]
fn a_code_of_no_near_time_says_nothing_of_the_clock() {
    let (_instance, server, secret) = ada_with_app("");
    server.client().ada_by(&oathtool(&secret, 30)).refused_code();
    assert!(!server.stop().2.contains("clock_skew"));
}

#[test]
fn a_code_that_was_used_says_nothing_of_the_clock() {
    let (_instance, server, secret) = ada_with_app("");
    let code = oathtool(&secret, 0);
    assert_eq!(server.client().ada_by(&code).status, 200);
    server.client().ada_by(&code).refused_code();
    let log = server.stop().2;
    assert!(!log.contains("clock_skew"), "{log}");
}

#[test]
fn a_clock_that_is_off_is_told_where_the_first_code_of_an_app_is_refused() {
    let (_instance, server, ada) = Person::at_home("");
    within_a_step(|| {
        let secret = ada.set_up_app();
        assert_eq!(
            ada.post("/api/auth/totp/enable", &json!({ "token": oathtool(&secret, 8) })).status,
            400
        );
    });
    let log = server.stop().2;
    assert!(log.contains("clock_skew=+4min"), "{log}");
}

/// Which codes around now log in, each at a server of its own.
fn accepted(settings: &str) -> Vec<i64> {
    let is_accepted = |steps: &i64| {
        within_a_step(|| {
            let (_instance, server, secret) = ada_with_app(settings);
            server.client().ada_by(&oathtool(&secret, *steps)).status == 200
        })
    };
    (-3..=3).filter(is_accepted).collect()
}

#[test]
fn how_far_off_a_code_may_be_is_configured() {
    assert_eq!(accepted(""), [-1, 0, 1]);
    assert_eq!(accepted("[totp]\nskew = 0"), [0]);
    assert_eq!(accepted("[totp]\nskew = 2"), [-2, -1, 0, 1, 2]);
}

#[test]
fn the_status_shows_by_how_many_steps_the_last_code_was_off() {
    for (steps, text) in
        [(-1, "1 step(s) of 30 seconds late"), (0, "on time"), (1, "1 step(s) of 30 seconds early")]
    {
        let (shown, told) = within_a_step(|| {
            let (instance, server, secret) = ada_with_app("");
            let before: Value =
                serde_json::from_str(&instance.ok(&["totp", "status", "ada", "--json"], ""))
                    .unwrap();
            assert_eq!(before["last_skew"], Value::Null);
            server.client().ada_by(&oathtool(&secret, steps));
            let shown = instance.ok(&["totp", "status", "ada", "--json"], "");
            (
                serde_json::from_str::<Value>(&shown).unwrap(),
                instance.ok(&["totp", "status", "ada"], ""),
            )
        });
        assert_eq!(shown["last_skew"], steps);
        assert!(told.contains(text), "{told}");
    }
}
