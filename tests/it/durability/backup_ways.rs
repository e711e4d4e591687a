//! Backups with and without the key file: what is restored, listed and sent to stdout.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Instance, PASSWORD, Server, TestApp, wait_until};

const RESTORE: [&str; 2] = ["backup", "restore"];

/// An instance with a second factor, and a backup of it with the key and one without.
fn instance() -> Instance {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    instance.nox("backup create copy.db");
    instance.nox("backup create whole.db --with-key");
    instance
}

/// Every file with its content.
fn files(instance: &Instance) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(instance.path("")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    files.sort();
    files
}

fn set_key(instance: &Instance, bytes: &[u8]) {
    instance.write("nox.key", bytes);
    fs::set_permissions(instance.path("nox.key"), PermissionsExt::from_mode(0o600)).unwrap();
}

#[test]
fn backup_that_could_not_be_opened_afterwards_is_refused_before_anything_changes() {
    for (key, found) in [
        (None, "there is no nox.key"),
        (Some(&[7; 32][..]), "nox.key is another one"),
        (Some(&[7; 31]), "nox.key is damaged"),
    ] {
        let instance = instance();
        let own = fs::read(instance.path("nox.key")).unwrap();
        match key {
            Some(bytes) => set_key(&instance, bytes),
            None => fs::remove_file(instance.path("nox.key")).unwrap(),
        }
        let before = files(&instance);
        let refused = instance.run(&[&RESTORE[..], &["copy.db"]].concat(), "");
        assert_eq!((refused.status, refused.stdout.as_str()), (7, ""), "{}", refused.stderr);
        for part in [found, "--without-key", "nox key replace --lose-second-factors"] {
            assert!(refused.stderr.contains(part), "{}", refused.stderr);
        }
        assert_eq!(files(&instance), before, "{found}");
        let verified = instance.nox_json("backup verify copy.db --json");
        let fits = if key == Some(&[7; 32]) { json!(false) } else { Value::Null };
        assert_eq!(verified["key_fits"], fits, "{found}");
        assert_eq!(verified["needs_key"], json!(true));

        // In place all the same, it opens with its own key, or after a replacement.
        instance.nox("backup restore copy.db --without-key");
        assert_eq!(instance.run(&["user", "list"], "").status, 5);
        set_key(&instance, &own);
        assert_eq!(instance.factor("totp"), json!(true), "{found}");
        set_key(&instance, &[8; 32]);
        instance.nox("key replace --lose-second-factors --yes");
        assert_eq!(instance.factor("totp"), json!(false), "{found}");
        // The backup with the key restores both, whatever is in the place of the key.
        set_key(&instance, &[7; 31]);
        instance.nox("backup restore whole.db");
        assert_eq!(instance.factor("totp"), json!(true), "{found}");
    }
}

#[test]
fn backup_without_second_factors_is_restored_with_any_key() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    set_key(&instance, &[7; 32]);
    let ran = instance.run(&["backup", "restore", "copy.db"], "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("any key file will do"), "{}", ran.stderr);
    instance.nox("user show ada");
}

#[test]
fn two_restores_within_a_second_both_work_and_keep_what_they_replace() {
    let instance = instance();
    let mut kept: Vec<String> = Vec::new();
    for _ in 0..3 {
        let said = instance.nox("backup restore whole.db");
        kept.extend(said.lines().map(|line| line.strip_prefix("kept ").unwrap().to_owned()));
    }
    assert_eq!(kept.len(), 3);
    for file in &kept {
        instance.nox(&format!("backup verify {file}"));
    }
}

#[test]
fn restore_is_refused_under_a_running_server_that_has_lost_its_key_file() {
    let app = TestApp::builder().totp().serve();
    app.nox("backup create whole.db --with-key");
    fs::remove_file(app.instance.path("nox.key")).unwrap();
    let refused = app.instance.run(&["backup", "restore", "whole.db"], "");
    assert_eq!(refused.status, 5, "{}", refused.stderr);
    assert!(refused.stderr.contains("stop the server"), "{}", refused.stderr);
    let TestApp { server, instance, .. } = app;
    server.stop();
    instance.nox("backup restore whole.db");
    assert_eq!(instance.factor("totp"), json!(true));
}

