//! `nox user set`, `tag` and `remove`: what an operator changes of an account.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Instance, Person};

fn instance() -> Instance {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance
}

fn show(instance: &Instance) -> Value {
    serde_json::from_str(&instance.ok(&["user", "show", "1", "--json"], "")).unwrap()
}

fn tags(instance: &Instance) -> Vec<String> {
    show(instance)["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag.as_str().unwrap().into())
        .collect()
}

#[test]
fn every_field_that_an_operator_may_set_is_set_and_cleared() {
    let instance = instance();
    for (flag, value, field, expected) in [
        ("--display", "Ada L.", "display", json!("Ada L.")),
        ("--email", "ada@b.example", "email", json!("ada@b.example")),
        ("--verified", "true", "email_verified", json!(true)),
        ("--bio", "Counts, mostly", "bio", json!("Counts, mostly")),
        ("--home", "world7", "home", json!("world7")),
        ("--home", "world7@::", "home", json!("world7@localhost:53032")),
        ("--pronoun", "she/her", "pronoun", json!("she/her")),
        ("--avatar", "robot@::", "avatar", json!("robot@localhost:53032")),
        ("--presence", "invisible", "presence", json!({ "status": "invisible", "text": null })),
        ("--presence-text", "Tea", "presence", json!({ "status": "invisible", "text": "Tea" })),
        ("--presence", "", "presence", json!({ "status": "online", "text": "Tea" })),
        ("--presence-text", "", "presence", json!({ "status": "online", "text": null })),
        ("--pronoun", "", "pronoun", Value::Null),
        ("--avatar", "", "avatar", Value::Null),
        ("--rank", "-3", "rank", json!(-3)),
        ("--rank", "7", "rank", json!(7)),
        ("--verified", "false", "email_verified", json!(false)),
        ("--bio", "", "bio", Value::Null),
        ("--home", "", "home", Value::Null),
        ("--email", "", "email", Value::Null),
    ] {
        assert_eq!(instance.ok(&["user", "set", "ada", flag, value], ""), "");
        assert_eq!(show(&instance)[field], expected, "{flag} {value}");
    }
    assert_eq!(show(&instance)["display"], "Ada L.");
}

#[test]
fn links_and_pictures_that_an_operator_sets_are_shown_and_cleared() {
    let instance = instance();
    for (flag, value, field, expected) in [
        (
            "--links",
            "https://a.example,http://b.example/x",
            "links",
            json!(["https://a.example", "http://b.example/x"]),
        ),
        (
            "--links",
            "My page=https://a.example/?b=c, Hello, world=https://b.example",
            "links",
            json!(["https://a.example/?b=c", "https://b.example"]),
        ),
        (
            "--links",
            "My page=https://a.example/?b=c,Hello, world=https://b.example,https://c.example",
            "link_labels",
            json!(["My page", "Hello, world", null]),
        ),
        (
            "--thumbnail",
            "https://p.example/x.png",
            "thumbnail",
            json!("http://localhost:53032/api/users/1/thumbnail"),
        ),
        (
            "--banner",
            "https://p.example/y.png",
            "banner",
            json!("http://localhost:53032/api/users/1/banner"),
        ),
        ("--links", "", "links", json!([])),
        ("--thumbnail", "", "thumbnail", Value::Null),
        ("--banner", "", "banner", Value::Null),
    ] {
        assert_eq!(instance.ok(&["user", "set", "ada", flag, value], ""), "");
        assert_eq!(show(&instance)[field], expected, "{flag} {value}");
    }
}

#[test]
fn several_fields_are_set_at_once_and_shown_as_json() {
    let instance = instance();
    let args = [
        "user",
        "set",
        "1",
        "--display",
        "Ada L.",
        "--email",
        "ada@b.example",
        "--verified",
        "true",
        "--json",
    ];
    let changed: Value = serde_json::from_str(&instance.ok(&args, "")).unwrap();
    assert_eq!((&changed["display"], &changed["email_verified"]), (&json!("Ada L."), &json!(true)));
    assert_eq!(changed, show(&instance));
    instance.ok(&["user", "set", "ada", "--email", "new@b.example"], "");
    assert_eq!(show(&instance)["email_verified"], false, "a new address is not verified");
}

#[test]
fn a_server_that_runs_sees_the_change_at_once() {
    let instance = instance();
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    instance.ok(
        &[
            "user",
            "set",
            "ada",
            "--bio",
            "new",
            "--rank",
            "2",
            "--email",
            "a@b.example",
            "--verified",
            "true",
        ],
        "",
    );
    let own = ada.get("/api/users/@me").data();
    assert_eq!(
        (&own["bio"], &own["rank"], &own["email_verified"]),
        (&json!("new"), &json!(2), &json!(true))
    );
    assert_eq!(server.client().log_in("a@b.example", "hunter22").status, 200);
}

#[test]
fn a_rank_ends_that_a_user_is_unverified() {
    let instance = instance();
    assert!(tags(&instance).contains(&"sys:unverified".into()));
    instance.ok(&["user", "set", "ada", "--rank", "1"], "");
    assert!(!tags(&instance).contains(&"sys:unverified".into()));
    instance.ok(&["user", "set", "ada", "--rank", "0"], "");
    assert!(tags(&instance).contains(&"sys:unverified".into()));
}

#[test]
fn tags_are_set_added_and_removed() {
    let instance = instance();
    let derived = ["dft:can_self_edit", "dft:can_file_upload", "sys:unverified"];
    let assert_stored = |expected: &[&str]| {
        let stored: Vec<_> =
            tags(&instance).into_iter().filter(|tag| !derived.contains(&tag.as_str())).collect();
        assert_eq!(stored, expected);
        assert!(derived.iter().all(|tag| tags(&instance).iter().any(|shown| shown == tag)));
    };
    instance.ok(&["user", "set", "ada", "--tags", "sys:moderator,can_world_create"], "");
    assert_stored(&["sys:moderator", "can_world_create"]);
    instance.ok(&["user", "tag", "add", "ada", "usr:x", "sys:moderator"], "");
    assert_stored(&["sys:moderator", "can_world_create", "usr:x"]);
    instance.ok(&["user", "tag", "remove", "1", "sys:moderator", "never_had"], "");
    assert_stored(&["can_world_create", "usr:x"]);
    instance.ok(&["user", "set", "ada", "--tags", ""], "");
    assert_stored(&[]);
}

#[test]
fn a_mistake_is_one_line_a_status_that_means_it_and_no_change() {
    let instance = instance();
    instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    fs::write(instance.path("page.png"), "<html>").unwrap();
    let before = show(&instance);
    let links = ["https://a.example"; 11].join(",");
    for (args, status, part) in [
        (&["set", "nobody", "--bio", "x"][..], 3, "no user \"nobody\""),
        (&["set", "ada", "--display", &"a".repeat(51)], 2, "display"),
        (&["set", "ada", "--display", ""], 2, "display"),
        (&["set", "ada", "--email", "nobody"], 2, "email"),
        (&["set", "ada", "--email", "BOB@b.example"], 4, "this email is taken"),
        (&["set", "ada", "--bio", &"x".repeat(4097)], 2, "bio"),
        (&["set", "ada", "--links", &links], 2, "links"),
        (&["set", "ada", "--links", "javascript:alert(1)"], 2, "links"),
        (&["set", "ada", "--links", "a label alone"], 2, "links"),
        (&["set", "ada", "--presence", "away"], 2, "presence"),
        (&["set", "ada", "--pronoun", &"x".repeat(33)], 2, "pronoun"),
        (&["set", "ada", "--home", &"x".repeat(101)], 2, "home"),
        (&["set", "ada", "--thumbnail", "ftp://a.example/x"], 2, "thumbnail"),
        (&["set", "ada", "--thumbnail", "nowhere.png"], 1, "nowhere.png"),
        (&["set", "ada", "--tags", "sys:admin"], 2, "tags"),
        (&["set", "ada", "--tags", "dft:can_self_edit"], 2, "tags"),
        (&["tag", "add", "ada", "A B"], 2, "tags"),
        (&["tag", "add", "nobody", "x"], 3, "no user \"nobody\""),
        (&["tag", "remove", "nobody", "x"], 3, "no user \"nobody\""),
        (&["remove", "nobody", "--yes"], 3, "no user \"nobody\""),
        (&["remove", "ada"], 2, "--yes"),
    ] {
        let ran = instance.run(&[&["user"], args].concat(), "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{args:?}: {}", ran.stderr);
        assert!(
            ran.stderr.starts_with("nox: ") && ran.stderr.contains(part),
            "{args:?}: {}",
            ran.stderr
        );
    }
    assert_eq!(show(&instance), before);
}

#[test]
fn wrong_usage_is_told_by_the_command_line() {
    let instance = instance();
    for args in [
        &["user", "set", "ada"][..],
        &["user", "set", "--bio", "x"],
        &["user", "set", "ada", "--rank", "high"],
        &["user", "set", "ada", "--verified", "maybe"],
        &["user", "tag", "add", "ada"],
        &["user", "tag"],
    ] {
        assert_eq!(instance.run(args, "").status, 2, "{args:?}");
    }
}

/// Sets the bio together with a picture that cannot be taken, and returns what stderr says.
fn set_with_bad_picture(instance: &Instance, file: &str) -> String {
    fs::write(instance.path("page.png"), "<html>").unwrap();
    fs::write(instance.path("large.png"), "x".repeat(1025)).unwrap();
    let ran = instance.run(&["user", "set", "ada", "--bio", "half", "--thumbnail", file], "");
    assert!(ran.status != 0 && ran.stderr.lines().count() == 1, "{file}: {}", ran.stderr);
    ran.stderr
}

#[test]
fn a_picture_that_cannot_be_taken_changes_nothing_else() {
    let instance = Instance::with("[limits]\npicture_bytes = 1024");
    instance.add_user("ada", "hunter22");
    for file in ["page.png", "large.png", "nowhere.png"] {
        set_with_bad_picture(&instance, file);
        let user = show(&instance);
        assert_eq!((&user["bio"], &user["thumbnail"]), (&Value::Null, &Value::Null), "{file}");
    }
}

#[test]
fn a_picture_that_cannot_be_taken_is_told_in_an_operators_words() {
    let instance = Instance::with("[limits]\npicture_bytes = 1024");
    instance.add_user("ada", "hunter22");
    for file in ["page.png", "large.png", "nowhere.png"] {
        let said = set_with_bad_picture(&instance, file);
        assert!(!said.contains("request"), "{file}: {said}");
    }
}

#[test]
fn a_removed_user_is_gone_with_everything_and_the_id_is_not_given_again() {
    let instance = instance();
    instance.enroll("ada");
    instance.ok(&["user", "add", "bob", "--password-stdin"], "hunter22");
    let server = instance.serve();
    let bob = Person::log_in(&server, "bob");
    instance.ok(&["user", "remove", "bob", "--yes"], "");
    bob.get("/api/users/@me").failure(7, 401, "/api/users/@me");
    server.client().log_in("bob", "hunter22").failure(2, 404, "/api/auth/login");
    instance.ok(&["user", "remove", "1", "--yes"], "");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    for table in ["users", "sessions", "totp_factors", "pictures"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(
            database.query_row(&count, [], |row| row.get::<_, u32>(0)).unwrap(),
            0,
            "{table}"
        );
    }
    instance.add_user("ada", "hunter22");
    assert!(instance.ok(&["user", "show", "ada", "--json"], "").contains("\"id\":3"));
}
