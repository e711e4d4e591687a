//! Relays: `nox relay`, and whether a user's token is good.

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, Person, Server};

pub(super) const PATH: &str = "/api/relays/checkbearer";

const PATHS: [&str; 4] =
    [PATH, "/api/relay/checkbearer", "/api/v2/relays/checkbearer", "/api/v2/api/relay/checkbearer"];

/// `ada` and `bob` with a session of `ada`'s, and the token of a relay.
pub(super) fn serve() -> (Instance, Server, Person, String) {
    let instance = Instance::new();
    instance.ok(&["user", "add", "ada", "--display", "Ada L.", "--password-stdin"], "hunter22");
    instance.add_user("bob", "hunter22");
    let relay = instance.ok(&["relay", "add", "eu-1"], "").trim_end().to_owned();
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    (instance, server, ada, relay)
}

pub(super) fn send(server: &Server, path: &str, authorization: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("Authorization", authorization)];
    server.client().send("POST", path, &headers, body.to_string().as_bytes())
}

pub(super) fn question(token: &str) -> Value {
    json!({ "access_token": token, "user_id": 1, "token_type": "bearer", "ip": "192.0.2.1" })
}

pub(super) fn check(server: &Server, relay: &str, body: &Value) -> Value {
    send(server, PATH, &format!("Badger {relay}"), body).data()
}

/// Checks that the token is a bad one, and that the answer says so in every way.
#[track_caller]
pub(super) fn assert_invalid(server: &Server, relay: &str, body: &Value) {
    let expected = json!({
        "valid": false, "is_invalid_token": true, "is_blacklisted": false, "blacklisted": null, "user": null,
        "token_type": "bearer", "access_token": body["access_token"],
    });
    assert_eq!(check(server, relay, body), expected, "{body}");
}

