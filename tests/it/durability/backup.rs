//! `nox backup`, and the backups that the server makes by itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Instance, oathtool};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Puts a backup of one instance into another, which has nothing yet.
fn move_to(other: &Instance, from: &Instance, backup: &str) {
    fs::copy(from.path(backup), other.path("moved.db")).unwrap();
    other.ok(&["backup", "restore", "moved.db"], "");
}

#[test]
fn a_backup_with_the_key_is_all_that_another_machine_needs() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let recovery = instance.ok(&["totp", "recovery", "ada"], "");
    let made = instance.ok(&["backup", "create", "whole.db", "--with-key", "--json"], "");
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made, json!({ "file": "whole.db", "bytes": made["bytes"], "with_key": true }));
    assert_eq!(mode(&instance.path("whole.db")), 0o600);
    let other = Instance::new();
    move_to(&other, &instance, "whole.db");
    assert_eq!(mode(&other.path("nox.key")), 0o600);
    let server = other.serve();
    assert_eq!(
        server.client().log_in_with_code("ada", "hunter22", &oathtool(&secret, 0)).status,
        200
    );
    // The key is in its file, and nowhere in the database any more.
    let key = fs::read(other.path("nox.key")).unwrap();
    for file in ["nox.db", "nox.db-wal"] {
        let content = fs::read(other.path(file)).unwrap_or_default();
        assert!(!content.windows(key.len()).any(|part| part == key), "{file}");
    }
    let journal: String = rusqlite::Connection::open(other.path("nox.db"))
        .unwrap()
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(journal, "wal");
    let code = recovery.lines().next().unwrap();
    assert_eq!(server.client().log_in_with_code("ada", "hunter22", code).status, 200);
}

#[test]
fn a_backup_without_the_key_says_that_there_is_a_second_file() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let made = instance.run(&["backup", "create", "copy.db"], "");
    assert_eq!(made.status, 0);
    assert!(made.stderr.contains("the key file is a second file"), "{}", made.stderr);
    let key = fs::read(instance.path("nox.key")).unwrap();
    let copy = fs::read(instance.path("copy.db")).unwrap();
    assert!(!copy.windows(key.len()).any(|part| part == key));
    let other = Instance::new();
    move_to(&other, &instance, "copy.db");
    let refused = other.run(&["user", "list"], "");
    assert_eq!(refused.status, 5);
    assert!(refused.stderr.contains("nox.key is missing"), "{}", refused.stderr);
    fs::copy(instance.path("nox.key"), other.path("nox.key")).unwrap();
    other.ok(&["user", "show", "ada"], "");
}

#[test]
fn what_was_there_before_a_restore_is_kept() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["backup", "create", "copy.db"], "");
    instance.add_user("bob", "hunter22");
    let kept = instance.ok(&["backup", "restore", "copy.db"], "");
    let kept = kept.trim_end().strip_prefix("kept ").unwrap();
    assert_eq!(instance.ok(&["user", "list"], "").lines().count(), 1);
    let report = instance.ok(&["backup", "verify", kept, "--json"], "");
    assert_eq!(report, "{\"users\":2,\"with_key\":false,\"key_fits\":true}\n");
}

#[test]
fn what_has_ended_since_a_backup_does_not_come_back_with_it() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let token = server.client().log_in("ada", "hunter22").token();
    instance.ok(&["backup", "create", "copy.db"], "");
    instance.ok(&["session", "revoke", "--user", "ada"], "");
    server.stop();
    instance.ok(&["backup", "restore", "copy.db"], "");
    assert_eq!(instance.serve().client().me(&token).status, 401);
}

#[test]
fn what_a_killed_server_left_beside_the_database_is_kept_with_it() {
    let instance = Instance::new();
    instance.ok(&["user", "list"], "");
    instance.ok(&["backup", "create", "copy.db"], "");
    // A connection that stays keeps the changes beside the file.
    let reader = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM users").unwrap();
    instance.add_user("bob", "hunter22");
    assert!(fs::metadata(instance.path("nox.db-wal")).unwrap().len() > 0);
    assert_eq!(instance.run(&["backup", "restore", "nox.db"], "").status, 7, "it is no whole copy");
    drop(reader);
    let kept = instance.ok(&["backup", "restore", "copy.db"], "");
    let kept = kept.trim_end().strip_prefix("kept ").unwrap();
    assert!(instance.ok(&["backup", "verify", kept], "").contains("1 user(s)"));
}

