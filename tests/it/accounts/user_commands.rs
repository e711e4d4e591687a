//! `nox user`.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Instance, PASSWORD, Ran};

#[test]
fn user_add_takes_a_password_from_stdin_a_file_or_generates_it() {
    let instance = Instance::new();
    instance.write("secret", "from a file\nnot this line\n");
    assert_eq!(instance.ok(&["user", "add", "one", "--password-stdin"], "from stdin\n"), "");
    assert_eq!(instance.nox("user add two --password-file secret"), "");
    let drawn = instance.nox("user add three --generate");
    assert_eq!((drawn.lines().count(), drawn.trim_end().len()), (1, 23));
    let server = instance.serve();
    for (name, password) in
        [("one", "from stdin"), ("two", "from a file"), ("three", drawn.trim_end())]
    {
        assert_eq!(server.client().log_in(name, password).status, 200, "{name}");
    }
}

#[test]
fn user_commands_with_json_print_one_object() {
    let instance = Instance::new();
    let read = |args: &[&str]| serde_json::from_str::<Value>(&instance.ok(args, "")).unwrap();
    let added = read(&[
        "user",
        "add",
        "Ada",
        "--display",
        "Ada L.",
        "--email",
        "a@b.example",
        "--generate",
        "--json",
    ]);
    assert_eq!(
        (&added["id"], &added["username"], &added["display"]),
        (&1.into(), &"ada".into(), &"Ada L.".into())
    );
    assert_eq!(added["password"].as_str().unwrap().len(), 23);
    let shown = read(&["--json", "user", "show", "1"]);
    assert_eq!((&shown["email"], &shown["twofa_enabled"]), (&"a@b.example".into(), &false.into()));
    assert!(shown.get("password").is_none());
    let changed = read(&["user", "passwd", "ada", "--generate", "--json"]);
    assert_eq!(changed["password"].as_str().unwrap().len(), 23);
}

#[test]
fn generated_password_is_printed_with_the_account_as_user_show_prints_it() {
    let instance = Instance::new();
    for command in [
        "user add ada --admin --generate --json",
        "user passwd ada --generate --json",
        "user add ada --if-missing --generate --json",
    ] {
        let mut printed = instance.nox_json(command);
        let shown = instance.nox_json("user show ada --json");
        let object = printed.as_object_mut().unwrap();
        assert!(object.remove("ok").is_some(), "{command}");
        assert!(object.remove("password").or(object.remove("created")).is_some(), "{command}");
        assert_eq!(printed, shown, "{command}");
    }
}

#[test]
fn user_list_prints_tabs_on_a_pipe_and_objects_with_json() {
    let instance = Instance::with_users(["ada", "bob", "adam"]);
    let names = |args: &[&str]| -> Vec<String> {
        instance.ok(args, "").lines().map(|line| line.split('\t').nth(1).unwrap().into()).collect()
    };
    assert_eq!(names(&["user", "list"]), ["ada", "bob", "adam"]);
    assert_eq!(names(&["user", "list", "--search", "ADA"]), ["ada", "adam"]);
    assert!(names(&["user", "list", "--search", "%"]).is_empty());
    let json = instance.nox("user list --json");
    let ids: Vec<_> = json
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(ids, [1, 2, 3]);
}

#[test]
fn user_list_shows_active_factors() {
    let instance = Instance::with_users(["ada", "bob", "eve"]);
    instance.enroll("ada");
    instance.nox("user set bob --email bob@b.example --verified true");
    instance.sql("UPDATE users SET has_email_factor = 1 WHERE username = 'bob'");
    let list = instance.nox("user list");
    let factors: Vec<_> = list.lines().map(|line| line.split('\t').nth(4).unwrap()).collect();
    assert_eq!(factors, ["totp", "email", "-"]);
}

#[test]
fn user_command_mistake_prints_one_line_and_exits_with_its_status() {
    let instance = Instance::with_users(["ada"]);
    instance.write("empty", "\n");
    for (args, stdin, status, part) in [
        (&["user", "add", "ADA", "--password-stdin"][..], "hunter22", 4, "this username is taken"),
        (
            &["user", "add", "a b", "--password-stdin"],
            "hunter22",
            2,
            "must be 3 to 16 characters from a-z",
        ),
        (&["user", "add", "1234", "--password-stdin"], "hunter22", 2, "not digits alone"),
        (&["user", "add", "bob", "--password-stdin"], "short", 2, "between 8 and 128 characters"),
        (&["user", "add", "bob", "--password-stdin"], "", 2, "first line"),
        (&["user", "add", "bob", "--password-file", "empty"], "", 2, "first line"),
        (
            &["user", "add", "bob", "--password-file", "nowhere"],
            "",
            1,
            "cannot read the password from nowhere",
        ),
        (&["user", "add", "bob"], "", 2, "--password-stdin, --password-file FILE or --generate"),
        (&["user", "add", "bob", "--email", "nobody", "--generate"], "", 2, "the email must be"),
        (
            &["user", "add", "bob", "--display", "\u{1b}[31m", "--generate"],
            "",
            2,
            "the display must be",
        ),
        (&["user", "show", "bob"], "", 3, "no user \"bob\""),
        (&["user", "show", "\u{1b}[2J"], "", 3, "no user \"\\u{1b}[2J\""),
        (&["user", "passwd", "77", "--generate"], "", 3, "no user \"77\""),
        (&["user", "disable", "bob"], "", 3, "no user \"bob\""),
        (&["user", "disable", "ada", "--until", "tomorrow"], "", 2, "2026-12-31T18:00:00Z"),
        (&["user", "disable", "ada", "--until", "2020-01-01T00:00:00Z"], "", 2, "is in the past"),
    ] {
        let Ran { status: is, stdout, stderr } = instance.run(args, stdin);
        assert_eq!((is, stdout.as_str()), (status, ""), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
        assert!(stderr.starts_with("nox: ") && stderr.contains(part), "{args:?}: {stderr}");
        assert!(!stderr.contains("hunter22"));
    }
    assert_eq!(instance.nox("user list").lines().count(), 1, "nothing was half-written");
}

#[test]
fn two_sources_of_a_password_are_refused() {
    let instance = Instance::new();
    let ran = instance.run(&["user", "add", "ada", "--generate", "--password-stdin"], "hunter22");
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
}

#[test]
fn closed_stdout_is_success() {
    let instance = Instance::with_users(["ada"]);
    for args in
        [&["user", "list"][..], &["user", "show", "ada"], &["user", "list", "--json"], &["--help"]]
    {
        let mut child =
            instance.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), &b""[..]),
            "{args:?}"
        );
    }
}

