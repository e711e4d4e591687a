//! The time of the last use of a session.

use rusqlite::Connection;
use serde_json::json;

use super::list::PATH;
use crate::harness::{ME, TestApp, at_once, wait_until};

fn last_seen(database: &Connection, user: u32) -> i64 {
    let query = "SELECT last_seen_at FROM sessions WHERE user_id = ?1";
    database.query_row(query, [user], |row| row.get(0)).unwrap()
}

fn set_back(database: &Connection, user: u32, seconds: i64) -> i64 {
    let set = "UPDATE sessions SET last_seen_at = created_at - ?2 WHERE user_id = ?1";
    database.execute(set, (user, seconds * 1000)).unwrap();
    last_seen(database, user)
}

#[test]
fn last_use_is_updated_at_most_once_a_minute() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, bob) = (app.log_in("ada"), app.log_in("bob"));
    let database = app.instance.database();
    // Less than a minute even on a slow machine.
    let recent = set_back(&database, 1, 20);
    for _ in 0..20 {
        assert_eq!(ada.get(ME).status, 200);
    }
    let long_ago = set_back(&database, 2, 61);
    bob.me();
    wait_until("the last use is updated", || last_seen(&database, 2) != long_ago);
    let noted = last_seen(&database, 2);
    assert!(noted >= long_ago + 61_000);
    for _ in 0..20 {
        bob.me();
    }
    let shown = bob.get(PATH).data()["sessions"][0].clone();
    assert_eq!(
        (&shown["last_seen"], &shown["devices"][0]["last_seen"]),
        (&json!(noted), &json!(noted))
    );
    assert_eq!((last_seen(&database, 1), last_seen(&database, 2)), (recent, noted));
}

#[test]
fn last_use_is_updated_by_one_of_many_requests_at_once() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, bob) = (app.log_in("ada"), app.log_in("bob"));
    let database = app.instance.database();
    database
        .execute_batch(
            "CREATE TABLE notes (user_id INTEGER);
             CREATE TRIGGER noted AFTER UPDATE OF last_seen_at ON sessions
             BEGIN INSERT INTO notes VALUES (new.user_id); END;",
        )
        .unwrap();
    set_back(&database, 1, 61);
    set_back(&database, 2, 61);
    database.execute("DELETE FROM notes", []).unwrap();
    at_once(16, |_| (0..5).for_each(|_| drop(ada.me())));
    bob.me();
    let count = |user: u32| -> u32 {
        database
            .query_row("SELECT count(*) FROM notes WHERE user_id = ?1", [user], |row| row.get(0))
            .unwrap()
    };
    wait_until("the last use is updated", || count(2) == 1 && count(1) > 0);
    assert_eq!(count(1), 1);
}
