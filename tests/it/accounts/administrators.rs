//! Administrators, and the last one who can log in.

use serde_json::Value;

use crate::harness::Instance;

fn is_admin(instance: &Instance, name: &str) -> bool {
    instance.user(name)["tags"].as_array().unwrap().contains(&"sys:admin".into())
}

#[test]
fn user_set_makes_and_unmakes_an_administrator() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user set ada --admin true");
    instance.nox("user set bob --admin true --bio Both");
    assert!(is_admin(&instance, "ada") && is_admin(&instance, "bob"));
    instance.nox("user set bob --admin false");
    assert!(!is_admin(&instance, "bob") && instance.user("bob")["bio"] == "Both");
    let events: Vec<Value> =
        instance.events("bob").into_iter().map(|mut line| line["event"].take()).collect();
    assert_eq!(events, ["account.created", "profile.changed", "admin.changed", "admin.changed"]);
    let ran = instance.run(&["user", "set", "bob", "--admin"], "");
    assert_eq!(ran.status, 2, "{}", ran.stderr);
}

#[test]
fn last_enabled_administrator_is_kept_unless_permitted() {
    for command in [
        &["user", "set", "ada", "--admin", "false"][..],
        &["user", "set", "1", "--admin", "false", "--display", "Ada L."],
        &["user", "disable", "ada"],
        &["user", "disable", "ada", "--until", "1h", "--reason", "a holiday"],
        &["user", "remove", "ada", "--yes"],
        &["--quiet", "user", "remove", "ada", "--yes"],
    ] {
        let instance = Instance::with_users(["ada", "bob"]);
        instance.nox("user set ada --admin true");
        // A suspended administrator does not count.
        instance.nox("user set bob --admin true");
        instance.nox("user disable bob --until 1h");
        let before = instance.user("ada");
        let ran = instance.run(command, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{command:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("ada is the last administrator who can log in")
                && ran.stderr.contains("--last-administrator"),
            "{command:?}: {}",
            ran.stderr
        );
        assert_eq!(instance.user("ada"), before, "{command:?} changed nothing");
        let events = instance.events("ada").len();
        assert_eq!(events, 2, "{command:?} recorded nothing");
        instance.ok(&[command, &["--last-administrator"]].concat(), "");
    }
}

#[test]
fn administrator_is_removed_and_disabled_while_another_one_can_log_in() {
    for command in ["user set ada --admin false", "user disable ada", "user remove ada --yes"] {
        let instance = Instance::with_users(["ada", "bob"]);
        instance.nox("user set ada --admin true");
        instance.nox("user set bob --admin true");
        // A suspension that has ended is none.
        instance.nox("user disable bob --until 1h");
        instance.sql("UPDATE users SET suspended_at = 1, suspended_until = 2 WHERE id = 2");
        instance.nox(command);
    }
}

#[test]
fn change_that_leaves_the_administrator_one_is_allowed() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("user set ada --admin true");
    for command in [
        "user set ada --bio Text",
        "user set ada --admin true --rank 3",
        "user rename ada eve",
        "user enable eve",
    ] {
        instance.nox(command);
    }
}
