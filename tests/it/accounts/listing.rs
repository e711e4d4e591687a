//! The filters of `nox user list`, `user add --if-missing`, `user remove --forget` and the first
//! user of `nox serve`.

use crate::harness::Instance;

fn listed(instance: &Instance, filters: &str) -> String {
    let list = instance.nox(format!("user list {filters}").trim());
    let names = list.lines().map(|line| line.split('\t').nth(1).unwrap());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn filters_of_the_list_can_be_combined() {
    let instance = Instance::with_users(["ada", "bob", "eve", "dan"]);
    instance.nox("user set ada --admin true");
    instance.nox("user set bob --admin true");
    instance.enroll("ada");
    instance.nox("user disable bob --until 1h");
    instance.nox("user disable eve");
    let server = instance.serve();
    server.client().log_in("dan", "hunter22").token();
    for (filters, names) in [
        ("", "ada bob eve dan"),
        ("--admin", "ada bob"),
        ("--disabled", "bob eve"),
        ("--without-2fa", "bob eve dan"),
        ("--idle 1d", "ada bob eve"),
        ("--admin --disabled", "bob"),
        ("--admin --without-2fa", "bob"),
        ("--search D --idle 1d", "ada"),
        ("--admin --disabled --without-2fa --idle 1d --search BO", "bob"),
        ("--admin --disabled --without-2fa --idle 1d --search eve", ""),
    ] {
        assert_eq!(listed(&instance, filters), names, "{filters}");
    }
    drop(server);
    instance.sql(
        "UPDATE users SET suspended_at = 1, suspended_until = 2 WHERE username = 'bob';
         UPDATE sessions SET last_seen_at = 5; UPDATE devices SET last_seen_at = 5",
    );
    assert_eq!(listed(&instance, "--disabled"), "eve", "a suspension that has ended is none");
    assert_eq!(listed(&instance, "--idle 1d"), "ada bob eve dan");
    let ran = instance.run(&["user", "list", "--idle", "long"], "");
    assert_eq!(ran.status, 2, "{}", ran.stderr);
}

#[test]
fn user_add_if_missing_leaves_an_account_as_it_is() {
    let instance = Instance::with_users(["ada"]);
    let before = instance.user("ada");
    let ran = instance.run(&["user", "add", "ADA", "--if-missing", "--admin"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("exists with id 1; nothing was changed"), "{}", ran.stderr);
    assert_eq!(instance.user("ada"), before);
    let shown = instance.nox_json("user add ada --if-missing --generate --json");
    assert_eq!((&shown["ok"], &shown["created"]), (&true.into(), &false.into()));
    assert!(shown.get("password").is_none());
    assert!(!instance.nox("user add bob --if-missing --generate").is_empty());
}

#[test]
fn forgotten_account_leaves_no_name_in_the_audit_log() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user rename ada lovelace");
    instance.nox("user remove bob --yes");
    assert!(instance.nox("audit list").contains("bob"), "a removal alone keeps the lines");
    instance.nox("user remove lovelace --yes --forget");
    let log = instance.nox("--json audit list");
    assert!(!log.contains("ada") && !log.contains("lovelace"), "{log}");
    assert!(log.contains("bob"), "{log}");
    assert_eq!(log.matches("account.removed").count(), 2, "{log}");
    assert_eq!(instance.run(&["audit", "list", "ada"], "").status, 3);
}

#[test]
fn first_user_gets_the_password_of_a_file_which_is_not_printed() {
    let instance = Instance::new();
    instance.write("secret", "correct horse battery\n");
    instance.write("short", "abc\n");
    let first =
        ["serve", "--listen", "127.0.0.1:0", "--first-user", "ada", "--first-user-password-file"];
    for (file, status) in [("short", 2), ("nowhere", 1)] {
        let ran = instance.run(&[&first[..], &[file]].concat(), "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{}", ran.stderr);
    }
    let server = instance.serve_with(&[&first[3..], &["secret"]].concat());
    assert_eq!(server.client().log_in("ada", "correct horse battery").status, 200);
    let tags = instance.user("ada")["tags"].to_string();
    assert!(tags.contains("sys:admin"), "{tags}");
    drop(server);
    // The file is not needed any more.
    instance.serve_with(&[&first[3..], &["nowhere"]].concat());
}
