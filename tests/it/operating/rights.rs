//! Rights that are missing: each is named, with the user and what to do, and no backup is advised.

use std::fs;
use std::process::Command;

use crate::harness::{Instance, Ran, Service};

const SETTINGS: &str = "[server]\nlisten = '127.0.0.1:0'\n[secrets]\nkey_file = 'keys/nox.key'\n";

fn service() -> Service {
    let service = Service::new(SETTINGS);
    service.user("user add ada --password-stdin");
    service.user("backup create copy.db");
    service
}

/// Checks that a missing right is told, and nothing else.
#[track_caller]
fn is_told(ran: &Ran, words: &[&str], what: &str) {
    assert_eq!(ran.status, 5, "{what}: {}", ran.stderr);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(words.iter().all(|word| text.contains(word)), "{what}: {text}");
    for wrong in ["damaged", "backup restore", "put the key file back", "from a backup"] {
        assert!(!text.contains(wrong), "{what}: {text}");
    }
}

#[test]
fn missing_right_is_named_by_every_command_and_found_by_the_doctor() {
    for (spoil, words) in [
        (
            "chown 0:0 nox.db",
            &["/nox.db belongs to root, mode 0600, and user nobody cannot read"][..],
        ),
        ("chown 0:0 nox.db; chmod 644 nox.db", &["/nox.db belongs to root", "cannot write it"]),
        ("chown 0:0 keys", &["/keys belongs to root, mode 0700", "user nobody cannot enter it"]),
        ("chown 0:0 keys/nox.key", &["/nox.key belongs to root", "user nobody cannot read it"]),
        (
            "touch nox.db-wal; chmod 600 nox.db-wal",
            &["/nox.db-wal belongs to root", "user nobody cannot read it"],
        ),
        (
            "chown 0:0 .; chmod 755 .",
            &["the folder ", "/service is not writable for user nobody: it belongs to root"],
        ),
        ("chown 0:0 nox.toml; chmod 600 nox.toml", &["/nox.toml belongs to root, mode 0600"]),
        ("chmod 400 nox.db", &["/nox.db belongs to nobody, mode 0400", "run chmod u+rw "]),
        ("chown 0:0 .; chmod 700 .", &["/service belongs to root, mode 0700", "cannot enter it"]),
    ] {
        let service = service();
        service.shell(spoil);
        for command in [
            "serve --listen 127.0.0.1:0",
            "user list",
            "user add bob --password-stdin",
            "audit list",
            "key rotate --yes",
        ] {
            is_told(&service.user(command), words, &format!("{spoil}: {command}"));
        }
        is_told(&service.user("doctor"), words, &format!("{spoil}: doctor"));
        is_told(&service.root("doctor"), words, &format!("{spoil}: doctor of root"));
        assert_eq!(service.root("user list").status, 0, "{spoil}");
    }
}

#[test]
fn files_that_a_command_reads_or_writes_are_named() {
    let service = service();
    service.shell(
        "mkdir ../closed; echo hunter22 > secret; cp copy.db other.db
         chown 0:0 secret other.db ../closed; chmod 600 secret other.db; chmod 755 ../closed",
    );
    for (command, words) in [
        ("backup create ../closed/copy.db", "/closed is not writable for user nobody"),
        ("backup verify other.db", "/other.db belongs to root, mode 0600"),
        ("backup restore other.db", "/other.db belongs to root, mode 0600"),
        ("totp enroll ada --no-confirm --svg ../closed/x.svg", "/closed is not writable"),
        ("man ../closed", "/closed is not writable for user nobody"),
        ("man ../closed/man1", "/closed is not writable for user nobody"),
        ("user passwd ada --password-file secret", "/secret belongs to root, mode 0600"),
        ("user set ada --thumbnail secret", "/secret belongs to root, mode 0600"),
        ("serve --listen unix:../closed/nox.sock", "/closed is not writable for user nobody"),
        ("--config secret user list", "/secret belongs to root, mode 0600"),
    ] {
        is_told(&service.user(command), &[words], command);
    }
    assert_eq!(service.user("user show ada").status, 0, "nothing was changed");
}

#[test]
fn doctor_tries_the_folders_of_backups_and_of_the_socket() {
    let settings = "[server]\nlisten = 'unix:../run/nox.sock'\n
        [backup]\nevery = '1d'\nfolder = '../kept'\n";
    let service = Service::new(settings);
    service.user("user add ada --password-stdin");
    service.shell("mkdir ../run ../kept; chown 65534:65534 ../run ../kept");
    assert_eq!(service.user("doctor").status, 0);
    assert_eq!(service.root("doctor").status, 0);
    let before = service.shell("find .. | sort");
    for folder in ["run", "kept"] {
        service.shell(&format!("chown 0:0 ../{folder}"));
        let words = format!("/{folder} is not writable for user nobody: it belongs to root");
        for ran in [service.user("doctor"), service.root("doctor")] {
            is_told(&ran, &[&words], folder);
        }
        service.shell(&format!("chown 65534:65534 ../{folder}"));
    }
    assert_eq!(service.shell("find .. | sort"), before, "it leaves nothing behind");
}

