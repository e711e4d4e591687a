//! How operators name accounts: by username, id or email address; and `nox user rename`.

use crate::harness::{Instance, ME};

#[test]
fn account_is_named_by_username_id_or_address_in_every_command() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user set bob --email Bob@Elsewhere.example");
    let server = instance.serve();
    let commands = [
        ("user show", ""),
        ("user set", "--bio Text"),
        ("user tag add", "sys:moderator"),
        ("user tag remove", "sys:moderator"),
        ("user passwd", "--generate"),
        ("session list", ""),
        ("session revoke --user", ""),
        ("totp enroll", "--no-confirm"),
        ("totp status", ""),
        ("totp recovery", ""),
        ("totp code", ""),
        ("totp reset", ""),
        ("user disable", ""),
        ("user enable", ""),
        ("bans clear", ""),
        ("audit list", ""),
    ];
    for name in ["BOB", "2", "bob@elsewhere.example", "bob@localhost:53032"] {
        for (command, rest) in commands {
            instance.nox(format!("{command} {name} {rest}").trim());
        }
    }
    for name in ["eve", "3", "eve@elsewhere.example", "bob@"] {
        for (command, rest) in commands {
            let args = format!("{command} {name} {rest}");
            let args: Vec<&str> = args.split_whitespace().collect();
            let ran = instance.run(&args, "");
            assert_eq!(ran.status, 3, "{args:?}: {}", ran.stderr);
        }
    }
    drop(server);
    instance.nox("user remove bob@elsewhere.example --yes");
    assert_eq!(instance.nox("user list").lines().count(), 1);
}

#[test]
fn name_of_two_accounts_is_refused_with_both() {
    let instance = Instance::with("[server]\naddress = \"nox.example\"");
    for name in ["ada", "bob", "eve"] {
        instance.add_user(name, "hunter22");
    }
    // Two spellings of one address, as a database of before version 6 holds them.
    instance.sql(
        "UPDATE users SET email = 'x@ab.example' WHERE id = 1;
         UPDATE users SET email = 'x@\u{ff41}b.example' WHERE id = 2;
         UPDATE users SET email_folded = 'x@ab.example' WHERE id < 3;",
    );
    // The username on this server, and the address of another account.
    instance.nox("user set eve --email ada@nox.example");
    for (name, first, second) in [
        ("x@ab.example", "ada (id 1)", "bob (id 2)"),
        ("X@\u{ff41}B.example", "ada (id 1)", "bob (id 2)"),
        ("ada@nox.example", "ada (id 1)", "eve (id 3)"),
    ] {
        for args in [&["user", "show", name][..], &["user", "remove", name, "--yes"]] {
            let ran = instance.run(args, "");
            assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
            let names_both = ran.stderr.contains(first) && ran.stderr.contains(second);
            assert!(names_both && ran.stderr.contains("the id"), "{}", ran.stderr);
        }
    }
    assert_eq!(instance.nox("user list").lines().count(), 3);
}

#[test]
fn renamed_user_keeps_sessions_and_logs_in_by_the_new_name() {
    let instance = Instance::with_users(["ada", "bob"]);
    let server = instance.serve();
    let token = server.client().log_in("ada", "hunter22").token();
    let ran = instance.run(&["user", "rename", "1", " Lovelace "], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("renamed ada to lovelace"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the display name is still ada"), "{}", ran.stderr);
    let me = server.client().me(&token);
    assert_eq!((me.status, &me.data()["username"]), (200, &"lovelace".into()), "{ME}");
    assert_eq!(server.client().log_in("lovelace", "hunter22").status, 200);
    assert_ne!(server.client().log_in("ada", "hunter22").status, 200);
    assert_eq!(instance.events("lovelace")[2]["event"], "account.renamed");
    let shown = instance.nox_json("--json user rename lovelace ada");
    assert_eq!((&shown["username"], &shown["id"]), (&"ada".into(), &1.into()));
}

#[test]
fn new_name_follows_the_rules_of_usernames() {
    let instance = Instance::with_users(["ada", "bob"]);
    for (new, status, part) in [
        ("bob", 4, "cannot store \"bob\": this username is taken"),
        ("a b", 2, "must be 3 to 16 characters"),
        ("12345", 2, "not digits alone"),
        ("ada@b.example", 2, "must be 3 to 16 characters"),
        ("", 2, "must be 3 to 16 characters"),
    ] {
        let ran = instance.run(&["user", "rename", "ada", new], "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (status, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    let ran = instance.run(&["user", "rename", "eve", "mallory"], "");
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    let ran = instance.run(&["user", "rename", "ada", "ADA"], "");
    assert!(ran.status == 0 && ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    assert_eq!(instance.events("ada").len(), 1);
}
