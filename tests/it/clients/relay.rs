//! A relay: it is configured with the server's address and its own token, and asks what the tokens of players are worth.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{ADDRESS, Done, Due, Failure, Method, Nullable, Stage, data, decode, send};
use crate::common::{Answer, Client};

/// What it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Checked {
    valid: bool,
    is_blacklisted: bool,
    is_invalid_token: bool,
    user: Nullable<Player>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Player {
    id: u32,
    display: String,
    server: String,
    username: String,
}

impl Checked {
    const fn facts(&self) -> (bool, bool, bool) {
        (self.valid, self.is_blacklisted, self.is_invalid_token)
    }
}

struct Relay {
    client: Client,
    token: String,
}

impl Relay {
    fn ask(&self, access_token: &str) -> Answer {
        let (client, badger) = (self.client.clone(), format!("Badger {}", self.token));
        let body = json!({ "access_token": access_token, "user_id": 1, "token_type": "bearer", "ip": "192.0.2.7" });
        let (sender, answer) = mpsc::channel();
        thread::spawn(move || {
            let headers = [("Authorization", badger.as_str())];
            let told = send(&client, ("POST", "/api/relays/checkbearer"), &headers, Some(&body));
            drop(sender.send(told));
        });
        answer.recv_timeout(PATIENCE).unwrap()
    }
}

#[test]
fn a_relay_learns_what_a_token_is_worth_until_its_user_is_banned_and_it_is_removed_itself() {
    let stage = Stage::new();
    let client = stage.server.client();
    let token = stage.instance.ok(&["relay", "add", "eu-1"], "").trim_end().to_owned();
    let relay = Relay { client: client.clone(), token };

    // Without the second factor there is nothing to show to a relay.
    decode::<Failure<u32, Due<Method>>>(&client.log_in("ada", "hunter22"), 428);
    let [first, second] = [0, 1].map(|step| client.log_in_with_code("ada", "hunter22", &stage.code(step)).token());
    let checked: Checked = data(&relay.ask(&first));
    assert_eq!(checked.facts(), (true, false, false));
    let ada = Player { id: 1, display: "ada".into(), server: ADDRESS.into(), username: "ada".into() };
    assert_eq!(checked.user.0, Some(ada));

    let bearer = format!("Bearer {first}");
    let left = send(&client, ("POST", "/api/auth/logout"), &[("Authorization", &bearer)], None);
    assert!(data::<Done>(&left).success);
    for bad in [first.as_str(), "x.y.z", ""] {
        let checked: Checked = data(&relay.ask(bad));
        assert_eq!((checked.facts(), checked.user.0), ((false, false, true), None), "{bad:?}");
    }

    stage.instance.ok(&["user", "disable", "ada"], "");
    let checked: Checked = data(&relay.ask(&second));
    assert_eq!((checked.facts(), checked.user.0), ((false, true, false), None));

    stage.instance.ok(&["relay", "remove", "eu-1"], "");
    let refused: Failure<u32> = decode(&relay.ask(&second), 401);
    assert_eq!((refused.error.code, refused.error.status), (7, 401));
}
