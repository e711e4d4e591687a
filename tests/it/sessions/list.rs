//! `/api/users/@me/sessions` and `nox session`.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::{Instance, Person, Server};

pub(super) const PATH: &str = "/api/users/@me/sessions";

pub(super) fn serve() -> (Instance, Server) {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.add_user("bob", "hunter22");
    let server = instance.serve();
    (instance, server)
}

/// The id of the session that asks.
pub(super) fn own_id(person: &Person) -> String {
    let list = person.get(PATH).data();
    let own: Vec<_> = list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|session| session["current"] == true)
        .collect();
    assert_eq!(own.len(), 1);
    own[0]["id"].as_str().unwrap().into()
}

pub(super) fn ids(list: &Value) -> Vec<&str> {
    list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["id"].as_str().unwrap())
        .collect()
}

#[track_caller]
pub(super) fn assert_ended(person: &Person) {
    person.get("/api/users/@me").failure(7, 401, "/api/users/@me");
}

pub(super) fn database(instance: &Instance) -> Connection {
    Connection::open(instance.path("nox.db")).unwrap()
}

#[test]
fn a_session_shows_its_times_and_its_device() {
    let (_instance, server) = serve();
    let headers = [
        ("Content-Type", "application/json"),
        ("User-Agent", "Nox/1.0 (Unity)"),
        ("X-Forwarded-For", "192.0.2.7"),
    ];
    let body = br#"{ "identifier": "ada", "password": "hunter22" }"#;
    let login = server.client().send("POST", "/api/auth/login", &headers, body);
    let bearer = format!("Bearer {}", login.token());
    let answer = server.client().get(PATH, &[("Authorization", &bearer)]);
    let list = answer.data();
    let session = &list["sessions"][0];
    let (created, seen) = (&login.json()["data"]["created_at"], &session["last_seen"]);
    let expires = &login.json()["data"]["expires"];
    assert_eq!(
        list,
        json!({
            "total": 1, "query": null, "limit": 10, "offset": 0,
            "sessions": [{
                "id": session["id"], "current": true, "created_at": created, "expires": expires, "expires_at": expires,
                "last_seen": seen, "active": true, "public_key": "",
                "devices": [{ "ip": "192.0.2.7", "user_agent": "Nox/1.0 (Unity)", "last_seen": seen }],
            }],
        })
    );
    assert!(seen.as_i64() >= created.as_i64());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let one = server
        .client()
        .get(&format!("{PATH}/{}", session["id"].as_str().unwrap()), &[("Authorization", &bearer)]);
    assert_eq!(&one.data(), session);
}

#[test]
fn the_list_is_ones_own_newest_first_and_in_parts() {
    let (_instance, server) = serve();
    let people: Vec<_> = (0..12).map(|_| Person::log_in(&server, "ada")).collect();
    Person::log_in(&server, "bob");
    let list = people[3].get(PATH).data();
    assert_eq!((&list["total"], ids(&list).len()), (&json!(12), 10));
    let whole = people[3].get(&format!("{PATH}?limit=100")).data();
    let created: Vec<_> = whole["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["created_at"].as_i64().unwrap())
        .collect();
    assert!(created.is_sorted_by(|first, second| first >= second), "{created:?}");
    assert_eq!(ids(&whole).iter().collect::<BTreeSet<_>>().len(), 12);
    let part = people[3].get(&format!("{PATH}?limit=5&offset=10")).data();
    assert_eq!((ids(&part), &part["total"]), (ids(&whole)[10..].to_vec(), &json!(12)));
    assert_eq!((&part["limit"], &part["offset"]), (&json!(5), &json!(10)));
    for query in ["limit=1e9", "limit=abc", "offset=x"] {
        let path = format!("{PATH}?{query}");
        let message = people[3].get(&path).failure(5, 400, &path);
        assert!(message.contains(query.split('=').next().unwrap()), "{message}");
    }
    server.client().get(PATH, &[]).failure(7, 401, PATH);
}

#[test]
fn one_session_is_revoked_and_the_caller_is_told_whether_it_was_theirs() {
    let (_instance, server) = serve();
    let (ada, other) = (Person::log_in(&server, "ada"), Person::log_in(&server, "ada"));
    let revoked = ada.delete(&format!("{PATH}/{}", own_id(&other)));
    assert_eq!(revoked.data(), json!({ "success": true, "logout": false }));
    assert_eq!(revoked.header("set-cookie"), None);
    assert_ended(&other);
    let revoked = ada.delete(&format!("{PATH}/{}", own_id(&ada)));
    assert_eq!(revoked.data(), json!({ "success": true, "logout": true }));
    assert!(revoked.header("set-cookie").unwrap().starts_with("_uid=;"));
    assert_ended(&ada);
}

#[test]
fn every_other_session_is_revoked_at_once() {
    let (_instance, server) = serve();
    let (ada, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    let others = [Person::log_in(&server, "ada"), Person::log_in(&server, "ada")];
    assert_eq!(ada.delete(PATH).data(), json!({ "success": true, "logout": false }));
    others.iter().for_each(assert_ended);
    assert_eq!((ada.get(PATH).data()["total"].clone(), bob.get(PATH).status), (json!(1), 200));
}

#[test]
fn somebody_elses_session_is_as_if_it_did_not_exist() {
    let (_instance, server) = serve();
    let (ada, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    let revoked = Person::log_in(&server, "ada");
    let gone = own_id(&revoked);
    ada.delete(PATH).data();
    for id in [
        &own_id(&bob),
        &gone,
        "00000000-0000-0000-0000-000000000000",
        "x",
        "1",
        "%00",
        "..%2F..",
        "@me",
    ] {
        let path = format!("{PATH}/{id}");
        for answer in [ada.get(&path), ada.delete(&path)] {
            assert_eq!(answer.failure(15, 404, &path), "Session not found.");
        }
        ada.get(&format!("/api/v2/users/@me/sessions/{id}")).named_failure("NOT_FOUND", 404);
    }
    assert_eq!(bob.get("/api/users/@me").status, 200);
}

#[test]
fn an_expired_session_is_as_if_it_did_not_exist() {
    let (instance, server) = serve();
    let (ada, other) = (Person::log_in(&server, "ada"), Person::log_in(&server, "ada"));
    let gone = own_id(&other);
    let expire = "UPDATE sessions SET expires_at = 1 WHERE hex(id) = upper(replace(?1, '-', ''))";
    assert_eq!(database(&instance).execute(expire, [&gone]).unwrap(), 1);
    assert_eq!(ids(&ada.get(PATH).data()), [own_id(&ada)]);
    let path = format!("{PATH}/{gone}");
    for answer in [ada.get(&path), ada.delete(&path)] {
        answer.failure(15, 404, &path);
    }
    assert_eq!(instance.run(&["session", "revoke", &gone], "").status, 3);
}

#[test]
fn by_the_cookie_alone_only_our_own_pages_revoke() {
    let (_instance, server) = serve();
    let login = server.client().log_in("ada", "hunter22");
    let cookie = login.cookie();
    let other = Person::log_in(&server, "ada");
    let path = format!("{PATH}/{}", own_id(&other));
    for path in [PATH, &path] {
        for headers in [&[][..], &[("Origin", "https://evil.example")]] {
            let headers = [headers, &[("Cookie", &cookie)]].concat();
            server.client().send("DELETE", path, &headers, b"").failure(8, 401, path);
            server
                .client()
                .send("DELETE", &format!("/api/v2{}", &path[4..]), &headers, b"")
                .named_failure("FORBIDDEN", 403);
        }
    }
    assert_eq!(other.get(PATH).data()["total"], 2);
}
