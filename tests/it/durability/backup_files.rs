//! The files around a backup: one that is missing, links, what an interrupted one leaves, and the
//! copy of the key that `nox doctor` asks for.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::time::SystemTime;

use crate::harness::Instance;

const NO_COPY: &str = "nox.key is in none of the backups";

fn instance() -> Instance {
    let instance = Instance::with("[backup]\nevery = '1d'");
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    instance
}

#[test]
fn doctor_asks_for_a_copy_of_the_key_until_one_is_made_anywhere_and_after_each_rotation() {
    let instance = instance();
    fs::create_dir(instance.path("backups")).unwrap();
    let strict = || instance.run(&["doctor", "--strict"], "");
    let scheduled = |name: &str| format!("backup create backups/nox-{name}T00-00-00Z.db");
    instance.nox(&scheduled("2026-01-01"));
    assert!(strict().stdout.contains(NO_COPY), "{}", strict().stdout);
    assert!(strict().stdout.contains("nox backup create FILE --with-key"), "{}", strict().stdout);
    // A backup without the key is no copy of it.
    instance.nox("backup create elsewhere.db");
    assert!(strict().stdout.contains(NO_COPY));
    instance.nox("backup create elsewhere-with-key.db --with-key");
    fs::remove_file(instance.path("elsewhere-with-key.db")).unwrap();
    assert!(!strict().stdout.contains(NO_COPY), "{}", strict().stdout);

    instance.nox("key rotate --yes");
    assert!(strict().stdout.contains(NO_COPY), "{}", strict().stdout);
    let script =
        format!("{} backup create - --with-key | cat > /dev/null", env!("CARGO_BIN_EXE_nox"));
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", &script]).current_dir(instance.path("")).status().unwrap().success());
    assert!(!strict().stdout.contains(NO_COPY), "{}", strict().stdout);

    // A copy of the key before this one is none of this one.
    instance.nox(&format!("{} --with-key", scheduled("2026-01-02")));
    instance.nox("key rotate --yes");
    assert!(strict().stdout.contains(NO_COPY), "{}", strict().stdout);
    instance.nox(&format!("{} --with-key", scheduled("2026-01-03")));
    assert!(!strict().stdout.contains(NO_COPY), "{}", strict().stdout);
}

#[test]
fn backup_that_is_not_there_is_not_found() {
    let instance = instance();
    for command in ["verify", "restore"] {
        let ran = instance.run(&["backup", command, "none.db"], "");
        assert_eq!(ran.status, 3, "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("there is no file none.db"), "{command}: {}", ran.stderr);
    }
}

#[test]
fn empty_file_is_no_database() {
    let instance = Instance::new();
    instance.write("nox.db", "");
    let ran = instance.run(&["user", "list"], "");
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no database at"), "{}", ran.stderr);
    assert!(!instance.path("nox.key").exists());
    let added = instance.run(&["user", "add", "ada", "--password-stdin"], "hunter22");
    assert_eq!(added.status, 0, "{}", added.stderr);
    assert!(added.stderr.contains("created the database nox.db"), "{}", added.stderr);
}

#[test]
fn symbolic_links_to_database_and_key_stay_when_these_are_replaced() {
    let instance = instance();
    fs::create_dir(instance.path("real")).unwrap();
    for name in ["nox.db", "nox.key"] {
        fs::rename(instance.path(name), instance.path("real").join(name)).unwrap();
        symlink(Path::new("real").join(name), instance.path(name)).unwrap();
    }
    let inode = |name: &str| fs::metadata(instance.path(name)).unwrap().ino();
    instance.nox("backup create one.db --with-key");
    let before = ["nox.db", "nox.key"].map(inode);
    instance.nox("key rotate --yes");
    assert_ne!(inode("nox.key"), before[1]);
    instance.nox("backup restore one.db");
    assert_ne!(inode("nox.db"), before[0]);
    assert!(instance.nox("user list").contains("ada"));
    for name in ["nox.db", "nox.key"] {
        assert!(fs::symlink_metadata(instance.path(name)).unwrap().is_symlink(), "{name}");
    }
    let names = |folder: &str| {
        let entries = fs::read_dir(instance.path(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("before")).collect::<Vec<_>>()
    };
    // What is kept lies beside the files, on their disk.
    assert_eq!((names("").len(), names("real").len()), (0, 3), "{:?}", names("real"));
}

#[test]
fn part_of_an_interrupted_backup_is_deleted_unless_it_is_in_use() {
    let instance = instance();
    fs::create_dir(instance.path("backups")).unwrap();
    let make = |name: &str| File::create(instance.path(name)).unwrap();
    let make_old = |name: &str| {
        let file = make(name);
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        file
    };
    let abandoned = [
        "nox.db.0123456789abcdef.draft",
        "nox.db.0123456789abcde0.draft.draft",
        "backups/nox-2026-01-01T00-00-00Z.db.draft",
    ];
    let others = [
        "nox.db.notes.draft",
        "other.draft",
        "nox.db.before-2026-01-01T00-00-00Z",
        "backups/a.draft",
    ];
    let in_use = make_old("nox.db.1123456789abcdef.draft.draft");
    in_use.lock().unwrap();
    make("nox.db.2123456789abcdef.draft");
    let there = |name: &&str| instance.path(name).exists();
    let run: [&dyn Fn(); 2] =
        [&|| drop(instance.nox("backup create kept.db")), &|| drop(instance.serve())];
    for run in run {
        for name in abandoned.iter().chain(&others) {
            make_old(name);
        }
        run();
        assert_eq!(abandoned.iter().filter(|name| there(name)).count(), 0);
        assert!(others.iter().all(there));
        assert!(there(&"nox.db.1123456789abcdef.draft.draft"));
        assert!(there(&"nox.db.2123456789abcdef.draft"));
    }
    drop(in_use);
    instance.nox("backup create other.db");
    assert!(!there(&"nox.db.1123456789abcdef.draft.draft"));
}
