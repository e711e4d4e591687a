//! Sessions that are checked without pause: a change is seen by the very next request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nox::time::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::{Client, JSON, TestApp};

/// How many clients send requests without pause, and how many check each change: enough that each
/// worker serves some of both.
const CLIENTS: usize = 4;
const CHANGES: usize = 25;

struct Busy {
    app: TestApp,
    /// The `Authorization` of a relay.
    relay: String,
}

impl Busy {
    fn new() -> Self {
        let app = TestApp::logged_in();
        let relay = format!("Badger {}", app.nox("relay add eu-1").trim_end());
        Self { app, relay }
    }

    /// Another process's connection to the database.
    fn database(&self) -> Connection {
        let database = self.app.instance.database();
        database.busy_timeout(Duration::from_secs(5)).unwrap();
        database
    }

    /// The user as `@me` answers it, or `None` where the token is not valid.
    fn me(&self, client: &Client) -> Option<Value> {
        let answer = client.me(&self.app.ada.token);
        (answer.status == 200).then(|| answer.data())
    }

    /// The user as a relay is answered, or `None` where the token is not valid.
    fn checked(&self, client: &Client) -> Option<Value> {
        let question =
            json!({ "access_token": self.app.ada.token, "user_id": 1, "token_type": "bearer" });
        let headers = [JSON, ("Authorization", &*self.relay)];
        let data = client
            .send("POST", "/api/relays/checkbearer", &headers, question.to_string().as_bytes())
            .data();
        (data["valid"] == true).then(|| data["user"].clone())
    }

    /// Checks over many connections what `look` returns after each change, while other clients send
    /// requests without pause.
    fn sees<T: PartialEq + std::fmt::Debug + Copy>(
        &self,
        changes: [(T, &str); 2],
        look: impl Fn(&Self, &Client) -> T + Sync,
    ) {
        let (database, is_over) = (self.database(), AtomicBool::new(false));
        database.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM sessions").unwrap();
        let clients: Vec<_> = (0..CLIENTS).map(|_| self.app.client()).collect();
        let ask = || {
            let (client, mut count) = (self.app.client(), 0);
            while !is_over.load(Ordering::Relaxed) {
                look(self, &client);
                count += 1;
            }
            count
        };
        thread::scope(|scope| {
            let others: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
            let end = End(&is_over);
            for _ in 0..CHANGES {
                for (expected, change) in changes {
                    database.execute_batch(change).unwrap();
                    for client in &clients {
                        assert_eq!(look(self, client), expected, "{change}");
                    }
                }
            }
            drop(end);
            for other in others {
                assert!(other.join().unwrap() > CHANGES);
            }
        });
    }
}

/// Sets the flag when dropped, also where a check fails: the other threads would never end.
struct End<'over>(&'over AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const ENDED: &str = "DELETE FROM sessions";
const BACK: &str = "INSERT INTO sessions SELECT * FROM kept";

#[test]
fn ended_session_is_refused_at_once() {
    Busy::new().sees([(false, ENDED), (true, BACK)], |busy, client| busy.me(client).is_some());
}

#[test]
fn ended_session_is_invalid_to_relays_at_once() {
    Busy::new().sees([(false, ENDED), (true, BACK)], |busy, client| busy.checked(client).is_some());
}

#[test]
fn suspended_user_is_refused_at_once() {
    let changes = [
        (false, "UPDATE users SET suspended_at = 1"),
        (true, "UPDATE users SET suspended_at = NULL"),
    ];
    Busy::new().sees(changes, |busy, client| busy.me(client).is_some());
}

#[test]
fn new_username_is_answered_at_once() {
    let changes = [
        (true, "UPDATE users SET display = 'Countess'"),
        (false, "UPDATE users SET display = 'Ada'"),
    ];
    Busy::new().sees(changes, |busy, client| {
        [busy.me(client), busy.checked(client)]
            .iter()
            .all(|user| user.as_ref().unwrap()["display"] == "Countess")
    });
}

#[test]
fn session_that_expires_during_checks_is_refused_from_then_on() {
    let busy = Busy::new();
    let client = busy.app.client();
    let end = Timestamp::now().after(Duration::from_secs(2));
    busy.database().execute("UPDATE sessions SET expires_at = ?1", [end.millis()]).unwrap();
    let mut count = 0;
    loop {
        let is_over = Timestamp::now() > end;
        let (me, checked) = (busy.me(&client), busy.checked(&client));
        assert!(!is_over || (me.is_none() && checked.is_none()));
        if is_over {
            break;
        }
        count += 1;
    }
    assert!(count > 10, "{count}");
}
