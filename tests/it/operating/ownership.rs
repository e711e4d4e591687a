//! What root makes or replaces in the folder of a service belongs to the service.

use std::fs;

use rusqlite::Connection;
use rustix::process::Signal;

use crate::harness::{Service, wait_until};

const SETTINGS: &str = "
    [server]
    listen = '127.0.0.1:0'
    [storage]
    database = 'data/sub/nox.db'
    [secrets]
    key_file = 'keys/nox.key'
    [backup]
    every = '1d'
    folder = 'kept/here'";

/// The first version of the schema.
const FIRST: &str = include_str!("../../../src/storage/upgrades/1.sql");

/// Checks that these files exist, and that everything belongs to the service.
#[track_caller]
fn are_of_the_service(service: &Service, what: &str, files: &[&str]) {
    for file in files {
        let found = service.shell(&format!("ls -d {file} 2>&1 || true"));
        assert!(!found.contains("No such file"), "{what}: {found}");
    }
    assert_eq!(service.foreign(), "", "{what}");
}

/// Waits for a backup itself, and not for its draft, whose name goes on behind this.
fn wait_for_backup(service: &Service) {
    wait_until("a backup is made", || {
        service.shell("ls kept/here 2>&1 || true").lines().any(|line| line.ends_with("Z.db"))
    });
}

#[test]
fn every_file_that_root_creates_belongs_to_the_service() {
    let service = Service::new(SETTINGS);
    for (command, files) in [
        (
            "user add ada --password-stdin",
            &["data", "data/sub", "data/sub/nox.db", "keys", "keys/nox.key"][..],
        ),
        ("backup create copy.db", &["copy.db"]),
        ("backup create whole.db --with-key", &["whole.db"]),
        ("totp enroll ada --no-confirm --svg code.svg", &["code.svg"]),
        ("user export ada exports", &["exports", "exports/ada.json"]),
        ("key rotate --yes", &["keys/nox.key"]),
        (
            "backup restore whole.db",
            &[
                "data/sub/nox.db",
                "data/sub/nox.db.before-*",
                "keys/nox.key",
                "keys/nox.key.before-*",
            ],
        ),
        ("man pages/man1", &["pages", "pages/man1", "pages/man1/nox.1"]),
        ("doctor", &[]),
    ] {
        let ran = service.root(command);
        assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
        are_of_the_service(&service, command, files);
    }
    // Also what an interrupted restore of a first database would leave is made anew.
    service.shell("rm -r data keys; touch nox.db.draft; chown 65534:65534 nox.db.draft");
    assert_eq!(service.root("backup restore whole.db").status, 0);
    are_of_the_service(&service, "restore", &["data/sub/nox.db", "keys/nox.key"]);
    let server = service.serve_as_user();
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
    server.stop();
    assert_eq!(service.user("doctor").status, 0);
}

#[test]
fn what_a_server_of_root_leaves_can_be_used_by_the_service() {
    let settings = SETTINGS.replace("127.0.0.1:0", "unix:run/nox.sock");
    let service = Service::new(&settings);
    service.shell("mkdir run; chown 65534:65534 run");
    let server = service.serve_as_root();
    wait_for_backup(&service);
    let files =
        ["data/sub/nox.db-wal", "data/sub/nox.db-shm", "run/nox.sock", "kept/here/nox-*Z.db"];
    are_of_the_service(&service, "serve", &files);
    assert_eq!(service.shell("stat -c %a run/nox.sock"), "660\n");
    server.stop_with(Signal::KILL);
    let server = service.serve_as_user();
    assert_eq!(server.address, "unix:run/nox.sock");
    are_of_the_service(&service, "serve", &["run/nox.sock"]);
}

#[test]
fn copy_before_an_upgrade_by_root_belongs_to_the_service() {
    let service = Service::new("");
    let path = service.path("../old.db");
    Connection::open(path).unwrap().execute_batch(FIRST).unwrap();
    service.shell("mv ../old.db nox.db; chown 65534:65534 nox.db; chmod 600 nox.db");
    assert_eq!(service.root("user list").status, 0);
    are_of_the_service(&service, "upgrade", &["nox.db", "nox.db.v1", "nox.key"]);
    assert_eq!(service.user("user list").status, 0);
}

