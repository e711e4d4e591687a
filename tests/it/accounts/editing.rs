//! What users change of themselves, and who may.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use super::fields::{ME, serve};
use crate::harness::Person;

#[test]
fn good_values_are_stored_and_shown() {
    let (_instance, server, ada) = serve();
    let links = vec![format!("https://a.example/{}", "x".repeat(700)); 10];
    let tags: Vec<_> = (0..50).map(|number| format!("usr:t_{number}")).collect();
    let body = json!({
        "username": "a.b-c_1", "display": "ä".repeat(50), "email": "New@b.example", "bio": "🌙".repeat(4096),
        "links": links, "home": "ä".repeat(100), "tags": tags, "unknown": [{}], "rank": 9, "id": 7, "is_admin": true,
    });
    let changed = ada.post(ME, &body).data();
    for field in ["username", "display", "email", "bio", "links", "home"] {
        assert_eq!(changed[field], body[field], "{field}");
    }
    assert_eq!(
        (&changed["id"], &changed["rank"], &changed["email_verified"]),
        (&json!(1), &json!(0), &json!(false))
    );
    let shown: Vec<_> =
        changed["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        tags.iter().all(|tag| shown.contains(&tag.as_str())) && !shown.contains(&"sys:admin"),
        "{shown:?}"
    );
    assert_eq!(ada.get(ME).data(), changed);
    assert_eq!(server.client().log_in("a.b-c_1", "hunter22").status, 200);
    server.client().log_in("ada", "hunter22").failure(2, 404, "/api/auth/login");
}

#[test]
fn ten_links_of_full_length_keep_the_rule() {
    let (_instance, _server, ada) = serve();
    let links = vec![format!("https://a.example/{}", "x".repeat(2030)); 10];
    assert_eq!(ada.post(ME, &json!({ "links": links })).data()["links"], json!(links));
}

#[test]
fn without_the_right_nothing_is_edited_and_no_tag_of_ones_own_gives_it() {
    let (instance, _server, ada) = Person::at_home("[users]\ndefault_tags = []");
    let edit = json!({ "bio": "mine", "tags": ["usr:can_self_edit"] });
    for own in
        ["usr:can_self_edit", "usr:can_self_edit,usr:dft,can_world_create", "can_self_edit_not"]
    {
        instance.ok(&["user", "set", "ada", "--tags", own], "");
        for answer in [ada.post(ME, &edit), ada.patch(ME, &edit)] {
            assert!(answer.failure(8, 401, ME).starts_with("You are not authorized to "));
        }
        ada.post("/api/v2/users/@me", &edit).named_failure("FORBIDDEN", 403);
        assert_eq!(ada.get(ME).data()["bio"], Value::Null);
    }
    instance.ok(&["user", "tag", "add", "ada", "can_self_edit"], "");
    assert_eq!(ada.post(ME, &edit).data()["bio"], "mine");
    instance.ok(&["user", "tag", "remove", "ada", "can_self_edit"], "");
    ada.post(ME, &edit).failure(8, 401, ME);
}

#[test]
fn ones_own_tags_replace_no_other_tags() {
    let (instance, _server, ada) = serve();
    instance.ok(&["user", "set", "ada", "--tags", "sys:moderator,usr:old"], "");
    let tags = ada.post(ME, &json!({ "tags": ["usr:new", "usr:new"] })).data()["tags"].clone();
    let tags: Vec<_> = tags.as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    assert!(tags.contains(&"sys:moderator") && !tags.contains(&"usr:old"), "{tags:?}");
    assert_eq!(tags.iter().filter(|tag| **tag == "usr:new").count(), 1, "{tags:?}");
}

#[test]
fn an_edit_needs_a_session_and_by_cookie_a_page_of_ours() {
    let (_instance, server, ada) = serve();
    let body = json!({ "bio": "x" });
    server.client().post(ME, &body).failure(7, 401, ME);
    let cookie = server.client().log_in("ada", "hunter22").cookie();
    let headers = [("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
    for origin in [&[][..], &[("Origin", "https://evil.example")]] {
        let headers = [&headers, origin].concat();
        server.client().send("POST", ME, &headers, body.to_string().as_bytes()).failure(8, 401, ME);
    }
    assert_eq!(ada.get(ME).data()["bio"], Value::Null);
    let own = format!("http://{}", server.address);
    let headers = [&headers[..], &[("Origin", &own)]].concat();
    assert_eq!(
        server.client().send("POST", ME, &headers, body.to_string().as_bytes()).data()["bio"],
        "x"
    );
}

#[test]
fn of_two_users_who_race_for_one_name_one_gets_it() {
    let (instance, server, ada) = serve();
    instance.add_user("bob", "hunter22");
    let bob = Person::log_in(&server, "bob");
    for round in 0..5 {
        let body = json!({ "username": format!("wanted{round}") });
        let start = Barrier::new(2);
        let race = |person: &Person| {
            start.wait();
            person.post(ME, &body)
        };
        let answers = thread::scope(|scope| {
            let first = scope.spawn(|| race(&ada));
            let second = scope.spawn(|| race(&bob));
            [first.join().unwrap(), second.join().unwrap()]
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 1));
        assert_eq!(lost[0].failure(6, 409, ME), "User already exists with this username.");
    }
}

#[test]
fn a_name_or_an_address_that_is_taken_is_refused() {
    let (instance, _server, ada) = serve();
    instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    ada.post(ME, &json!({ "username": "bob" })).failure(6, 409, ME);
    ada.post(ME, &json!({ "email": "BOB@b.example", "bio": "x" })).failure(6, 409, ME);
    ada.post("/api/v2/users/@me", &json!({ "username": "bob" })).named_failure("CONFLICT", 409);
    assert_eq!(
        (&ada.get(ME).data()["email"], &ada.get(ME).data()["bio"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(ada.post(ME, &json!({ "username": "ada" })).status, 200);
}
