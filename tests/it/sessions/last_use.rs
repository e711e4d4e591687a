//! When a session was used last.

use rusqlite::Connection;
use serde_json::json;

use super::list::{PATH, database, serve};
use crate::harness::{Person, Server};

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
fn that_a_session_was_used_is_noted_at_most_once_a_minute() {
    let (instance, server) = serve();
    let (ada, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    let database = database(&instance);
    // Less than a minute even where this machine is slow.
    let recent = set_back(&database, 1, 20);
    for _ in 0..20 {
        assert_eq!(ada.get("/api/users/@me").status, 200);
    }
    let long_ago = set_back(&database, 2, 61);
    bob.get("/api/users/@me").data();
    assert!(wait_until(&server, || last_seen(&database, 2) != long_ago));
    let noted = last_seen(&database, 2);
    assert!(noted >= long_ago + 61_000);
    for _ in 0..20 {
        bob.get("/api/users/@me").data();
    }
    let shown = bob.get(PATH).data()["sessions"][0].clone();
    assert_eq!(
        (&shown["last_seen"], &shown["devices"][0]["last_seen"]),
        (&json!(noted), &json!(noted))
    );
    assert_eq!((last_seen(&database, 1), last_seen(&database, 2)), (recent, noted));
}

/// Nothing waits for a note: it is there a few requests later.
fn wait_until(server: &Server, holds: impl Fn() -> bool) -> bool {
    (0..5000).any(|_| server.client().try_get("/healthz") && holds())
}

#[test]
fn of_many_requests_at_once_one_is_noted() {
    let (instance, server) = serve();
    let (ada, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    let database = database(&instance);
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
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..5).for_each(|_| drop(ada.get("/api/users/@me").data())));
        }
    });
    bob.get("/api/users/@me").data();
    let count = |user: u32| -> u32 {
        database
            .query_row("SELECT count(*) FROM notes WHERE user_id = ?1", [user], |row| row.get(0))
            .unwrap()
    };
    assert!(wait_until(&server, || count(2) == 1 && count(1) > 0));
    assert_eq!(count(1), 1);
}
