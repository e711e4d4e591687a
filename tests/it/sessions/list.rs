//! `/api/users/@me/sessions`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{
    INVALID_FIELD, JSON, LOGIN, ME, NOT_LOGGED, SESSION_NOT_FOUND, TestApp, UNAUTHORIZED, User,
};

pub(super) const PATH: &str = "/api/users/@me/sessions";

/// The id of the user's own session.
pub(super) fn own_id(person: &User) -> String {
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
pub(super) fn assert_ended(person: &User) {
    person.get(ME).refused(NOT_LOGGED, ME);
}

#[test]
fn session_shows_its_times_and_device() {
    let app = TestApp::builder().user("bob").serve();
    let headers = [JSON, ("User-Agent", "Nox/1.0 (Unity)"), ("X-Forwarded-For", "192.0.2.7")];
    let body = br#"{ "identifier": "ada", "password": "hunter22" }"#;
    let login = app.client().send("POST", LOGIN, &headers, body);
    let bearer = format!("Bearer {}", login.token());
    let answer = app.client().get(PATH, &[("Authorization", &bearer)]);
    let list = answer.data();
    let session = &list["sessions"][0];
    let (created, seen) = (&login.json()["data"]["created_at"], &session["last_seen"]);
    let expires = &login.json()["data"]["expires"];
    assert_eq!(
        list,
        json!({
            "total": 1, "query": null, "limit": 10, "offset": 0,
            "sessions": [{
                "id": session["id"], "current": true, "created_at": created, "expires": expires,
                "expires_at": expires, "last_seen": seen, "active": true, "public_key": "",
                "devices": [
                    { "ip": "192.0.2.7", "user_agent": "Nox/1.0 (Unity)", "last_seen": seen },
                ],
            }],
        })
    );
    assert!(seen.as_i64() >= created.as_i64());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let one = app
        .client()
        .get(&format!("{PATH}/{}", session["id"].as_str().unwrap()), &[("Authorization", &bearer)]);
    assert_eq!(&one.data(), session);
}

#[test]
fn session_list_is_the_users_own_newest_first_and_paged() {
    let app = TestApp::builder().user("bob").serve();
    let people: Vec<_> = (0..12).map(|_| app.log_in("ada")).collect();
    app.log_in("bob");
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
        let message = people[3].get(&path).refused(INVALID_FIELD, &path);
        assert!(message.contains(query.split('=').next().unwrap()), "{message}");
    }
    app.client().get(PATH, &[]).refused(NOT_LOGGED, PATH);
}

#[test]
fn revocation_tells_whether_it_was_the_current_session() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, other) = (app.log_in("ada"), app.log_in("ada"));
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
fn other_sessions_are_revoked_together() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, bob) = (app.log_in("ada"), app.log_in("bob"));
    let others = [app.log_in("ada"), app.log_in("ada")];
    assert_eq!(ada.delete(PATH).data(), json!({ "success": true, "logout": false }));
    others.iter().for_each(assert_ended);
    assert_eq!((ada.get(PATH).data()["total"].clone(), bob.get(PATH).status), (json!(1), 200));
}

#[test]
fn session_of_another_user_is_not_found() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, bob) = (app.log_in("ada"), app.log_in("bob"));
    let revoked = app.log_in("ada");
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
            assert_eq!(answer.refused(SESSION_NOT_FOUND, &path), "Session not found.");
        }
        ada.get(&format!("/api/v2/users/@me/sessions/{id}")).refused_as("NOT_FOUND", 404);
    }
    assert_eq!(bob.get(ME).status, 200);
}

#[test]
fn expired_session_is_not_found() {
    let app = TestApp::builder().user("bob").serve();
    let (ada, other) = (app.log_in("ada"), app.log_in("ada"));
    let gone = own_id(&other);
    let expire = "UPDATE sessions SET expires_at = 1 WHERE hex(id) = upper(replace(?1, '-', ''))";
    assert_eq!(app.instance.database().execute(expire, [&gone]).unwrap(), 1);
    assert_eq!(ids(&ada.get(PATH).data()), [own_id(&ada)]);
    let path = format!("{PATH}/{gone}");
    for answer in [ada.get(&path), ada.delete(&path)] {
        answer.refused(SESSION_NOT_FOUND, &path);
    }
    assert_eq!(app.instance.run(&["session", "revoke", &gone], "").status, 3);
}

#[test]
fn revocation_by_cookie_needs_the_servers_own_origin() {
    let app = TestApp::builder().user("bob").serve();
    let login = app.try_password();
    let cookie = login.cookie();
    let other = app.log_in("ada");
    let path = format!("{PATH}/{}", own_id(&other));
    for path in [PATH, &path] {
        for headers in [&[][..], &[("Origin", "https://evil.example")]] {
            let headers = [headers, &[("Cookie", &cookie)]].concat();
            app.client().send("DELETE", path, &headers, b"").refused(UNAUTHORIZED, path);
            app.client()
                .send("DELETE", &format!("/api/v2{}", &path[4..]), &headers, b"")
                .refused_as("FORBIDDEN", 403);
        }
    }
    assert_eq!(other.get(PATH).data()["total"], 2);
}
