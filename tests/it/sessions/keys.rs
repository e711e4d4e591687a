//! What a session says of its client: its address, its key, and whether it is active.

use serde_json::json;

use crate::harness::{Answer, Person, Server};

const LIST: &str = "/api/users/@me/sessions";
const CURRENT: &str = "/api/users/@me/session";
/// The Ed25519 key of RFC 8410, 10.1, and its SHA-256 by openssl and sha256sum.
const KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
const FINGERPRINT: &str = "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f";

fn log_in(server: &Server, headers: &[(&str, &str)], key: Option<&str>) -> Person {
    let body = json!({ "identifier": "ada", "password": "hunter22", "public_key": key });
    let headers = [headers, &[("Content-Type", "application/json")]].concat();
    let answer =
        server.client().send("POST", "/api/auth/login", &headers, body.to_string().as_bytes());
    Person::with_token(server, answer.token())
}

fn total(answer: &Answer) -> i64 {
    let data = answer.data();
    assert_eq!(data["total"], data["sessions"].as_array().unwrap().len());
    data["total"].as_i64().unwrap()
}

#[test]
fn the_current_session_is_the_one_in_the_list() {
    let (_instance, server, ada) = Person::at_home("");
    log_in(&server, &[], None);
    for prefix in ["/api", "/api/v2"] {
        let list = ada.get(&format!("{prefix}/users/@me/sessions")).data();
        let current = list["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|session| session["current"] == true)
            .unwrap();
        assert_eq!(&ada.get(&format!("{prefix}/users/@me/session")).data(), current);
    }
    server.client().get(CURRENT, &[]).failure(7, 401, CURRENT);
}

#[test]
fn a_client_that_says_nothing_has_an_empty_user_agent_and_no_key() {
    let (_instance, server, _ada) = Person::at_home("");
    // The client of these tests sends a user agent by itself, unless it is told an empty one.
    let silent = log_in(&server, &[("User-Agent", "")], None);
    let session = silent.get(CURRENT).data();
    assert_eq!(
        (&session["devices"][0]["user_agent"], &session["public_key"]),
        (&json!(""), &json!(""))
    );
}

#[test]
fn sessions_show_their_key_and_are_found_by_its_fingerprint() {
    let (instance, server, ada) = Person::at_home("");
    instance.add_user("bob", "hunter22");
    let with_key = log_in(&server, &[], Some(KEY));
    assert_eq!(with_key.get(CURRENT).data()["public_key"], KEY);
    let upper = FINGERPRINT.to_uppercase();
    for path in ["/api/users/ada", "/api/v2/users/u:1@localhost:53032", "/api/users/@me"] {
        for print in [FINGERPRINT, &upper] {
            assert_eq!(ada.get(&format!("{path}?fp={print}")).data()["id"], 1, "{path}");
        }
    }
    let other = "0".repeat(64);
    for path in [
        format!("/api/users/ada?fp={other}"),
        format!("/api/users/bob?fp={FINGERPRINT}"),
        format!("/api/users/@me?fp={other}"),
    ] {
        ada.get(&path).failure(2, 404, &path);
    }
    for none in
        ["", "x", &FINGERPRINT[1..], &format!("{FINGERPRINT}0"), &format!("g{}", &FINGERPRINT[1..])]
    {
        for user in ["ada", "@me"] {
            let path = format!("/api/users/{user}?fp={none}");
            assert!(
                ada.get(&path).failure(5, 400, &path).starts_with("Invalid field: fp, must be ")
            );
        }
    }
    with_key.ask("/api/auth/logout").data();
    let path = format!("/api/users/ada?fp={FINGERPRINT}");
    ada.get(&path).failure(2, 404, &path);
}

#[test]
fn an_address_filters_the_list() {
    let (_instance, server, ada) = Person::at_home("");
    log_in(&server, &[("X-Forwarded-For", "192.0.2.7")], None);
    log_in(&server, &[("X-Forwarded-For", "2001:db8::1")], None);
    assert_eq!(total(&ada.get(LIST)), 3);
    for (ip, count) in [
        ("192.0.2.7", 1),
        ("2001:DB8:0::1", 1),
        ("127.0.0.1", 1),
        ("192.0.2.8", 0),
        ("nonsense", 0),
    ] {
        assert_eq!(total(&ada.get(&format!("{LIST}?ip={ip}"))), count, "{ip}");
    }
    let none = ada.get(&format!("{LIST}?ip=192.0.2.7&limit=0")).data();
    assert_eq!((&none["total"], &none["sessions"]), (&json!(1), &json!([])));
}

#[test]
fn a_session_is_active_for_five_minutes_after_a_request() {
    let (instance, server, ada) = Person::at_home("");
    let old = log_in(&server, &[], None);
    let list = |person: &Person| {
        let data = person.get(LIST).data();
        data["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["active"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&ada), [true, true]);
    instance.sql("UPDATE sessions SET last_seen_at = last_seen_at - 290000");
    assert_eq!(list(&ada), [true, true]);
    instance.sql("UPDATE sessions SET last_seen_at = last_seen_at - 20000");
    // The newest comes first; the one that asks is active by asking.
    assert_eq!(list(&ada), [false, true]);
    drop(old);
}

#[test]
fn numbers_out_of_their_range_are_moved_into_it() {
    let (_instance, server, ada) = Person::at_home("");
    (0..11).for_each(|_| drop(log_in(&server, &[], None)));
    for (query, count, limit, offset) in [
        ("limit=0", 0, 0, 0_u32),
        ("limit=-5&offset=-1", 0, 0, 0),
        ("limit=101", 12, 100, 0),
        ("limit=99999999999999999999&offset=10", 2, 100, 10),
        ("offset=99999999999999999999", 0, 10, u32::MAX),
    ] {
        let part = ada.get(&format!("{LIST}?{query}")).data();
        let about = (
            part["sessions"].as_array().unwrap().len(),
            &part["limit"],
            &part["offset"],
            &part["total"],
        );
        assert_eq!(about, (count, &json!(limit), &json!(offset), &json!(12)), "{query}");
    }
}
