//! Users whom the old server had banned, and who could log in there all the same.

use nox::time::Timestamp;

use super::moving::{dump_of, import};
use super::people::{ARGON2ID, PASSWORD};
use super::postgres::Row;
use super::shapes::{FIRST, SECOND, Shape};
use crate::harness::Instance;

/// Whether a user with this ban is suspended after the move, and what the import says.
fn suspended(shape: &'static Shape, ban: &str) -> (bool, String) {
    let instance = Instance::new();
    let user = Row::new().set("id", "5").set("username", "eve").set("password", ARGON2ID);
    let ran = import(&instance, dump_of(shape, &[user.set("blacklisted", ban)]), "");
    assert_eq!(ran.status, 0, "{ban}: {}", ran.stderr);
    let server = instance.serve();
    let answer = server.client().log_in("eve", PASSWORD);
    (answer.status != 200, ran.stdout)
}

#[test]
fn ban_that_is_in_force_suspends_and_is_listed() {
    let soon = Timestamp::now().millis() + 3_600_000;
    let bans = [
        r#"{"reason": "spam"}"#.to_owned(),
        r#"{"reason": "spam", "expires": null}"#.into(),
        r#"{"reason": "spam", "expires": 0}"#.into(),
        format!(r#"{{"reason": "spam", "expires": {soon}}}"#),
        r#"{"reason": "spam", "expires": "2999-01-01T00:00:00.000Z", "by_id": 1}"#.into(),
    ];
    for shape in [&FIRST, &SECOND] {
        for ban in &bans {
            let (is_suspended, said) = suspended(shape, ban);
            assert!(is_suspended && said.contains("suspended"), "{ban}: {said}");
        }
    }
    assert!(suspended(&SECOND, r#"{"value": true}"#).0);
    assert!(!suspended(&FIRST, r#"{"value": true}"#).0);
}

#[test]
fn ban_that_is_none_or_over_does_not_suspend() {
    let over = r#"{"reason": "spam", "expires": 1600000000000}"#;
    for shape in [&FIRST, &SECOND] {
        for ban in ["null", "{}", r#"{"value": false}"#, over] {
            let (is_suspended, said) = suspended(shape, ban);
            assert!(!is_suspended, "{ban}: {said}");
            assert_eq!(said.contains("suspension"), ban == over, "{ban}: {said}");
        }
    }
}