#[test]
fn what_takes_the_place_of_a_file_takes_its_owner_unless_that_is_root() {
    let service = Service::new("");
    service.root("user add ada --password-stdin");
    service.root("backup create whole.db --with-key");
    for (owner, expected) in [("4242:4343", "4242:4343"), ("0:0", "65534:65534")] {
        service.shell(&format!("chown {owner} nox.db nox.key; rm -f *.before-*"));
        assert_eq!(service.root("key rotate --yes").status, 0);
        assert_eq!(service.owner("nox.key"), expected, "key rotate");
        assert_eq!(service.root("backup restore whole.db").status, 0);
        assert_eq!(service.owner("nox.db"), expected, "restored database");
        assert_eq!(service.owner("nox.key"), expected, "restored key");
        assert_eq!(service.owner("nox.db.before-*"), owner, "what is kept is not changed");
    }
}

#[test]
fn key_file_in_a_folder_of_root_is_left_to_root_with_a_warning() {
    let service = Service::new("[secrets]\nkey_file = '../of-root/nox.key'\n");
    service.shell("mkdir ../of-root; chmod 755 ../of-root");
    let warning = "nox.key belongs to root, and nox.db to nobody, whose service needs both: \
                   run chown nobody:";
    for command in ["user add ada --password-stdin", "user list"] {
        let ran = service.root(command);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    }
    assert_eq!(service.root("doctor").status, 5);
    service.shell("chown 65534:65534 ../of-root/nox.key");
    let ran = service.root("key rotate --yes");
    assert!(!ran.stderr.contains("belongs to root"), "{}", ran.stderr);
    assert_eq!(service.owner("../of-root/nox.key"), "65534:65534");
    assert_eq!(service.user("user list").status, 0);
}

#[test]
fn root_that_cannot_give_a_file_away_is_told_as_whom_to_run_the_command() {
    let service = Service::new("");
    for command in ["user add ada --password-stdin", "man man"] {
        let ran = service.root_without_chown(command);
        assert_eq!(ran.status, 5, "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("cannot give it to nobody"), "{}", ran.stderr);
        assert!(ran.stderr.contains("run this as nobody"), "{}", ran.stderr);
    }
    assert_eq!(service.shell("ls"), "nox.toml\n");
    service.shell("chown 0:4343 .");
    let ran = service.root_without_chown("user add ada --password-stdin");
    assert_eq!(ran.status, 0, "another group is no reason to refuse: {}", ran.stderr);
}

#[test]
fn links_in_the_folder_of_a_service_give_away_nothing_of_root() {
    let service = Service::new("[storage]\ndatabase = 'link/nox.db'\n");
    // The service leads root into a folder of root's, and to a file of root's.
    service.shell(
        "mkdir ../of-root man; echo precious > ../of-root/file
         ln -s ../of-root link; ln -s ../../of-root/file man/nox.1
         ln -s ../of-root/file copy.db; ln -s ../of-root/file code.svg
         chown -h 65534:65534 link man man/nox.1 copy.db code.svg",
    );
    assert_eq!(service.root("user add ada --password-stdin").status, 0);
    assert_eq!(service.owner("link/nox.db"), "0:0", "the owner of the folder that it is in");
    assert_eq!(service.root("backup create copy.db").status, 4);
    assert_ne!(service.root("totp enroll ada --no-confirm --svg code.svg").status, 0);
    assert_eq!(service.root("man man").status, 0);
    assert_eq!(
        service.shell("cat ../of-root/file; stat -c %u:%g ../of-root ../of-root/file"),
        "precious\n0:0\n0:0\n"
    );
    assert_eq!(service.owner("man/nox.1"), "65534:65534");
    assert!(fs::symlink_metadata(service.path("man/nox.1")).unwrap().is_file());
}

#[test]
fn log_says_how_the_service_gets_the_right_to_write_backups() {
    let service = Service::new(SETTINGS);
    assert_eq!(service.user("user add ada --password-stdin").status, 0);
    // Root has made the folder, in one of the service where nothing else is.
    service.shell("mkdir -p kept/here; chown 65534:65534 kept");
    let server = service.serve_as_user();
    wait_until("the failure is logged", || server.logged().contains("no backup was made"));
    let log = server.logged();
    let advice = log.split_once("as root, run ").unwrap_or_else(|| panic!("{log}")).1;
    let command = advice.split(['"', ';', '\n']).next().unwrap();
    assert!(command.starts_with("chown "), "{command}");
    server.stop();
    service.shell(command);
    let server = service.serve_as_user();
    wait_for_backup(&service);
    server.stop();
    are_of_the_service(&service, "backups", &["kept/here/nox-*.db"]);
}
