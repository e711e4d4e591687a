//! `/api/users/{selector}`: how users are found, and what is public of them.

use serde_json::{Value, json};

use crate::harness::{ME, NOT_LOGGED, TestApp, USER_NOT_FOUND};

pub(super) const USERS: &str = "/api/users";

/// Fields that are shown to the user alone.
const PRIVATE: [&str; 5] = ["email", "email_verified", "home", "methods", "twofa_enabled"];

/// `ada` with a full profile, then `bob` and `adam`.
pub(super) fn serve() -> TestApp {
    let app = TestApp::builder().user("bob").user("adam").serve();
    app.instance.ok(&["user", "set", "ada", "--display", "Ada L.", "--bio", "Counts"], "");
    app.nox("user set ada --links https://a.example --rank 3 --home world7");
    app.nox("user set ada --email secret@hidden.example --verified true");
    app
}

pub(super) fn found(app: &TestApp, query: &str) -> Value {
    app.client().get(&format!("{USERS}?{query}"), &[]).data()
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
fn profile_is_public_in_part_and_whole_to_its_user_alone() {
    let app = serve();
    let public = app.client().get("/api/users/ada", &[]).data();
    assert_eq!(
        public,
        json!({
            "id": 1, "username": "ada", "display": "Ada L.", "server": "localhost:53032",
            "tags": ["dft:can_self_edit", "dft:can_file_upload"],
            "bio": "Counts", "thumbnail": null, "banner": null,
            "links": ["https://a.example"], "rank": 3,
            "relations": null, "created_at": public["created_at"],
            "pronoun": null, "avatar": null, "public": "",
            "presence": { "status": "online", "text": null, "locations": [] },
            "alias": [{ "key": "uid", "value": "u:1@localhost:53032" }],
            "followers": 0, "following": 0,
        })
    );
    let own = app.log_in("ada").get(ME).data();
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
fn session_shows_no_more_of_other_users() {
    let app = serve();
    let bob = app.log_in("bob");
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
fn user_is_found_by_each_selector_with_and_without_the_server() {
    let app = serve();
    for selector in ["1", "ada", "ADA", "u:1", "u%3A1"] {
        for host in ["", "@localhost:53032", "@LOCALHOST:53032", "%40localhost%3A53032"] {
            let path = format!("{USERS}/{selector}{host}");
            assert_eq!(app.client().get(&path, &[]).data()["username"], "ada", "{path}");
        }
    }
    let ada = app.log_in("ada");
    for selector in ["@me", "%40me", "@me@localhost:53032", "%40me%40localhost%3A53032"] {
        let path = format!("{USERS}/{selector}");
        assert_eq!(ada.get(&path).data()["email"], "secret@hidden.example", "{path}");
        app.client().get(&path, &[]).refused(NOT_LOGGED, &path);
    }
}

#[test]
fn unknown_selector_finds_no_user() {
    let app = serve();
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
        let answer = app.client().get(&path, &[]);
        assert_eq!(answer.refused(USER_NOT_FOUND, &path), "User not found.");
        let path = format!("/api/v2/users/{selector}");
        app.client().get(&path, &[]).refused_as("NOT_FOUND", 404);
    }
}

#[test]
fn suspension_shows_in_the_tags_and_a_removed_user_is_gone() {
    let app = serve();
    app.nox("user disable bob");
    let tags = || app.client().get("/api/users/bob", &[]).data()["tags"].to_string();
    assert!(tags().contains("sys:blacklisted"));
    app.nox("user enable bob");
    assert!(!tags().contains("sys:blacklisted"));
    app.nox("user remove bob --yes");
    app.client().get("/api/users/bob", &[]).refused(USER_NOT_FOUND, "/api/users/bob");
    assert_eq!(names(&found(&app, "")), ["ada", "adam"]);
}