#[test]
fn doctor_finds_what_the_server_needs_and_what_is_in_the_way_of_its_socket() {
    let service = Service::new("[server]\nlisten = 'unix:run/nox.sock'\n");
    service.user("user add ada --password-stdin");
    let doctor = |status: i32, words: &str| {
        for ran in [service.user("doctor"), service.root("doctor")] {
            assert_eq!(ran.status, status, "{words}: {}", ran.stdout);
            assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
        }
    };
    doctor(5, "fault\taccess\tserver.listen: the folder run does not exist, create it first");
    service.shell("mkdir run; chown 65534:65534 run");
    doctor(0, "ok\taccess\tuser nobody can use");
    for (make, status, words) in [
        ("touch run/nox.sock", 5, "fault\taccess\tserver.listen: run/nox.sock is no socket"),
        ("mkdir run/nox.sock", 5, "fault\taccess\tserver.listen: run/nox.sock is no socket"),
        (
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"run/nox.sock\")'",
            0,
            "run/nox.sock belongs to root, mode 0755, and user nobody cannot write it: as root, \
             run chown nobody:",
        ),
    ] {
        service.shell(make);
        doctor(status, words);
        assert_eq!(service.user("serve").status, 5, "{make}");
        service.shell("rm -r run/nox.sock");
    }
    // What is missing in the configuration itself.
    let folder = Instance::with("[instance]\nlogo = 'none.svg'\n[storage]\ndatabase = 'a/b.db'\n");
    let ran = folder.run(&["doctor"], "");
    assert!(ran.stdout.contains("instance.logo: there is no "), "{}", ran.stdout);
    assert!(ran.stdout.contains("ok\tdisk\t"), "the first start creates the folder");
}

#[test]
fn doctor_disturbs_no_server_and_makes_no_database() {
    let service = Service::new(SETTINGS);
    assert_eq!(service.root("doctor").status, 0);
    assert_eq!(service.shell("ls"), "nox.toml\n");
    service.user("user add ada --password-stdin");
    let server = service.serve_as_user();
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(service.root("doctor").status, 0);
        assert_eq!(service.user("doctor").status, 0);
        assert_eq!(client.log_in("ada", "hunter22").status, 200);
        assert_eq!(service.user("user set ada --display Ada").status, 0);
    }
    let log = server.stop().log;
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn what_is_no_file_is_told_by_its_own_words() {
    let service = service();
    service.shell("mkdir folder; mkfifo pipe; chmod 666 pipe");
    for (settings, words) in [
        ("[storage]\ndatabase = 'folder'", "/folder is a folder"),
        ("[storage]\ndatabase = 'pipe'", "pipe is no regular file"),
        ("[secrets]\nkey_file = 'folder'", "the key file folder is a folder"),
        ("[secrets]\nkey_file = 'pipe'", "the key file pipe is no regular file"),
        ("[storage]\ndatabase = 'nox.db/sub/nox.db'", "a part of the path is a file"),
    ] {
        service.shell(&format!("printf \"{settings}\" > other.toml"));
        let ran = service.user("--config other.toml user list");
        is_told(&ran, &[words.trim_start_matches('/')], settings);
    }
}

/// Runs a command of `nox` in a folder whose file system has become read-only.
const READ_ONLY: &str = "mount -t tmpfs tmpfs disk; cp nox.toml disk; cd disk
    printf hunter22 | \"$0\" --quiet user add ada --password-stdin
    \"$0\" --quiet backup create copy.db
    mount -o remount,ro \"$PWD\"
    exec \"$0\" $1";

#[test]
fn read_only_file_system_is_named() {
    let instance = Instance::with(SETTINGS);
    fs::create_dir(instance.path("disk")).unwrap();
    for command in [
        "serve",
        "user list",
        "backup create other.db",
        "backup restore copy.db",
        "key rotate --yes",
        "man man",
        "doctor",
    ] {
        let mut run = Command::new("unshare");
        run.args(["--user", "--map-root-user", "--mount", "sh", "-euc", READ_ONLY]);
        run.arg(env!("CARGO_BIN_EXE_nox")).arg(command).current_dir(instance.path(""));
        is_told(&Ran::of(&mut run, ""), &["Read-only file system", "/disk for writing"], command);
    }
}
