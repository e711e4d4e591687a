//! A relay: it is configured with the server's address and its own token, and checks the tokens of
//! players.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{Request, now};
use super::values::Nullable;
use super::{ADDRESS, data, refusal, serve};
use crate::harness::{Answer, Client, PASSWORD, TestApp};

/// What it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize)]
struct Checked {
    valid: bool,
    is_blacklisted: bool,
    is_invalid_token: bool,
    /// A boolean makes the relay drop every player.
    blacklisted: Nullable<Ban>,
    user: Nullable<Player>,
    token_type: String,
    access_token: String,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Ban {
    id: u32,
    /// 0 for good.
    expires: i64,
    reason: String,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Player {
    id: u32,
    display: String,
    server: String,
    username: String,
}

/// What it learns when it says that it is there; without it, it is not connected.
#[derive(Debug, Deserialize)]
struct Updated {
    relay: String,
    next_update: u16,
    server: String,
    instances: Vec<Value>,
}

/// The result of a check.
#[derive(Debug, PartialEq)]
enum Worth {
    Valid,
    Banned,
    Nothing,
}

impl Checked {
    /// Checks that the answer agrees with itself.
    #[track_caller]
    fn worth(&self) -> Worth {
        let worth = match (self.valid, self.is_blacklisted, self.is_invalid_token) {
            (true, false, false) => Worth::Valid,
            (false, true, false) => Worth::Banned,
            (false, false, true) => Worth::Nothing,
            _ => panic!("{self:?}"),
        };
        assert_eq!(self.blacklisted.0.is_some(), worth == Worth::Banned, "{self:?}");
        assert_eq!(self.user.0.is_some(), worth != Worth::Nothing, "{self:?}");
        worth
    }
}

struct Relay {
    client: Client,
    token: String,
}

impl Relay {
    fn add(app: &TestApp) -> Self {
        let token = app.nox("relay add eu-1").trim_end().to_owned();
        Self { client: app.client(), token }
    }

    /// Asks with its token, and gives up after as long as the real one.
    #[track_caller]
    fn call(&self, request: Request) -> Answer {
        let client = self.client.clone();
        let request = request.with("authorization", format!("Badger {}", self.token));
        let (sender, answer) = mpsc::channel();
        thread::spawn(move || drop(sender.send(request.send(&client))));
        answer.recv_timeout(PATIENCE).unwrap()
    }

    /// What the newest asks.
    #[track_caller]
    fn check(&self, token: &str) -> Checked {
        self.check_for(token, &json!({ "user_id": 0 }))
    }

    #[track_caller]
    fn check_for(&self, token: &str, whose: &Value) -> Checked {
        let mut body = json!({ "access_token": token, "token_type": "bearer", "ip": "192.0.2.7" });
        body.as_object_mut().unwrap().extend(whose.as_object().unwrap().clone());
        let checked: Checked =
            data(&self.call(Request::post("/api/relays/checkbearer").json(&body)));
        assert_eq!((checked.token_type.as_str(), checked.access_token.as_str()), ("bearer", token));
        checked
    }
}

fn ada() -> Player {
    Player { id: 1, display: "ada".into(), server: ADDRESS.into(), username: "ada".into() }
}

#[test]
fn relay_checks_tokens_until_it_is_removed() {
    let app = serve();
    let client = app.client();
    let relay = Relay::add(&app);
    let [token, other] =
        [0, 1].map(|step| client.log_in_with_code("ada", PASSWORD, &app.ada.code(step)).token());
    for whose in
        [json!({}), json!({ "user_id": null }), json!({ "user_id": 0 }), json!({ "user_id": 1 })]
    {
        let checked = relay.check_for(&token, &whose);
        assert_eq!((checked.worth(), &checked.user.0), (Worth::Valid, &Some(ada())), "{whose}");
    }
    assert_eq!(relay.check_for(&token, &json!({ "user_id": 2 })).worth(), Worth::Nothing);

    let bearer = format!("Bearer {token}");
    assert_eq!(
        Request::post("/api/auth/logout").with("authorization", bearer).send(&client).status,
        200
    );
    for bad in [token.as_str(), "x.y.z", "", &other[..other.len() - 2]] {
        assert_eq!(relay.check(bad).worth(), Worth::Nothing, "{bad:?}");
    }
    assert_eq!(relay.check(&other).worth(), Worth::Valid);
    app.nox("relay remove eu-1");
    for path in ["/api/relays/checkbearer", "/api/relays/update"] {
        let body = json!({ "access_token": other });
        assert_eq!(
            refusal::<u32>(&relay.call(Request::post(path).json(&body)), 401).code,
            7,
            "{path}"
        );
    }
}

#[test]
fn relay_reads_a_suspension_with_end_reason_and_user() {
    let app = serve();
    let client = app.client();
    let relay = Relay::add(&app);
    let token = client.log_in_with_code("ada", PASSWORD, &app.ada.code(0)).token();
    app.instance
        .ok(&["user", "disable", "ada", "--until", "7d", "--reason", "Noise at night."], "");
    let checked = relay.check(&token);
    assert_eq!((checked.worth(), &checked.user.0), (Worth::Banned, &Some(ada())));
    let ban = checked.blacklisted.0.unwrap();
    let in_days = (ban.expires - now()) / 1000 / 60 / 60;
    assert!((166..=168).contains(&in_days), "{ban:?}");
    assert_eq!((ban.id, ban.reason.as_str()), (1, "Noise at night."));

    app.nox("user enable ada");
    assert_eq!(relay.check(&token).worth(), Worth::Nothing, "the ban has ended the session");
    app.nox("user disable ada");
    let checked = relay.check_for(&token, &json!({ "user_id": 1 }));
    assert_eq!(checked.worth(), Worth::Banned);
    assert_eq!(checked.blacklisted.0, Some(Ban { id: 1, expires: 0, reason: String::new() }));
    assert_eq!(relay.check_for(&token, &json!({ "user_id": 2 })).worth(), Worth::Nothing);
}

#[test]
fn relay_reports_itself_with_any_body() {
    let app = serve();
    let relay = Relay::add(&app);
    let update = || Request::post("/api/relays/update");
    let status = json!({ "address": "eu-1.example", "players": [], "instances": [{ "id": 7 }] });
    for request in [
        update(),
        update().json(&status),
        update().json(&json!([1, 2])),
        update().typed("application/json", "{"),
        update().typed("application/json", ""),
        update().typed("application/octet-stream", [0, 159, 146, 150]),
        update().typed("text/plain", "x".repeat(100_000)),
    ] {
        let updated: Updated = data(&relay.call(request));
        assert_eq!((updated.relay.as_str(), updated.server.as_str()), ("eu-1", ADDRESS));
        assert!(updated.next_update > 0 && updated.instances.is_empty(), "{updated:?}");
    }
    let stranger = Relay { token: "x".into(), ..relay };
    assert_eq!(refusal::<u32>(&stranger.call(update().json(&status)), 401).code, 7);
}