#[test]
fn a_stale_key_in_a_backup_does_not_take_the_place_of_the_right_one() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    instance.ok(&["backup", "create", "whole.db", "--with-key"], "");
    let connection = rusqlite::Connection::open(instance.path("whole.db")).unwrap();
    connection.execute("UPDATE keys SET sealed = zeroblob(32) WHERE name = 'file'", []).unwrap();
    drop(connection);
    let key = fs::read(instance.path("nox.key")).unwrap();
    let refused = instance.run(&["backup", "restore", "whole.db"], "");
    assert_eq!(refused.status, 7, "{}", refused.stderr);
    assert_eq!(fs::read(instance.path("nox.key")).unwrap(), key);
    instance.ok(&["totp", "status", "ada"], "");
}

#[test]
fn nothing_is_restored_while_somebody_uses_the_database() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["backup", "create", "copy.db"], "");
    instance.add_user("bob", "hunter22");
    let server = instance.serve();
    let refused = instance.run(&["backup", "restore", "copy.db"], "");
    assert_eq!(refused.status, 5);
    assert!(refused.stderr.contains("stop it"), "{}", refused.stderr);
    assert_eq!(server.client().log_in("bob", "hunter22").status, 200);
    server.stop();
    instance.ok(&["backup", "restore", "copy.db"], "");
}

#[test]
fn what_is_no_whole_backup_is_refused_and_takes_no_place() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["backup", "create", "copy.db"], "");
    let copy = fs::read(instance.path("copy.db")).unwrap();
    fs::write(instance.path("short.db"), &copy[..copy.len() / 2]).unwrap();
    let mut bent = copy.clone();
    bent[4096 * 3..4096 * 3 + 64].fill(0xff);
    fs::write(instance.path("bent.db"), bent).unwrap();
    fs::write(instance.path("text.db"), "hello").unwrap();
    fs::write(instance.path("empty.db"), "").unwrap();
    for (file, reason) in [
        ("short.db", "damaged"),
        ("bent.db", "damaged"),
        ("text.db", "no backup"),
        ("empty.db", "no backup"),
        ("none.db", "none.db"),
    ] {
        for command in ["verify", "restore"] {
            let refused = instance.run(&["backup", command, file], "");
            assert_eq!(refused.status, 7, "{command} {file}: {}", refused.stderr);
            assert!(
                refused.stderr.contains(reason) && refused.stderr.lines().count() <= 20,
                "{}",
                refused.stderr
            );
        }
    }
    instance.ok(&["user", "show", "ada"], "");
    // No file is overwritten, the database least of all.
    for file in ["copy.db", "nox.db", "nox.key"] {
        assert_eq!(instance.run(&["backup", "create", file], "").status, 4, "{file}");
    }
    assert_eq!(instance.run(&["backup", "create", "missing/copy.db"], "").status, 1);
}

#[test]
fn a_hundred_backups_during_logins_are_whole_and_log_in() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
                }
            });
        }
        for number in 0..100 {
            let file = format!("{number}.db");
            instance.ok(&["backup", "create", &file, "--with-key"], "");
            instance.ok(&["backup", "verify", &file], "");
        }
        is_over.store(true, Ordering::SeqCst);
    });
    for number in (0..100).step_by(20) {
        let other = Instance::new();
        move_to(&other, &instance, &format!("{number}.db"));
        assert_eq!(other.serve().client().log_in("ada", "hunter22").status, 200, "{number}");
    }
}

#[test]
fn the_server_makes_backups_by_itself() {
    let instance = Instance::with("[backup]\nevery = '1d'\nfolder = 'kept'");
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let made = || {
        let files = fs::read_dir(instance.path("kept")).ok()?.map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "db"))
    };
    let made = (0..1000).find_map(|_| {
        server.client().get("/healthz", &[]);
        made()
    });
    let made = made.expect("a backup");
    assert_eq!((mode(&made), mode(&instance.path("kept"))), (0o600, 0o700));
    instance.ok(&["backup", "verify", made.to_str().unwrap()], "");
}
