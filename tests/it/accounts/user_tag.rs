//! `nox user tag`.

use crate::harness::Instance;

#[test]
fn tags_that_change_nothing_are_reported_on_stderr() {
    let instance = Instance::with_users(["ada"]);
    for (args, said) in [
        (["user", "tag", "remove", "ada", "never_had"], "ada has none of them"),
        (["user", "tag", "add", "ada", "sys:moderator"], ""),
        (["user", "tag", "add", "ada", "sys:moderator"], "ada has every one of these tags already"),
        (["user", "tag", "remove", "ada", "sys:moderator"], ""),
    ] {
        let ran = instance.run(&args, "");
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert_eq!(ran.stderr.is_empty(), said.is_empty(), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn tag_without_a_known_right_is_stored_with_a_warning() {
    let instance = Instance::with_users(["ada"]);
    for (tag, is_known) in [
        ("can_world_create", true),
        ("sys:can_self_edit", true),
        ("usr:cat", true),
        ("can_fly", false),
        ("sys:can_fly", false),
    ] {
        for args in [&["user", "tag", "add", "ada", tag][..], &["invite", "add", "--tag", tag]] {
            let ran = instance.run(args, "");
            assert_eq!(ran.status, 0, "{}", ran.stderr);
            let warning = format!("no right is known by the tag {tag}; known are can_self_edit");
            assert_eq!(ran.stderr.contains(&warning), !is_known, "{args:?}: {}", ran.stderr);
        }
        assert!(instance.nox("user show ada").contains(tag));
    }
}

#[test]
fn tag_that_cannot_be_removed_is_named_with_where_it_comes_from() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("user tag add ada can_world_create");
    let tags = ["can_self_edit", "can_world_create", "never_had"];
    let ran = instance.run(&[&["user", "tag", "remove", "ada"], &tags[..]].concat(), "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for part in ["can_self_edit by users.default_tags", "does not have the tag never_had"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("can_world_create"), "{}", ran.stderr);
    assert!(!instance.nox("user show ada").contains("can_world_create"));
}