#[test]
fn a_good_token_is_valid_on_every_path() {
    let (_instance, server, ada, relay) = serve();
    for path in PATHS {
        let answer = send(&server, path, &format!("Badger {relay}"), &question(&ada.token));
        assert_eq!(
            answer.data(),
            json!({
                "valid": true, "is_invalid_token": false, "is_blacklisted": false, "blacklisted": null,
                "user": { "id": 1, "display": "Ada L.", "server": "localhost:53032", "username": "ada" },
                "token_type": "bearer", "access_token": ada.token,
            }),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn the_scheme_and_the_type_are_taken_in_any_case_and_the_address_may_lack() {
    let (_instance, server, ada, relay) = serve();
    for (scheme, kind) in [("badger", "Bearer"), ("BADGER", "BEARER"), ("Badger", "bearer")] {
        let body = json!({ "access_token": ada.token, "user_id": 1, "token_type": kind });
        assert_eq!(send(&server, PATH, &format!("{scheme} {relay}"), &body).data()["valid"], true);
    }
    let body = json!({ "access_token": ada.token, "user_id": 1, "token_type": "bearer", "ip": null, "more": [] });
    assert_eq!(check(&server, &relay, &body)["valid"], true);
}

#[test]
fn a_token_that_is_none_is_not_valid() {
    let (_instance, server, ada, relay) = serve();
    let (head, signature) = ada.token.rsplit_once('.').unwrap();
    let bob = Person::log_in(&server, "bob").token;
    for token in
        ["", "x", "x.y.z", &format!("{head}."), &format!("{head}.x{signature}"), &bob, &relay]
    {
        assert_invalid(&server, &relay, &question(token));
    }
}

#[test]
fn a_token_of_somebody_else_than_the_relay_thinks_is_not_valid() {
    let (_instance, server, ada, relay) = serve();
    for id in [2, 77] {
        let mut body = question(&ada.token);
        body["user_id"] = id.into();
        assert_invalid(&server, &relay, &body);
    }
}

#[test]
fn a_relay_that_has_no_thought_of_whose_token_it_is_is_told() {
    let (_instance, server, ada, relay) = serve();
    for id in [json!(0), json!("0"), Value::Null] {
        let mut body = question(&ada.token);
        body["user_id"] = id;
        assert_eq!(check(&server, &relay, &body)["user"]["id"], 1, "{body}");
    }
    assert_eq!(check(&server, &relay, &json!({ "access_token": ada.token }))["valid"], true);
    assert_invalid(&server, &relay, &json!({ "access_token": "x.y.z" }));
}

#[test]
fn a_relay_says_that_it_is_there_whatever_it_sends_along() {
    let (_instance, server, ada, relay) = serve();
    let path = "/api/relays/update";
    let badger = format!("Badger {relay}");
    for body in ["", "{}", "[1, 2", "not JSON \u{1f319}", &"x".repeat(100_000)] {
        for headers in [
            &[("Authorization", badger.as_str())][..],
            &[("Authorization", &badger), ("Content-Type", "text/plain")],
        ] {
            let data = server.client().send("POST", path, headers, body.as_bytes()).data();
            assert!(data["next_update"].as_u64().unwrap() < 65_536);
            let expected = json!({
                "relay": "eu-1", "server": "localhost:53032", "instances": [], "next_update": data["next_update"],
            });
            assert_eq!(data, expected);
        }
    }
    let coded = [("Authorization", badger.as_str()), ("Content-Encoding", "gzip")];
    for size in [0, 10, 1 << 20] {
        assert_eq!(
            server.client().send("POST", path, &coded, &vec![b'x'; size]).data()["relay"],
            "eu-1"
        );
    }
    for authorization in ["Badger x", &format!("Bearer {}", ada.token)] {
        server
            .client()
            .send("POST", path, &[("Authorization", authorization)], b"{}")
            .failure(7, 401, path);
    }
}

#[test]
fn a_token_whose_session_ended_is_not_valid() {
    let (instance, server, ada, relay) = serve();
    ada.post("/api/auth/logout", &json!({})).data();
    assert_invalid(&server, &relay, &question(&ada.token));
    let ada = Person::log_in(&server, "ada");
    instance.ok(&["session", "revoke", "--user", "ada"], "");
    assert_invalid(&server, &relay, &question(&ada.token));
    let ada = Person::log_in(&server, "ada");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE sessions SET expires_at = 1", []).unwrap();
    assert_invalid(&server, &relay, &question(&ada.token));
    instance.ok(&["user", "remove", "ada", "--yes"], "");
    assert_invalid(&server, &relay, &question(&ada.token));
}

#[test]
fn a_banned_user_is_blacklisted_and_not_valid() {
    let (instance, server, ada, relay) = serve();
    instance.ok(&["user", "disable", "ada"], "");
    for path in PATHS {
        let data = send(&server, path, &format!("Badger {relay}"), &question(&ada.token)).data();
        assert_eq!(
            data,
            json!({
                "valid": false, "is_invalid_token": false, "is_blacklisted": true,
                "blacklisted": { "id": 1, "expires": 0, "reason": "" },
                "user": { "id": 1, "display": "Ada L.", "server": "localhost:53032", "username": "ada" },
                "token_type": "bearer", "access_token": ada.token,
            }),
            "{path}"
        );
    }
    // Another user's id stands for nobody, banned or not.
    let mut other = question(&ada.token);
    other["user_id"] = 2.into();
    assert_invalid(&server, &relay, &other);
    instance.ok(
        &["user", "disable", "ada", "--until", "2100-01-01T00:00:00Z", "--reason", "Spam, again"],
        "",
    );
    let entry = json!({ "id": 1, "expires": 4_102_444_800_000_i64, "reason": "Spam, again" });
    assert_eq!(check(&server, &relay, &question(&ada.token))["blacklisted"], entry);
    instance.ok(&["user", "enable", "ada"], "");
    assert_invalid(&server, &relay, &question(&ada.token));
    let again = Person::log_in(&server, "ada");
    assert_eq!(check(&server, &relay, &question(&again.token))["valid"], true);
}

#[test]
fn only_a_relay_may_ask() {
    let (instance, server, ada, relay) = serve();
    let body = question(&ada.token);
    server.client().post(PATH, &body).failure(7, 401, PATH);
    for authorization in [
        String::new(),
        "Badger".into(),
        "Badger ".into(),
        "Badger x".into(),
        format!("Badger {relay}x"),
        format!("Badger {}", &relay[1..]),
        format!("Bearer {relay}"),
        format!("Badger {}", ada.token),
        format!("Bearer {}", ada.token),
        relay.clone(),
    ] {
        for path in PATHS.iter().filter(|path| !path.starts_with("/api/v2/relays")) {
            send(&server, path, &authorization, &body).failure(7, 401, path);
        }
        send(&server, "/api/v2/relays/checkbearer", &authorization, &body)
            .named_failure("UNAUTHORIZED", 401);
    }
    instance.ok(&["relay", "remove", "eu-1"], "");
    send(&server, PATH, &format!("Badger {relay}"), &body).failure(7, 401, PATH);
}

#[test]
fn a_relays_token_opens_no_session() {
    let (_instance, server, _ada, relay) = serve();
    server.client().me(&relay).failure(7, 401, "/api/users/@me");
}

#[test]
fn each_field_has_its_rule() {
    let (_instance, server, ada, relay) = serve();
    for (field, values) in [
        ("access_token", vec![json!(null), json!(7), json!(["x"]), json!({})]),
        (
            "user_id",
            vec![json!(-1), json!(4_294_967_296_u64), json!(1.5), json!("ada"), json!([1])],
        ),
        ("token_type", vec![json!("badger"), json!(""), json!(7), json!(["bearer"])]),
    ] {
        for value in values {
            let mut body = question(&ada.token);
            body[field] = value;
            let message =
                send(&server, PATH, &format!("Badger {relay}"), &body).failure(5, 400, PATH);
            assert!(
                message.starts_with(&format!("Invalid field: {field}, must be ")),
                "{body}: {message}"
            );
            send(&server, "/api/v2/relay/checkbearer", &format!("Badger {relay}"), &body)
                .named_failure("VALIDATION_ERROR", 422);
        }
    }
}

#[test]
fn whoever_is_no_relay_is_told_so_before_anything_else() {
    let (_instance, server, _ada, _relay) = serve();
    for body in [json!({}), json!({ "access_token": 7 })] {
        server.client().post(PATH, &body).failure(7, 401, PATH);
        send(&server, PATH, "Badger x", &body).failure(7, 401, PATH);
    }
}
