//! `/api/relays/checkbearer`: whether the token of a user is valid.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, JSON, ME, NOT_LOGGED, TestApp};

pub(super) const PATH: &str = "/api/relays/checkbearer";

const PATHS: [&str; 4] =
    [PATH, "/api/relay/checkbearer", "/api/v2/relays/checkbearer", "/api/v2/api/relay/checkbearer"];

/// `ada`, who has a session, and `bob`.
pub(super) fn serve() -> TestApp {
    let app = TestApp::builder().user("bob").session().serve();
    app.instance.ok(&["user", "set", "ada", "--display", "Ada L."], "");
    app
}

/// The relay `eu-1`, which asks about tokens.
pub(super) struct Relay {
    client: Client,
    pub(super) token: String,
}

impl Relay {
    pub(super) fn add(app: &TestApp) -> Self {
        let token = app.nox("relay add eu-1").trim_end().to_owned();
        Self { client: app.client(), token }
    }

    fn send(&self, path: &str, body: &Value) -> Answer {
        send(&self.client, path, &format!("Badger {}", self.token), body)
    }

    pub(super) fn check(&self, body: &Value) -> Value {
        self.send(PATH, body).data()
    }

    /// Checks that the token is invalid, and that every field of the answer says so.
    #[track_caller]
    fn check_invalid(&self, body: &Value) {
        let expected = json!({
            "valid": false, "is_invalid_token": true, "is_blacklisted": false,
            "blacklisted": null, "user": null, "token_type": "bearer",
            "access_token": body["access_token"],
        });
        assert_eq!(self.check(body), expected, "{body}");
    }
}

fn send(client: &Client, path: &str, authorization: &str, body: &Value) -> Answer {
    let headers = [JSON, ("Authorization", authorization)];
    client.send("POST", path, &headers, body.to_string().as_bytes())
}

/// `ada` as relays see her.
fn profile() -> Value {
    json!({ "id": 1, "display": "Ada L.", "server": "localhost:53032", "username": "ada" })
}

pub(super) fn question(token: &str) -> Value {
    json!({ "access_token": token, "user_id": 1, "token_type": "bearer", "ip": "192.0.2.1" })
}

