//! What a session shows of its client: address, key, and whether it is active.

use serde_json::json;

use crate::harness::{Answer, JSON, LOGIN, ME, NOT_LOGGED, TestApp, USER_NOT_FOUND, User};

const LIST: &str = "/api/users/@me/sessions";
const CURRENT: &str = "/api/users/@me/session";
/// The Ed25519 key of RFC 8410, 10.1, and its SHA-256 by openssl and sha256sum.
const KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
const FINGERPRINT: &str = "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f";

fn log_in(app: &TestApp, headers: &[(&str, &str)], key: Option<&str>) -> User {
    let body = json!({ "identifier": "ada", "password": "hunter22", "public_key": key });
    let headers = [headers, &[JSON]].concat();
    let answer = app.client().send("POST", LOGIN, &headers, body.to_string().as_bytes());
    User::new(app.client(), answer.token())
}

fn total(answer: &Answer) -> i64 {
    let data = answer.data();
    assert_eq!(data["total"], data["sessions"].as_array().unwrap().len());
    data["total"].as_i64().unwrap()
}

#[test]
fn current_session_is_the_one_in_the_list() {
    let app = TestApp::logged_in();
    log_in(&app, &[], None);
    for prefix in ["/api", "/api/v2"] {
        let list = app.ada.get(&format!("{prefix}/users/@me/sessions")).data();
        let current = list["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|session| session["current"] == true)
            .unwrap();
        assert_eq!(&app.ada.get(&format!("{prefix}/users/@me/session")).data(), current);
    }
    app.client().get(CURRENT, &[]).refused(NOT_LOGGED, CURRENT);
}

#[test]
fn session_without_user_agent_and_key_shows_empty_texts() {
    let app = TestApp::logged_in();
    // The client of these tests sends a user agent unless it is given an empty one.
    let silent = log_in(&app, &[("User-Agent", "")], None);
    let session = silent.get(CURRENT).data();
    assert_eq!(
        (&session["devices"][0]["user_agent"], &session["public_key"]),
        (&json!(""), &json!(""))
    );
}

#[test]
fn sessions_show_their_key_and_are_found_by_its_fingerprint() {
    let app = TestApp::builder().user("bob").session().serve();
    let with_key = log_in(&app, &[], Some(KEY));
    assert_eq!(with_key.get(CURRENT).data()["public_key"], KEY);
    let upper = FINGERPRINT.to_uppercase();
    for path in ["/api/users/ada", "/api/v2/users/u:1@localhost:53032", ME] {
        for print in [FINGERPRINT, &upper] {
            assert_eq!(app.ada.get(&format!("{path}?fp={print}")).data()["id"], 1, "{path}");
        }
    }
    let other = "0".repeat(64);
    for path in [
        format!("/api/users/ada?fp={other}"),
        format!("/api/users/bob?fp={FINGERPRINT}"),
        format!("/api/users/@me?fp={other}"),
    ] {
        app.ada.get(&path).refused(USER_NOT_FOUND, &path);
    }
    for none in
        ["", "x", &FINGERPRINT[1..], &format!("{FINGERPRINT}0"), &format!("g{}", &FINGERPRINT[1..])]
    {
        for user in ["ada", "@me"] {
            let path = format!("/api/users/{user}?fp={none}");
            let clause = app.ada.get(&path).refused_field("fp", &path);
            assert!(clause.starts_with("must be "), "{clause}");
        }
    }
    with_key.post_nothing("/api/auth/logout").data();
    let path = format!("/api/users/ada?fp={FINGERPRINT}");
    app.ada.get(&path).refused(USER_NOT_FOUND, &path);
}

#[test]
fn session_list_is_filtered_by_address() {
    let app = TestApp::logged_in();
    log_in(&app, &[("X-Forwarded-For", "192.0.2.7")], None);
    log_in(&app, &[("X-Forwarded-For", "2001:db8::1")], None);
    assert_eq!(total(&app.ada.get(LIST)), 3);
    for (ip, count) in [
        ("192.0.2.7", 1),
        ("2001:DB8:0::1", 1),
        ("127.0.0.1", 1),
        ("192.0.2.8", 0),
        ("nonsense", 0),
    ] {
        assert_eq!(total(&app.ada.get(&format!("{LIST}?ip={ip}"))), count, "{ip}");
    }
    let none = app.ada.get(&format!("{LIST}?ip=192.0.2.7&limit=0")).data();
    assert_eq!((&none["total"], &none["sessions"]), (&json!(1), &json!([])));
}

#[test]
fn session_is_active_for_five_minutes_after_a_request() {
    let app = TestApp::logged_in();
    let old = log_in(&app, &[], None);
    let list = |person: &User| {
        let data = person.get(LIST).data();
        data["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["active"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&app.ada), [true, true]);
    app.instance.sql("UPDATE sessions SET last_seen_at = last_seen_at - 290000");
    assert_eq!(list(&app.ada), [true, true]);
    app.instance.sql("UPDATE sessions SET last_seen_at = last_seen_at - 20000");
    // The newest session comes first; the asking one is active by its request.
    assert_eq!(list(&app.ada), [false, true]);
    drop(old);
}

#[test]
fn session_list_clamps_its_numbers() {
    let app = TestApp::logged_in();
    (0..11).for_each(|_| drop(log_in(&app, &[], None)));
    for (query, count, limit, offset) in [
        ("limit=0", 0, 0, 0_u32),
        ("limit=-5&offset=-1", 0, 0, 0),
        ("limit=101", 12, 100, 0),
        ("limit=99999999999999999999&offset=10", 2, 100, 10),
        ("offset=99999999999999999999", 0, 10, u32::MAX),
    ] {
        let part = app.ada.get(&format!("{LIST}?{query}")).data();
        let about = (
            part["sessions"].as_array().unwrap().len(),
            &part["limit"],
            &part["offset"],
            &part["total"],
        );
        assert_eq!(about, (count, &json!(limit), &json!(offset), &json!(12)), "{query}");
    }
}
