//! `/api/users`: who can be found, and what everybody sees of them.

use serde_json::{Value, json};

use crate::common::{Instance, Person, Server};

const USERS: &str = "/api/users";
/// What nobody sees of others.
const PRIVATE: [&str; 5] = ["email", "email_verified", "home", "methods", "twofa_enabled"];

/// `ada` with everything that a profile holds, then `bob` and `adam`.
fn serve() -> (Instance, Server) {
    let instance = Instance::new();
    instance.ok(&["user", "add", "ada", "--display", "Ada L.", "--password-stdin"], "hunter22");
    instance
        .ok(&["user", "set", "ada", "--email", "secret@hidden.example", "--verified", "true", "--home", "world7"], "");
    instance.ok(&["user", "set", "ada", "--bio", "Counts", "--links", "https://a.example", "--rank", "3"], "");
    instance.add_user("bob", "hunter22");
    instance.add_user("adam", "hunter22");
    let server = instance.serve();
    (instance, server)
}

fn found(server: &Server, query: &str) -> Value {
    server.client().get(&format!("{USERS}?{query}"), &[]).data()
}

fn names(found: &Value) -> Vec<&str> {
    found["users"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect()
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
    let extra: Vec<_> = own.as_object().unwrap().keys().filter(|key| public.get(key).is_none()).collect();
    assert_eq!(extra, PRIVATE);
}

#[test]
fn being_logged_in_shows_no_more_of_others() {
    let (_instance, server) = serve();
    let bob = Person::log_in(&server, "bob");
    for path in ["/api/users/1", "/api/users?q=ada", "/api/users?id=1", "/api/v2/users/ada", "/api/v2/users?query=ada"]
    {
        let answer = bob.get(path);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!PRIVATE.iter().any(|key| answer.text.contains(&format!("\"{key}\""))), "{}", answer.text);
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
fn a_search_answers_to_both_query_names_and_under_both_list_names() {
    let (_instance, server) = serve();
    for name in ["query", "q"] {
        let found = found(&server, &format!("{name}=ADA"));
        assert_eq!(names(&found), ["ada", "adam"]);
        assert_eq!(found["users"], found["items"]);
        let about = (&found["total"], &found["query"], &found["ids"], &found["limit"], &found["offset"]);
        assert_eq!(about, (&json!(2), &json!("ADA"), &json!([]), &json!(10), &json!(0)));
        assert_eq!(found.as_object().unwrap().len(), 7);
    }
    assert_eq!(names(&found(&server, "q=l.")), ["ada"], "the display name counts");
    let all = found(&server, "limit=100");
    assert_eq!((names(&all), &all["query"], &all["total"]), (vec!["ada", "bob", "adam"], &Value::Null, &json!(3)));
}

#[test]
fn what_is_special_to_the_database_is_plain_to_a_search() {
    let (_instance, server) = serve();
    for text in ["%25", "_", "*", "%27%20OR%201=1", "a%25a", "%5C", "%00"] {
        let found = found(&server, &format!("q={text}"));
        assert_eq!((&found["total"], names(&found).len()), (&json!(0), 0), "{text}");
    }
}

#[test]
fn nobody_is_found_by_their_email() {
    let (_instance, server) = serve();
    for query in ["secret", "hidden", "secret@hidden.example", "secret%40hidden.example", "example"] {
        assert_eq!(found(&server, &format!("q={query}"))["total"], 0, "{query}");
        assert_eq!(found(&server, &format!("id=1&q={query}"))["total"], 0, "{query}");
    }
    let ada = Person::log_in(&server, "ada").get("/api/users?q=secret@hidden.example");
    assert_eq!(ada.data()["total"], 0);
}

#[test]
fn ids_may_be_repeated_and_narrow_the_search() {
    let (_instance, server) = serve();
    let some = found(&server, "id=3&id=1&id=77");
    assert_eq!((&some["ids"], &some["total"]), (&json!([3, 1]), &json!(2)));
    let mut found_names = names(&some);
    found_names.sort_unstable();
    assert_eq!(found_names, ["ada", "adam"]);
    assert_eq!(names(&found(&server, "query=adam&id=1&id=3")), ["adam"]);
    assert_eq!(found(&server, "query=bob&id=1")["total"], 0);
    assert_eq!(names(&found(&server, "query=&id=1")), ["ada"], "an empty text, as one client sends it");
    let ways = "id=u:2@localhost:53032&id=ADA@localhost:53032&id=u:adam&id=1";
    assert_eq!(names(&found(&server, ways)), ["bob", "ada", "adam"]);
    for nobody in
        ["id=abc", "id=0", "id=-1", "id=4294967296", "id=1@elsewhere.example", "id=u:1@elsewhere.example", "id=@me"]
    {
        assert_eq!(found(&server, nobody)["total"], 0, "{nobody}");
        assert_eq!(names(&found(&server, &format!("{nobody}&id=2"))), ["bob"], "{nobody}");
    }
    let many = (0..1000).map(|number| format!("id={number}")).collect::<Vec<_>>().join("&");
    let path = format!("{USERS}?{many}");
    assert!(server.client().get(&path, &[]).failure(5, 400, &path).starts_with("Invalid field: id, "));
    let own = Person::log_in(&server, "ada").get(&format!("{USERS}?id=@me")).data();
    assert_eq!(names(&own), ["ada"]);
}

#[test]
fn an_id_that_is_asked_for_twice_is_one_user() {
    let (_instance, server) = serve();
    let found = found(&server, "id=1&id=1");
    assert_eq!((names(&found), &found["total"]), (vec!["ada"], &json!(1)));
}

#[test]
fn a_page_is_a_part_and_the_total_is_the_whole() {
    let (instance, server) = serve();
    for (query, expected) in [
        ("limit=2", vec!["ada", "bob"]),
        ("limit=2&offset=2", vec!["adam"]),
        ("offset=3", vec![]),
        ("limit=1&offset=1&id=1&id=2&id=3", vec!["bob"]),
        ("limit=100&offset=4294967295", vec![]),
    ] {
        let found = found(&server, query);
        assert_eq!((names(&found), &found["total"]), (expected, &json!(3)), "{query}");
    }
    for number in 0..9 {
        let name = format!("more{number}");
        instance.add_user(&name, "hunter22");
    }
    let found = found(&server, "");
    assert_eq!((names(&found).len(), &found["total"]), (10, &json!(12)));
}

#[test]
fn numbers_out_of_their_range_are_moved_into_it_and_others_are_named() {
    let (_instance, server) = serve();
    for (query, limit, offset) in [
        ("limit=0", 0, 0),
        ("limit=-1", 0, 0),
        ("limit=101", 100, 0),
        ("limit=99999999999999999999&offset=-7", 100, 0),
        ("offset=99999999999999999999", 10, u32::MAX),
    ] {
        for ids in ["", "&id=1&id=2&id=3"] {
            let found = found(&server, &format!("{query}{ids}"));
            let about = (&found["limit"], &found["offset"], &found["total"]);
            assert_eq!(about, (&json!(limit), &json!(offset), &json!(3)), "{query}{ids}");
        }
    }
    assert_eq!(names(&found(&server, "limit=0")), [""; 0]);
    for (field, values) in [("limit", ["1e9", "abc", "1.5", "-"]), ("offset", ["1e9", "abc", "1.0", "--1"])] {
        for value in values {
            let path = format!("{USERS}?q=ada&{field}={value}");
            let message = server.client().get(&path, &[]).failure(5, 400, &path);
            assert!(message.starts_with(&format!("Invalid field: {field}, must be ")), "{path}: {message}");
            let path = format!("/api/v2/users?{field}={value}");
            server.client().get(&path, &[]).named_failure("VALIDATION_ERROR", 422);
        }
    }
}

#[test]
fn a_ban_shows_in_the_tags_and_a_removed_user_is_gone() {
    let (instance, server) = serve();
    instance.ok(&["user", "disable", "bob"], "");
    let tags = |server: &Server| server.client().get("/api/users/bob", &[]).data()["tags"].to_string();
    assert!(tags(&server).contains("sys:blacklisted"));
    instance.ok(&["user", "enable", "bob"], "");
    assert!(!tags(&server).contains("sys:blacklisted"));
    instance.ok(&["user", "remove", "bob", "--yes"], "");
    server.client().get("/api/users/bob", &[]).failure(2, 404, "/api/users/bob");
    assert_eq!(names(&found(&server, "")), ["ada", "adam"]);
}