#[test]
fn unwritable_database_folder_is_reported_with_its_setting() {
    let instance = Instance::with("[storage]\ndatabase = '/proc/nowhere/nox.db'");
    let ran = instance.run(&["user", "add", "ada", "--generate"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("/proc/nowhere/nox.db") && ran.stderr.contains("storage.database"),
        "{}",
        ran.stderr
    );
}

#[test]
fn newer_database_is_refused_with_its_version() {
    let instance = Instance::with_users(["ada"]);
    instance.database().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(instance.path("nox.db")).unwrap();
    for args in [&["user", "list"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let ran = instance.run(args, "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (6, 1), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("schema version 99") && ran.stderr.contains("Install a newer nox"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(std::fs::read(instance.path("nox.db")).unwrap(), before);
}

#[test]
fn quiet_prints_only_data_and_errors() {
    let instance = Instance::new();
    let ran = instance.run(&["--quiet", "user", "add", "ada", "--generate"], "");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let ran = instance.run(&["--quiet", "user", "show", "bob"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (3, 1));
}

#[test]
fn generated_password_has_the_configured_minimum_length() {
    let instance = Instance::with("min_length = 40");
    assert!(instance.nox("user add ada --generate").trim_end().len() >= 40);
}

#[test]
fn damaged_database_is_reported() {
    let instance = Instance::with_users(["ada"]);
    let path = instance.path("nox.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (6, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("damaged"), "{}", ran.stderr);
}

#[test]
fn user_added_by_password_file_stays_when_stdout_is_closed() {
    let instance = Instance::new();
    instance.write("secret", "hunter22\n");
    let mut command =
        instance.command(["user", "add", "ada", "--password-file", "secret", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(instance.serve().client().log_in("ada", "hunter22").status, 200);
}

#[test]
fn suspension_is_shown_with_its_reason_and_end() {
    let instance = Instance::with_users(["ada"]);
    let shown = |args: &[&str]| instance.ok(&[&["user", "show", "ada"], args].concat(), "");
    assert!(shown(&[]).contains("banned        -\n"));
    instance.ok(
        &["user", "disable", "ada", "--reason", "It's spam", "--until", "2099-01-01T00:00:00Z"],
        "",
    );
    assert!(
        shown(&[]).contains("banned        until 2099-01-01T00:00:00Z: It's spam\n"),
        "{}",
        shown(&[])
    );
    let json: Value = serde_json::from_str(&shown(&["--json"])).unwrap();
    assert_eq!(
        (&json["ban"]["reason"], &json["ban"]["until"]),
        (&"It's spam".into(), &4_070_908_800_000_i64.into())
    );
}

#[test]
fn user_show_and_list_tell_the_last_login_sessions_lockouts_and_language() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user set ada --language fr --admin true");
    let server = instance.serve();
    assert_eq!(server.client().log_in("ada", PASSWORD).status, 200);
    for _ in 0..10 {
        server.client().log_in("bob", "wrong password");
    }
    let (ada, bob) = (instance.user("ada"), instance.user("bob"));
    assert_eq!(
        (&ada["sessions"], &ada["language"], &ada["last_administrator"]),
        (&1.into(), &"fr".into(), &true.into())
    );
    assert!(ada["last_login"].as_i64() > ada["created_at"].as_i64());
    assert_eq!((&ada["lockouts"], &bob["lockouts"][0]["what"]), (&json!([]), &"password".into()));
    assert_eq!(
        (&bob["sessions"], &bob["last_login"], &bob["last_administrator"]),
        (&0.into(), &Value::Null, &false.into())
    );
    let shown = instance.nox("user show ada");
    for row in ["sessions      1\n", "language      fr\n", "locked out    -\n", "last login    20"]
    {
        assert!(shown.contains(row), "{row}: {shown}");
    }
    assert!(shown.contains("note          the last administrator who can log in"), "{shown}");
    let shown = instance.nox("user show bob");
    assert!(shown.contains("locked out    password from 127.0.0.1 until 20"), "{shown}");
    assert!(shown.contains("last login    -\n") && !shown.contains("note"), "{shown}");
    let list = instance.nox("user list");
    let logins: Vec<_> = list.lines().map(|line| line.split('\t').nth(6).unwrap()).collect();
    assert!(logins[0].starts_with("20") && logins[1] == "-", "{list}");
    // The login is remembered when its session has ended.
    instance.nox("session revoke --user ada");
    let json = instance.nox("user list --json --admin");
    let listed: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(listed["last_login"], ada["last_login"]);
}
