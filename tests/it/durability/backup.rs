//! `nox backup`, and scheduled backups.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::json;

use crate::harness::{Instance, PASSWORD, TestApp, at_once, oathtool, wait_until};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Restores a backup of one instance in another one, which is empty.
fn move_to(other: &Instance, from: &Instance, backup: &str) {
    fs::copy(from.path(backup), other.path("moved.db")).unwrap();
    other.nox("backup restore moved.db");
}

#[test]
fn backup_with_the_key_restores_on_another_machine() {
    let instance = Instance::with_users(["ada"]);
    let secret = instance.enroll("ada");
    let recovery = instance.nox("totp recovery ada");
    let made = instance.nox_json("backup create whole.db --with-key --json");
    let bytes = fs::metadata(instance.path("whole.db")).unwrap().len();
    let expected = json!({ "ok": true, "file": "whole.db", "bytes": bytes, "with_key": true });
    assert_eq!(made, expected);
    assert_eq!(mode(&instance.path("whole.db")), 0o600);
    let other = Instance::new();
    move_to(&other, &instance, "whole.db");
    assert_eq!(mode(&other.path("nox.key")), 0o600);
    let server = other.serve();
    assert_eq!(
        server.client().log_in_with_code("ada", "hunter22", &oathtool(&secret, 0)).status,
        200
    );
    // The key is in its file, and no longer in the database.
    let key = fs::read(other.path("nox.key")).unwrap();
    for file in ["nox.db", "nox.db-wal"] {
        let content = fs::read(other.path(file)).unwrap_or_default();
        assert!(!content.windows(key.len()).any(|part| part == key), "{file}");
    }
    let journal: String =
        other.database().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(journal, "wal");
    let code = recovery.lines().next().unwrap();
    assert_eq!(server.client().log_in_with_code("ada", "hunter22", code).status, 200);
}

#[test]
fn backup_without_the_key_says_that_the_key_is_needed() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    let made = instance.run(&["backup", "create", "copy.db"], "");
    assert_eq!(made.status, 0);
    assert!(made.stderr.contains("it does not include the key file"), "{}", made.stderr);
    let key = fs::read(instance.path("nox.key")).unwrap();
    let copy = fs::read(instance.path("copy.db")).unwrap();
    assert!(!copy.windows(key.len()).any(|part| part == key));
    let other = Instance::new();
    fs::copy(instance.path("nox.key"), other.path("nox.key")).unwrap();
    move_to(&other, &instance, "copy.db");
    other.nox("user show ada");
}

#[test]
fn restore_keeps_the_former_database() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    instance.add_user("bob", "hunter22");
    let kept = instance.nox("backup restore copy.db");
    let kept = kept.trim_end().strip_prefix("kept ").unwrap();
    assert_eq!(instance.nox("user list").lines().count(), 1);
    let report = instance.nox(&format!("backup verify {kept} --json"));
    assert_eq!(report, "{\"users\":2,\"with_key\":false,\"key_fits\":true,\"needs_key\":false}\n");
}

#[test]
fn restore_revives_no_session_challenge_or_code() {
    let app = TestApp::new();
    let token = app.try_password().token();
    app.nox("backup create copy.db");
    app.nox("session revoke --user ada");
    app.server.stop();
    app.instance.nox("backup restore copy.db");
    assert_eq!(app.instance.serve().client().me(&token).status, 401);
}

#[test]
fn restore_keeps_the_wal_of_a_killed_server() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    // An open connection keeps the changes in the WAL.
    let reader = instance.database();
    reader.execute_batch("BEGIN; SELECT * FROM users").unwrap();
    instance.add_user("bob", "hunter22");
    assert!(fs::metadata(instance.path("nox.db-wal")).unwrap().len() > 0);
    assert_eq!(instance.run(&["backup", "restore", "nox.db"], "").status, 7, "it is no whole copy");
    drop(reader);
    let kept = instance.nox("backup restore copy.db");
    let kept = kept.trim_end().strip_prefix("kept ").unwrap();
    assert!(instance.nox(&format!("backup verify {kept}")).contains("2 user(s)"));
}