#[test]
fn old_key_is_kept_at_a_rotation_and_opens_the_backups_before_it() {
    let instance = instance();
    let old = fs::read(instance.path("nox.key")).unwrap();
    let ran = instance.run(&["key", "rotate", "--yes"], "");
    let mut paths = fs::read_dir(instance.path("")).unwrap().map(|entry| entry.unwrap().path());
    let kept = paths.find(|path| path.to_str().unwrap().contains("nox.key.before-"));
    let kept = kept.expect("the old key is kept");
    assert_eq!(fs::read(&kept).unwrap(), old);
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    let name = kept.file_name().unwrap().to_str().unwrap();
    for part in [name, "backups without the key that were made until now", "nox.key"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert_eq!(instance.run(&["backup", "restore", "copy.db"], "").status, 7);
    fs::copy(&kept, instance.path("nox.key")).unwrap();
    instance.nox("backup restore copy.db");
    assert_eq!(instance.factor("totp"), json!(true));
}

#[test]
fn list_shows_the_backups_of_the_folder_without_a_database() {
    let instance = instance();
    fs::create_dir(instance.path("backups")).unwrap();
    let empty = instance.run(&["backup", "list"], "");
    assert_eq!((empty.status, empty.stdout.as_str()), (0, ""));
    assert!(empty.stderr.contains("no backups in backups (backup.folder)"), "{}", empty.stderr);
    fs::rename(instance.path("whole.db"), instance.path("backups/nox-2026-01-02T03-04-05Z.db"))
        .unwrap();
    fs::rename(instance.path("copy.db"), instance.path("backups/by-hand.db")).unwrap();
    let whole = fs::read(instance.path("backups/by-hand.db")).unwrap();
    instance.write("backups/cut.db", &whole[..5000]);
    instance.write("backups/other.db", "hello");
    instance.write("backups/nox-2026-01-02T03-04-06Z.db.draft", "hello");
    for file in ["nox.db", "nox.key"] {
        fs::remove_file(instance.path(file)).unwrap();
    }
    let ran = instance.run(&["backup", "list", "--json"], "");
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({ "file": "backups/nox-2026-01-02T03-04-05Z.db", "at": 1_767_323_045_000_u64,
            "bytes": lines[0]["bytes"], "with_key": true })
    );
    let rest: Vec<_> = lines[1..].iter().map(|line| (&line["file"], &line["with_key"])).collect();
    let expected = [("backups/by-hand.db", json!(false)), ("backups/cut.db", Value::Null)];
    for (file, with_key) in &expected {
        assert!(rest.contains(&(&json!(file), with_key)), "{rest:?}");
    }
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert!(!instance.path("nox.db").exists());
}

#[test]
fn backup_to_stdout_is_whole_or_a_failure() {
    let instance = instance();
    let out = fs::File::create(instance.path("out.db")).unwrap();
    let mut command = instance.command(["backup", "create", "-", "--with-key"]);
    let child = command.stdout(out).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("wrote the backup to stdout"), "{said}");
    assert_eq!(instance.nox_json("backup verify out.db --json")["with_key"], json!(true));
    // Half of it was taken.
    for sink in ["| head -c 100 > /dev/null", "> /dev/full", ">&-"] {
        let script =
            format!("set -o pipefail; {} backup create - {sink}", env!("CARGO_BIN_EXE_nox"));
        let mut shell = std::process::Command::new("bash");
        let output = shell.args(["-c", &script]).current_dir(instance.path("")).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{sink}: {said}");
        assert!(said.contains("the backup is not complete"), "{sink}: {said}");
    }
    let names: Vec<_> = files(&instance).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.contains("draft")), "{names:?}");
    instance.nox("backup create ./-");
    instance.nox("backup verify ./-");
}

#[test]
fn scheduled_backup_includes_the_key_if_that_is_configured_and_doctor_asks_for_it() {
    for (with_key, is_missing) in [("false", true), ("true", false)] {
        let settings = format!("[backup]\nevery = '1d'\nwith_key = {with_key}");
        let app = TestApp::with(&settings).enrolled().serve();
        let listed = || app.nox("backup list --json");
        wait_until("a backup is made", || !listed().is_empty());
        let listed: Value = serde_json::from_str(listed().lines().next().unwrap()).unwrap();
        assert_eq!(listed["with_key"], json!(!is_missing));
        let doctor = app.nox("doctor");
        assert_eq!(doctor.contains("nox.key is in none of the backups"), is_missing, "{doctor}");
    }
}

#[test]
fn restore_ends_the_invitations_that_may_have_been_used_or_removed_since() {
    let app = TestApp::with("[users]\nregistration = 'invite'").serve();
    let make = |options: &str| app.instance.nox_json(&format!("invite add --json {options}"));
    let [used, removed] = ["--uses 1", "--uses 9"].map(make);
    app.nox("backup create copy.db --with-key");
    let register = |server: &Server, name: &str, invitation: &Value| {
        let code = &invitation["code"];
        let body = json!({ "username": name, "password": PASSWORD, "invite": code });
        server.client().post("/api/auth/register", &body)
    };
    register(&app.server, "bob", &used).token();
    app.nox("invite remove 2");
    let TestApp { server, instance, .. } = app;
    server.stop();
    let ran = instance.run(&["backup", "restore", "copy.db"], "");
    assert!(
        ran.stderr.contains("\n2 invitation(s) could still be used, and have ended"),
        "{}",
        ran.stderr
    );
    let again = instance.nox_json("--json backup restore copy.db");
    assert_eq!(again["ended_invitations"], 2);
    assert_eq!(instance.nox("invite list").lines().count(), 2, "the operator sees which they were");
    let server = instance.serve();
    for (name, invitation) in [("eve", &used), ("kay", &removed)] {
        register(&server, name, invitation).refused_field("invite", "/api/auth/register");
    }
    let link = instance.nox_json("invite add --json");
    register(&server, "eve", &link).token();
}
