//! A database of an earlier version, and a kill in the middle of its upgrade.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::thread;

use nox::time::Timestamp;
use rusqlite::Connection;

use crate::harness::{Instance, at_once};

const FIRST: &str = include_str!("../../../src/storage/upgrades/1.sql");
const USERS: i64 = 200_000;
/// The version of `schema.sql`.
const LAST: u32 = 9;

/// An instance whose database has version 1, and so many users.
fn old_instance(users: i64) -> Instance {
    let instance = Instance::new();
    // The key that has signed the sessions.
    instance.write("nox.key", [7; 32]);
    fs::set_permissions(instance.path("nox.key"), Permissions::from_mode(0o600)).unwrap();
    instance.sql("PRAGMA journal_mode = WAL");
    instance.sql(FIRST);
    instance.sql(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users})
         INSERT INTO users (username, display, email, email_verified, password_hash,
             password_changed_at, created_at)
         SELECT 'usr' || i, 'User ' || i, 'usr' || i || '@b.example', i % 2,
             hex(zeroblob(40)), 1, i FROM n;
         INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip)
         SELECT randomblob(16), id, 1, 2, 1, '192.0.2.1' FROM users WHERE id % 10 = 0;"
    ));
    instance
}

/// Checks that all is there and nothing broken, and returns the version.
fn whole(path: &Path) -> u32 {
    let connection = Connection::open(path).unwrap();
    let said: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok", "{}", path.display());
    let query = "SELECT count(*), sum(created_at), sum(email_verified),
                 (SELECT count(*) FROM sessions) FROM users";
    let sums: (i64, i64, i64, i64) = connection
        .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap();
    assert_eq!(sums, (USERS, USERS * (USERS + 1) / 2, USERS / 2, USERS / 10), "{}", path.display());
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

/// Opens the database with a command, and kills that when it is time, unless it ends before.
fn open_and_kill(instance: &Instance, mut is_time: impl FnMut() -> bool) -> bool {
    let mut command = instance.command(["user", "show", "usr7"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        if is_time() {
            child.kill().unwrap();
            return child.wait().unwrap().code().is_none();
        }
        thread::yield_now();
    }
    false
}

#[test]
#[ignore = "measures"]
fn killed_upgrade_restarts_from_the_old_state_or_is_done() {
    let instance = old_instance(USERS);
    let [database, copy, draft, wal] =
        ["nox.db", "nox.db.v1", "nox.db.v1.draft", "nox.db-wal"].map(|name| instance.path(name));
    let pristine = instance.path("pristine");
    fs::copy(&database, &pristine).unwrap();
    let full = length(&database);
    let (mut kills, mut old) = (0, 0);
    let mut kill = |is_time: &dyn Fn() -> bool| {
        kills += i32::from(open_and_kill(&instance, is_time));
        if copy.exists() {
            assert_eq!(whole(&copy), 1);
        }
        let version = whole(&database);
        if version == 1 {
            old += 1;
        } else {
            assert!(version == LAST && copy.exists());
            fs::remove_file(&copy).unwrap();
            fs::copy(&pristine, &database).unwrap();
        }
    };
    // While the copy is written.
    for part in 0..8 {
        kill(&|| length(&draft) >= (full * part / 8).max(1));
    }
    // As it comes to stand under its name, and while the database itself is changed.
    for _ in 0..3 {
        kill(&|| copy.exists() && !draft.exists());
        fs::remove_file(&copy).unwrap_or_default();
        kill(&|| copy.exists() && length(&wal) > 0);
        fs::remove_file(&copy).unwrap_or_default();
    }
    assert!(kills >= 10 && old >= 8, "{kills} {old}");
    instance.nox("user show usr7");
    assert_eq!((whole(&database), whole(&copy)), (LAST, 1));
    assert!(!draft.exists());
}

#[test]
fn upgrade_ends_no_session() {
    let instance = old_instance(10);
    let sessions = || -> u32 {
        let query = "SELECT count(*) FROM sessions";
        instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(sessions(), 1);
    instance.nox("user show usr7");
    assert_eq!(sessions(), 1);
}

/// The definitions of all tables and indexes, with the version.
fn layout(path: &Path) -> (u32, Vec<String>) {
    let connection = Connection::open(path).unwrap();
    let mut query = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let all = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap(), all)
}

#[test]
fn upgrade_killed_at_any_write_is_complete_or_not_begun() {
    let instance = old_instance(10);
    let (database, copy, pristine) =
        (instance.path("nox.db"), instance.path("nox.db.v1"), instance.path("pristine"));
    fs::copy(&database, &pristine).unwrap();
    instance.nox("user show usr7");
    let (old, new) = (layout(&pristine), layout(&database));
    assert_eq!((old.0, new.0), (1, LAST));
    for write in 1..1000 {
        for name in ["nox.db", "nox.db-wal", "nox.db-shm", "nox.db.v1", "nox.db.v1.draft"] {
            fs::remove_file(instance.path(name)).unwrap_or_default();
        }
        fs::copy(&pristine, &database).unwrap();
        let inject = format!("inject=pwrite64:signal=KILL:when={write}");
        let mut command =
            instance.traced(&["-e", "trace=pwrite64", "-e", &inject], &["user", "show", "usr7"]);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        if status.code().is_some() {
            assert!(write > 20, "{write} writes are too few for a copy and an upgrade");
            return;
        }
        let found = layout(&database);
        assert!(found == old || found == new, "killed at write {write}: {found:?}");
        assert!(!copy.exists() || layout(&copy) == old, "killed at write {write}");
        instance.nox("user show usr7");
        assert_eq!(layout(&database), new, "killed at write {write}");
    }
    panic!("the upgrade never ends");
}

#[test]
fn lockout_outlives_an_upgrade() {
    let instance = old_instance(10);
    let until = Timestamp::now().millis() + 600_000;
    instance.sql(&format!(
        "INSERT INTO budgets VALUES
         ('password 7 from 192.0.2.1', 5, {until}), ('code 7', 4, {until})"
    ));
    let lockouts = instance.nox("throttle list");
    assert!(lockouts.starts_with("password\tusr7\t192.0.2.1\t5\t"), "{lockouts}");
    assert_eq!(lockouts.lines().count(), 1, "{lockouts}");
}

#[test]
fn database_upgraded_by_eight_processes_at_once_is_whole() {
    let upgraded = old_instance(10);
    let old = layout(&upgraded.path("nox.db"));
    upgraded.nox("user show usr7");
    let new = layout(&upgraded.path("nox.db"));
    for _ in 0..5 {
        let instance = old_instance(10);
        at_once(8, |_| instance.nox("user show usr7"));
        assert_eq!(layout(&instance.path("nox.db")), new);
        assert_eq!(layout(&instance.path("nox.db.v1")), old);
    }
}

#[test]
fn newer_database_is_refused_with_both_ways_out_and_goes_back_by_its_copy() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    let copy = format!("nox.db.v{LAST}");
    let is_told = |part: &str| {
        for args in [&["user", "list"][..], &["serve", "--listen", "127.0.0.1:0"], &["doctor"]] {
            let ran = instance.run(args, "");
            let said = ran.stdout + &ran.stderr;
            assert_eq!(ran.status, 6, "{args:?}: {said}");
            assert!(said.contains("Install a newer nox, or go back"), "{args:?}: {said}");
            assert!(said.contains(part), "{args:?}: {said}");
        }
    };
    // What a later version does: it keeps a copy, upgrades, and goes on.
    instance.nox(&format!("backup create {copy}"));
    instance.add_user("bob", "hunter22");
    instance.sql(&format!("ALTER TABLE users ADD later TEXT; PRAGMA user_version = {}", LAST + 1));
    is_told(&format!("nox backup restore {copy}"));
    fs::rename(instance.path(&copy), instance.path("moved.db")).unwrap();
    is_told("nox backup restore FILE, with a backup from before the upgrade");
    let kept = instance.nox("backup restore moved.db");
    let kept = kept.trim_end().strip_prefix("kept ").unwrap();
    assert_eq!(layout(&instance.path(kept)).0, LAST + 1, "what has changed since is kept");
    assert_eq!(instance.nox("user list").lines().count(), 1);
    assert_eq!(instance.factor("totp"), serde_json::json!(true));
}

#[test]
fn copy_from_before_an_upgrade_is_a_backup() {
    let instance = old_instance(10);
    instance.nox("user show usr7");
    instance.nox("user remove usr7 --yes");
    instance.nox("backup verify nox.db.v1");
    instance.nox("backup restore nox.db.v1");
    instance.nox("user show usr7");
}
