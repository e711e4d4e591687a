//! `/api/users`: who can be found, and what everybody sees of them.

use serde_json::{Value, json};

use crate::harness::{Instance, Person, Server};

pub(super) const USERS: &str = "/api/users";

/// What nobody sees of others.
const PRIVATE: [&str; 5] = ["email", "email_verified", "home", "methods", "twofa_enabled"];

/// `ada` with everything that a profile holds, then `bob` and `adam`.
pub(super) fn serve() -> (Instance, Server) {
    let instance = Instance::new();
    instance.ok(&["user", "add", "ada", "--display", "Ada L.", "--password-stdin"], "hunter22");
    instance.ok(
        &[
            "user",
            "set",
            "ada",
            "--email",
            "secret@hidden.example",
            "--verified",
            "true",
            "--home",
            "world7",
        ],
        "",
    );
    instance.ok(
        &["user", "set", "ada", "--bio", "Counts", "--links", "https://a.example", "--rank", "3"],
        "",
    );
    instance.add_user("bob", "hunter22");
    instance.add_user("adam", "hunter22");
    let server = instance.serve();
    (instance, server)
}

pub(super) fn found(server: &Server, query: &str) -> Value {
    server.client().get(&format!("{USERS}?{query}"), &[]).data()
}

pub(super) fn names(found: &Value) -> Vec<&str> {
    found["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].as_str().unwrap())
        .collect()
}

#[test]
fn everybody_sees_the_public_view_and_only_oneself_the_whole() {
    let (_instance, server) = serve();
    let public = server.client().get("/api/users/ada", &[]).data();
    assert_eq!(
        public,
        json!({
            "id": 1, "username": "ada", "display": "Ada L.", "server": "localhost:53032",
            "tags": ["dft:can_self_edit", "dft:can_file_upload"],
            "bio": "Counts", "thumbnail": null, "banner": null, "links": ["https://a.example"], "rank": 3,
            "relations": null, "created_at": public["created_at"],
            "pronoun": null, "avatar": null, "public": "",
            "presence": { "status": "online", "text": null, "locations": [] },
            "alias": [{ "key": "uid", "value": "u:1@localhost:53032" }], "followers": 0, "following": 0,
        })
    );
    let own = Person::log_in(&server, "ada").get("/api/users/@me").data();
    assert_eq!(
        (&own["email"], &own["email_verified"], &own["twofa_enabled"], &own["home"]),
        (&json!("secret@hidden.example"), &json!(true), &json!(false), &json!("world7"))
    );
    for (key, value) in public.as_object().unwrap() {
        assert_eq!(&own[key], value, "{key}");
    }
    let extra: Vec<_> =
        own.as_object().unwrap().keys().filter(|key| public.get(key).is_none()).collect();
    assert_eq!(extra, PRIVATE);
}

#[test]
fn being_logged_in_shows_no_more_of_others() {
    let (_instance, server) = serve();
    let bob = Person::log_in(&server, "bob");
    for path in [
        "/api/users/1",
        "/api/users?q=ada",
        "/api/users?id=1",
        "/api/v2/users/ada",
        "/api/v2/users?query=ada",
    ] {
        let answer = bob.get(path);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(
            !PRIVATE.iter().any(|key| answer.text.contains(&format!("\"{key}\""))),
            "{}",
            answer.text
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn every_form_of_selector_finds_the_user_with_and_without_the_server() {
    let (_instance, server) = serve();
    for selector in ["1", "ada", "ADA", "u:1", "u%3A1"] {
        for host in ["", "@localhost:53032", "@LOCALHOST:53032", "%40localhost%3A53032"] {
            let path = format!("{USERS}/{selector}{host}");
            assert_eq!(server.client().get(&path, &[]).data()["username"], "ada", "{path}");
        }
    }
    let ada = Person::log_in(&server, "ada");
    for selector in ["@me", "%40me", "@me@localhost:53032", "%40me%40localhost%3A53032"] {
        let path = format!("{USERS}/{selector}");
        assert_eq!(ada.get(&path).data()["email"], "secret@hidden.example", "{path}");
        server.client().get(&path, &[]).failure(7, 401, &path);
    }
}

#[test]
fn whoever_is_not_there_is_not_found() {
    let (_instance, server) = serve();
    for selector in [
        "nobody",
        "77",
        "0",
        "4294967296",
        "-1",
        "u:77",
        "u:nobody",
        "u:",
        "u:0",
        "u:4294967297",
        "ada@elsewhere.example",
        "1@elsewhere.example",
        "u:1@elsewhere.example",
        "@me@elsewhere.example",
        "@meow",
        "ada@",
        "secret@hidden.example",
        "%27%20OR%201=1%20--",
        "%00",
        "ada%00",
    ] {
        let path = format!("{USERS}/{selector}");
        let answer = server.client().get(&path, &[]);
        assert_eq!(answer.failure(2, 404, &path), "User not found.");
        let path = format!("/api/v2/users/{selector}");
        server.client().get(&path, &[]).named_failure("NOT_FOUND", 404);
    }
}

#[test]
fn a_ban_shows_in_the_tags_and_a_removed_user_is_gone() {
    let (instance, server) = serve();
    instance.ok(&["user", "disable", "bob"], "");
    let tags =
        |server: &Server| server.client().get("/api/users/bob", &[]).data()["tags"].to_string();
    assert!(tags(&server).contains("sys:blacklisted"));
    instance.ok(&["user", "enable", "bob"], "");
    assert!(!tags(&server).contains("sys:blacklisted"));
    instance.ok(&["user", "remove", "bob", "--yes"], "");
    server.client().get("/api/users/bob", &[]).failure(2, 404, "/api/users/bob");
    assert_eq!(names(&found(&server, "")), ["ada", "adam"]);
}