#[test]
fn token_with_a_session_is_valid_on_every_path() {
    let app = serve();
    let relay = Relay::add(&app);
    for path in PATHS {
        let answer = relay.send(path, &question(&app.ada.token));
        assert_eq!(
            answer.data(),
            json!({
                "valid": true, "is_invalid_token": false, "is_blacklisted": false,
                "blacklisted": null, "user": profile(),
                "token_type": "bearer", "access_token": app.ada.token,
            }),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn scheme_and_type_are_taken_in_any_case_and_the_ip_is_optional() {
    let app = serve();
    let relay = Relay::add(&app);
    for (scheme, kind) in [("badger", "Bearer"), ("BADGER", "BEARER"), ("Badger", "bearer")] {
        let body = json!({ "access_token": app.ada.token, "user_id": 1, "token_type": kind });
        assert_eq!(
            send(&app.client(), PATH, &format!("{scheme} {}", relay.token), &body).data()["valid"],
            true
        );
    }
    let mut body = question(&app.ada.token);
    body["ip"] = Value::Null;
    body["more"] = json!([]);
    assert_eq!(relay.check(&body)["valid"], true);
}

#[test]
fn malformed_token_is_not_valid() {
    let app = serve();
    let relay = Relay::add(&app);
    let (head, signature) = app.ada.token.rsplit_once('.').unwrap();
    let bob = app.log_in("bob").token;
    for token in
        ["", "x", "x.y.z", &format!("{head}."), &format!("{head}.x{signature}"), &bob, &relay.token]
    {
        relay.check_invalid(&question(token));
    }
}

#[test]
fn token_of_another_user_than_claimed_is_not_valid() {
    let app = serve();
    let relay = Relay::add(&app);
    for id in [2, 77] {
        let mut body = question(&app.ada.token);
        body["user_id"] = id.into();
        relay.check_invalid(&body);
    }
}

#[test]
fn check_without_a_user_id_answers_the_user() {
    let app = serve();
    let relay = Relay::add(&app);
    for id in [json!(0), json!("0"), Value::Null] {
        let mut body = question(&app.ada.token);
        body["user_id"] = id;
        assert_eq!(relay.check(&body)["user"]["id"], 1, "{body}");
    }
    assert_eq!(relay.check(&json!({ "access_token": app.ada.token }))["valid"], true);
    relay.check_invalid(&json!({ "access_token": "x.y.z" }));
}

#[test]
fn relay_reports_itself_whatever_it_sends() {
    let app = serve();
    let relay = Relay::add(&app);
    let path = "/api/relays/update";
    let badger = format!("Badger {}", relay.token);
    for body in ["", "{}", "[1, 2", "not JSON \u{1f319}", &"x".repeat(100_000)] {
        for headers in [
            &[("Authorization", badger.as_str())][..],
            &[("Authorization", &badger), ("Content-Type", "text/plain")],
        ] {
            let data = app.client().send("POST", path, headers, body.as_bytes()).data();
            assert!(data["next_update"].as_u64().unwrap() < 65_536);
            let expected = json!({
                "relay": "eu-1", "server": "localhost:53032", "instances": [],
                "next_update": data["next_update"],
            });
            assert_eq!(data, expected);
        }
    }
    let coded = [("Authorization", badger.as_str()), ("Content-Encoding", "gzip")];
    for size in [0, 10, 1 << 20] {
        assert_eq!(
            app.client().send("POST", path, &coded, &vec![b'x'; size]).data()["relay"],
            "eu-1"
        );
    }
    for authorization in ["Badger x", &format!("Bearer {}", app.ada.token)] {
        app.client()
            .send("POST", path, &[("Authorization", authorization)], b"{}")
            .refused(NOT_LOGGED, path);
    }
}

#[test]
fn token_whose_session_ended_is_not_valid() {
    let app = serve();
    let relay = Relay::add(&app);
    app.ada.post("/api/auth/logout", &json!({})).data();
    relay.check_invalid(&question(&app.ada.token));
    let ada = app.log_in("ada");
    app.nox("session revoke --user ada");
    relay.check_invalid(&question(&ada.token));
    let ada = app.log_in("ada");
    app.instance.sql("UPDATE sessions SET expires_at = 1");
    relay.check_invalid(&question(&ada.token));
    app.nox("user remove ada --yes");
    relay.check_invalid(&question(&ada.token));
}

#[test]
fn token_of_a_suspended_user_is_blacklisted_and_not_valid() {
    let app = serve();
    let relay = Relay::add(&app);
    app.nox("user disable ada");
    for path in PATHS {
        let data = relay.send(path, &question(&app.ada.token)).data();
        assert_eq!(
            data,
            json!({
                "valid": false, "is_invalid_token": false, "is_blacklisted": true,
                "blacklisted": { "id": 1, "expires": 0, "reason": "" },
                "user": profile(),
                "token_type": "bearer", "access_token": app.ada.token,
            }),
            "{path}"
        );
    }
    // The id of another user makes the token invalid, suspended or not.
    let mut other = question(&app.ada.token);
    other["user_id"] = 2.into();
    relay.check_invalid(&other);
    app.instance.ok(
        &["user", "disable", "ada", "--until", "2100-01-01T00:00:00Z", "--reason", "Spam, again"],
        "",
    );
    let entry = json!({ "id": 1, "expires": 4_102_444_800_000_i64, "reason": "Spam, again" });
    assert_eq!(relay.check(&question(&app.ada.token))["blacklisted"], entry);
    app.nox("user enable ada");
    relay.check_invalid(&question(&app.ada.token));
    let again = app.log_in("ada");
    assert_eq!(relay.check(&question(&again.token))["valid"], true);
}

#[test]
fn check_without_a_relays_token_is_refused() {
    let app = serve();
    let relay = Relay::add(&app);
    let body = question(&app.ada.token);
    app.client().post(PATH, &body).refused(NOT_LOGGED, PATH);
    for authorization in [
        String::new(),
        "Badger".into(),
        "Badger ".into(),
        "Badger x".into(),
        format!("Badger {}x", relay.token),
        format!("Badger {}", &relay.token[1..]),
        format!("Bearer {}", relay.token),
        format!("Badger {}", app.ada.token),
        format!("Bearer {}", app.ada.token),
        relay.token.clone(),
    ] {
        for path in PATHS.iter().filter(|path| !path.starts_with("/api/v2/relays")) {
            send(&app.client(), path, &authorization, &body).refused(NOT_LOGGED, path);
        }
        send(&app.client(), "/api/v2/relays/checkbearer", &authorization, &body)
            .refused_as("UNAUTHORIZED", 401);
    }
    app.nox("relay remove eu-1");
    relay.send(PATH, &body).refused(NOT_LOGGED, PATH);
}

#[test]
fn relay_token_opens_no_session() {
    let app = serve();
    let relay = Relay::add(&app);
    app.client().me(&relay.token).refused(NOT_LOGGED, ME);
}

#[test]
fn check_with_an_invalid_field_is_refused_by_its_name() {
    let app = serve();
    let relay = Relay::add(&app);
    for (field, values) in [
        ("access_token", vec![json!(null), json!(7), json!(["x"]), json!({})]),
        (
            "user_id",
            vec![json!(-1), json!(4_294_967_296_u64), json!(1.5), json!("ada"), json!([1])],
        ),
        ("token_type", vec![json!("badger"), json!(""), json!(7), json!(["bearer"])]),
    ] {
        for value in values {
            let mut body = question(&app.ada.token);
            body[field] = value;
            let clause = relay.send(PATH, &body).refused_field(field, PATH);
            assert!(clause.starts_with("must be "), "{body}: {clause}");
            relay.send("/api/v2/relay/checkbearer", &body).refused_as("VALIDATION_ERROR", 422);
        }
    }
}

#[test]
fn missing_relay_token_is_reported_before_anything_else() {
    let app = serve();
    for body in [json!({}), json!({ "access_token": 7 })] {
        app.client().post(PATH, &body).refused(NOT_LOGGED, PATH);
        send(&app.client(), PATH, "Badger x", &body).refused(NOT_LOGGED, PATH);
    }
}
