//! `nox user set`, `tag` and `remove`.

use serde_json::{Value, json};

use crate::harness::{Instance, LOGIN, ME, NOT_LOGGED, USER_NOT_FOUND};

fn show(instance: &Instance) -> Value {
    instance.nox_json("user show 1 --json")
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
fn user_set_sets_and_clears_every_field() {
    let instance = Instance::with_users(["ada"]);
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
fn user_set_sets_and_clears_links_and_pictures() {
    let instance = Instance::with_users(["ada"]);
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
fn user_set_sets_several_fields_and_prints_json() {
    let instance = Instance::with_users(["ada"]);
    let command = "user set 1 --display Ada --email ada@b.example --verified true --json";
    let changed = instance.nox_json(command);
    assert_eq!((&changed["display"], &changed["email_verified"]), (&json!("Ada"), &json!(true)));
    let mut shown = show(&instance);
    shown["ok"] = json!(true);
    assert_eq!(changed, shown);
    instance.nox("user set ada --email new@b.example");
    assert_eq!(show(&instance)["email_verified"], false, "a new address is not verified");
}

#[test]
fn user_set_is_seen_by_a_running_server_at_once() {
    let instance = Instance::with_users(["ada"]);
    let server = instance.serve();
    let ada = server.log_in("ada");
    instance.nox("user set ada --bio new --rank 2 --email a@b.example --verified true");
    let own = ada.me();
    assert_eq!(
        (&own["bio"], &own["rank"], &own["email_verified"]),
        (&json!("new"), &json!(2), &json!(true))
    );
    assert_eq!(server.client().log_in("a@b.example", "hunter22").status, 200);
}

#[test]
fn rank_above_zero_removes_the_tag_unverified() {
    let instance = Instance::with_users(["ada"]);
    assert!(tags(&instance).contains(&"sys:unverified".into()));
    instance.nox("user set ada --rank 1");
    assert!(!tags(&instance).contains(&"sys:unverified".into()));
    instance.nox("user set ada --rank 0");
    assert!(tags(&instance).contains(&"sys:unverified".into()));
}

#[test]
fn operator_sets_adds_and_removes_tags() {
    let instance = Instance::with_users(["ada"]);
    let derived = ["dft:can_self_edit", "dft:can_file_upload", "sys:unverified"];
    let assert_stored = |expected: &[&str]| {
        let stored: Vec<_> =
            tags(&instance).into_iter().filter(|tag| !derived.contains(&tag.as_str())).collect();
        assert_eq!(stored, expected);
        assert!(derived.iter().all(|tag| tags(&instance).iter().any(|shown| shown == tag)));
    };
    instance.nox("user set ada --tags sys:moderator,can_world_create");
    assert_stored(&["sys:moderator", "can_world_create"]);
    instance.nox("user tag add ada usr:x sys:moderator");
    assert_stored(&["sys:moderator", "can_world_create", "usr:x"]);
    instance.nox("user tag remove 1 sys:moderator never_had");
    assert_stored(&["can_world_create", "usr:x"]);
    instance.ok(&["user", "set", "ada", "--tags", ""], "");
    assert_stored(&[]);
}

#[test]
fn user_set_mistake_prints_one_line_and_changes_nothing() {
    let instance = Instance::with_users(["ada"]);
    instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    instance.write("page.png", "<html>");
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
fn user_set_with_wrong_usage_exits_with_2() {
    let instance = Instance::with_users(["ada"]);
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

fn small_pictures() -> Instance {
    let instance = Instance::with("[limits]\npicture_bytes = 1024");
    instance.add_user("ada", "hunter22");
    instance
}

/// Sets the bio together with an unusable picture, and returns stderr.
fn set_with_bad_picture(instance: &Instance, file: &str) -> String {
    instance.write("page.png", "<html>");
    instance.write("large.png", "x".repeat(1025));
    let ran = instance.run(&["user", "set", "ada", "--bio", "half", "--thumbnail", file], "");
    assert!(ran.status != 0 && ran.stderr.lines().count() == 1, "{file}: {}", ran.stderr);
    ran.stderr
}

#[test]
fn user_set_with_an_unusable_picture_changes_nothing() {
    let instance = small_pictures();
    for file in ["page.png", "large.png", "nowhere.png"] {
        set_with_bad_picture(&instance, file);
        let user = show(&instance);
        assert_eq!((&user["bio"], &user["thumbnail"]), (&Value::Null, &Value::Null), "{file}");
    }
}

#[test]
fn user_set_reports_an_unusable_picture_without_talk_of_requests() {
    let instance = small_pictures();
    for file in ["page.png", "large.png", "nowhere.png"] {
        let said = set_with_bad_picture(&instance, file);
        assert!(!said.contains("request"), "{file}: {said}");
    }
}

#[test]
fn removed_user_leaves_no_rows_and_the_id_is_not_used_again() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    instance.ok(&["user", "add", "bob", "--password-stdin"], "hunter22");
    let server = instance.serve();
    let bob = server.log_in("bob");
    instance.nox("user remove bob --yes");
    bob.get(ME).refused(NOT_LOGGED, ME);
    server.client().log_in("bob", "hunter22").refused(USER_NOT_FOUND, LOGIN);
    instance.nox("user remove 1 --yes");
    let database = instance.database();
    for table in ["users", "sessions", "totp_factors", "pictures"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(
            database.query_row(&count, [], |row| row.get::<_, u32>(0)).unwrap(),
            0,
            "{table}"
        );
    }
    instance.add_user("ada", "hunter22");
    assert!(instance.nox("user show ada --json").contains("\"id\":3"));
}
