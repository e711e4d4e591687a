//! `nox user tag`.

use crate::harness::Instance;

#[test]
fn tags_that_change_nothing_are_reported_on_stderr() {
    let instance = Instance::with_users(["ada"]);
    for (args, said) in [
        (["user", "tag", "remove", "ada", "never_had"], "ada has none of these tags"),
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
