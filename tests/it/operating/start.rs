//! What a start refuses or warns about before it changes anything, with advice.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::harness::{Ended, Instance, Server};

/// An instance with a user and no key file: a refused start must not create one.
fn keyless() -> Instance {
    let instance = Instance::with_users(["ada"]);
    fs::remove_file(instance.path("nox.key")).unwrap();
    instance
}

/// Checks that the start is refused with this status and these words, and changes no file.
#[track_caller]
fn refuses(instance: &Instance, status: i32, words: &[&str]) {
    let before = fs::read(instance.path("nox.db")).unwrap();
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"]] {
        let ran = instance.run(args, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{}", ran.stderr);
        assert!(words.iter().all(|word| ran.stderr.contains(word)), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
    assert!(fs::read(instance.path("nox.db")).unwrap() == before);
    assert_eq!(names(instance), ["nox.db", "nox.toml"]);
}

fn names(instance: &Instance) -> Vec<String> {
    let entries = fs::read_dir(instance.path("")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn truncated_database_is_refused() {
    let instance = keyless();
    let path = instance.path("nox.db");
    let whole = fs::metadata(&path).unwrap().len();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(whole - 1).unwrap();
    refuses(
        &instance,
        6,
        &[&format!("it has {} of {whole} bytes", whole - 1), "nox backup restore"],
    );
}

#[test]
fn damaged_database_is_refused_or_found_by_the_doctor() {
    let instance = keyless();
    let file = OpenOptions::new().write(true).open(instance.path("nox.db")).unwrap();
    // The header of the first table is damaged.
    file.write_all_at(&[0xff; 64], 100).unwrap();
    refuses(&instance, 6, &["malformed", "nox backup restore"]);

    let instance = Instance::with_users(["ada", "bea", "cleo"]);
    let pages = fs::metadata(instance.path("nox.db")).unwrap().len() / 4096;
    let file = OpenOptions::new().write(true).open(instance.path("nox.db")).unwrap();
    (1..pages).for_each(|page| file.write_all_at(&[0xff; 64], page * 4096 + 2000).unwrap());
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 6, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("nox.db is damaged") && ran.stdout.contains("nox backup restore"),
        "{}",
        ran.stdout
    );
}

#[test]
fn foreign_or_newer_database_is_refused() {
    let instance = keyless();
    instance.sql("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99");
    refuses(&instance, 6, &["schema version 99", "Install a newer nox"]);
    instance.sql("PRAGMA user_version = 3; PRAGMA application_id = 7");
    refuses(&instance, 6, &["is not a Nox database", "storage.database"]);
}

#[test]
fn clock_set_back_and_readable_database_are_reported() {
    let instance = Instance::with_users(["ada"]);
    fs::set_permissions(instance.path("nox.db"), Permissions::from_mode(0o644)).unwrap();
    let server = instance.serve();
    let token = server.client().log_in("ada", "hunter22").token();
    let Ended { log, .. } = server.stop();
    assert!(log.contains("run chmod 600 ") && !log.contains("the clock"), "{log}");

    let a_year = 365 * 86_400_000_i64;
    let database = instance.database();
    database.execute("UPDATE sessions SET created_at = created_at + ?1", [a_year]).unwrap();
    fs::set_permissions(instance.path("nox.db"), Permissions::from_mode(0o600)).unwrap();
    let server = instance.serve();
    assert_eq!(server.client().me(&token).status, 200);
    let Ended { log, .. } = server.stop();
    assert!(log.contains("WARN the clock says ") && log.contains("set the clock"), "{log}");
    assert!(!log.contains("chmod"), "{log}");
    database.execute("DELETE FROM sessions", []).unwrap();
    database.execute("UPDATE audit SET at = at + ?1", [a_year]).unwrap();
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 0, "a warning is no fault");
    assert!(ran.stdout.contains("warning\tclock\tthe clock says "), "{}", ran.stdout);
}

#[test]
fn files_are_private_whatever_the_umask() {
    for umask in ["000", "022", "777"] {
        let instance = Instance::with(
            "[storage]\ndatabase = 'data/sub/nox.db'\n[secrets]\nkey_file = 'keys/nox.key'",
        );
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "umask $1; exec $2 serve --listen 127.0.0.1:0",
            "sh",
            umask,
            env!("CARGO_BIN_EXE_nox"),
        ]);
        command.current_dir(instance.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let server = Server::start(&mut command);
        for (path, expected) in [
            ("data", 0o700),
            ("data/sub", 0o700),
            ("data/sub/nox.db", 0o600),
            ("data/sub/nox.db-wal", 0o600),
            ("data/sub/nox.db-shm", 0o600),
            ("keys", 0o700),
            ("keys/nox.key", 0o600),
        ] {
            let mode = fs::metadata(instance.path(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, expected, "{path} with umask {umask}");
        }
        drop(server);
    }
}

#[test]
fn symbolic_links_are_not_followed_when_files_are_created() {
    let instance = Instance::new();
    let elsewhere = instance.path("elsewhere");
    for (link, args, words) in [
        ("nox.db", &["user", "add", "eve", "--generate"][..], "symbolic link that leads nowhere"),
        ("nox.key", &["user", "add", "eve", "--generate"], "nox.key"),
        ("copy.db", &["backup", "create", "copy.db"], "exists already"),
        ("code.svg", &["totp", "enroll", "ada", "--no-confirm", "--svg", "code.svg"], "exists"),
        ("nox.db-wal", &["user", "set", "ada", "--display", "Ada"], "nox.db"),
    ] {
        if link == "copy.db" {
            instance.add_user("ada", "hunter22");
        }
        symlink(&elsewhere, instance.path(link)).unwrap();
        let ran = instance.run(args, "");
        assert!(
            ran.status > 0 && ran.stderr.contains(words),
            "{link}: {} {}",
            ran.status,
            ran.stderr
        );
        assert!(!elsewhere.exists(), "{link}");
        fs::remove_file(instance.path(link)).unwrap();
    }
}