#[test]
fn stale_key_in_a_backup_does_not_replace_the_right_one() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    instance.nox("backup create whole.db --with-key");
    let connection = rusqlite::Connection::open(instance.path("whole.db")).unwrap();
    connection.execute("UPDATE keys SET sealed = zeroblob(32) WHERE name = 'file'", []).unwrap();
    drop(connection);
    let key = fs::read(instance.path("nox.key")).unwrap();
    let refused = instance.run(&["backup", "restore", "whole.db"], "");
    assert_eq!(refused.status, 7, "{}", refused.stderr);
    assert_eq!(fs::read(instance.path("nox.key")).unwrap(), key);
    instance.nox("totp status ada");
}

#[test]
fn restore_is_refused_while_the_database_is_in_use() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    instance.add_user("bob", "hunter22");
    let server = instance.serve();
    let refused = instance.run(&["backup", "restore", "copy.db"], "");
    assert_eq!(refused.status, 5);
    assert!(refused.stderr.contains("stop it"), "{}", refused.stderr);
    assert_eq!(server.client().log_in("bob", "hunter22").status, 200);
    server.stop();
    instance.nox("backup restore copy.db");
}

#[test]
fn damaged_or_foreign_backup_is_refused_and_changes_nothing() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    let copy = fs::read(instance.path("copy.db")).unwrap();
    instance.write("short.db", &copy[..copy.len() / 2]);
    let mut bent = copy.clone();
    bent[4096 * 3..4096 * 3 + 64].fill(0xff);
    instance.write("bent.db", bent);
    instance.write("text.db", "hello");
    instance.write("empty.db", "");
    for (file, reason) in [
        ("short.db", "damaged"),
        ("bent.db", "damaged"),
        ("text.db", "not a backup"),
        ("empty.db", "not a backup"),
    ] {
        for command in ["verify", "restore"] {
            let refused = instance.run(&["backup", command, file], "");
            assert_eq!(refused.status, 7, "{command} {file}: {}", refused.stderr);
            let advice = ["storage.database", "nox backup restore"];
            let is_of_the_database = advice.iter().any(|advice| refused.stderr.contains(advice));
            assert!(!is_of_the_database, "the advice is for a database: {}", refused.stderr);
            assert!(
                refused.stderr.contains(reason) && refused.stderr.lines().count() <= 20,
                "{}",
                refused.stderr
            );
        }
    }
    instance.nox("user show ada");
    // No existing file is overwritten.
    for file in ["copy.db", "nox.db", "nox.key"] {
        assert_eq!(instance.run(&["backup", "create", file], "").status, 4, "{file}");
    }
    assert_eq!(instance.run(&["backup", "create", "missing/copy.db"], "").status, 1);
}

#[test]
fn hundred_backups_during_logins_are_whole_and_log_in() {
    let app = TestApp::new();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    assert_eq!(app.try_password().status, 200);
                }
            });
        }
        for number in 0..100 {
            app.nox(&format!("backup create {number}.db --with-key"));
            app.nox(&format!("backup verify {number}.db"));
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let restored = at_once(4, |part| {
        for number in (part..100).step_by(4) {
            let other = Instance::new();
            move_to(&other, &app.instance, &format!("{number}.db"));
            let login = other.serve().client().log_in("ada", PASSWORD);
            assert_eq!(login.status, 200, "{number}: {}", login.text);
        }
        (part..100).step_by(4).count()
    });
    assert_eq!(restored.iter().sum::<usize>(), 100);
}

#[test]
fn scheduled_backup_is_made_by_the_server_in_private_files() {
    let app = TestApp::with("[backup]\nevery = '1d'\nfolder = 'kept'").serve();
    let made = || {
        let mut files =
            fs::read_dir(app.instance.path("kept")).ok()?.map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|ending| ending == "db"))
    };
    wait_until("a backup is made", || made().is_some());
    let made = made().unwrap();
    assert_eq!((mode(&made), mode(&app.instance.path("kept"))), (0o600, 0o700));
    app.nox(&format!("backup verify {}", made.display()));
}
