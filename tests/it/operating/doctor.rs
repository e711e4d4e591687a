//! `nox doctor`: what is wrong, or soon will be, with what to do about it.

use std::fs;

use serde_json::Value;

use crate::harness::{Client, Instance, LOGIN, TestApp, wait_until};

/// A configuration without a warning: a local address, and backups.
const SOUND: &str = "[backup]\nevery = '1d'";

/// What was found about something: its state and its text. The last finding is the worst.
#[track_caller]
fn found(instance: &Instance, about: &str) -> (String, String) {
    let ran = instance.run(&["doctor", "--json"], "");
    let findings = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let worst = findings.filter(|finding| finding["about"] == about).max_by_key(|finding| {
        ["ok", "warning", "fault"]
            .map(Value::from)
            .iter()
            .position(|state| *state == finding["state"])
    });
    let worst = worst.unwrap_or_else(|| panic!("nothing about {about}: {}", ran.stdout));
    let text = |key: &str| worst[key].as_str().unwrap().to_owned();
    (text("state"), text("text"))
}

#[track_caller]
fn assert_found(instance: &Instance, about: &str, state: &str, words: &[&str]) {
    let (is, text) = found(instance, about);
    assert_eq!(is, state, "{about}: {text}");
    for word in words {
        assert!(text.contains(word), "{about}: {text}");
    }
}

/// The exit status of `nox doctor`, and with `--strict`.
fn statuses(instance: &Instance) -> [i32; 2] {
    [&["doctor"][..], &["doctor", "--strict"]].map(|args| instance.run(args, "").status)
}

#[test]
fn doctor_begins_with_the_files_in_use_as_config_check_does() {
    let instance = Instance::with_users(["ada"]);
    let files = "the configuration is nox.toml; the database is nox.db, the key file nox.key";
    let first = instance.nox("doctor").lines().next().unwrap().to_owned();
    assert!(first.starts_with("ok") && first.ends_with(files), "{first}");
    let ran = instance.run(&["config", "check"], "");
    assert_eq!(ran.stderr.lines().next().unwrap(), files);
}

#[test]
fn warning_is_a_failure_with_strict_alone() {
    let instance = Instance::with_users(["ada"]);
    assert_found(&instance, "backups", "warning", &["set backup.every"]);
    assert_eq!(statuses(&instance), [0, 1]);
    let ran = instance.run(&["doctor", "--strict"], "");
    assert!(ran.stderr.contains("warning(s)"), "{}", ran.stderr);
}

#[test]
fn fault_has_its_own_status_with_strict_too() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    let key = instance.path("nox.key");
    fs::rename(&key, instance.path("aside.key")).unwrap();
    let lost = ["nox.key is missing", "nox key replace --lose-second-factors"];
    assert_found(&instance, "key file", "fault", &lost);
    assert_eq!(statuses(&instance), [5, 5]);
    instance.write("nox.key", [7; 32]);
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&key, private).unwrap();
    assert_found(&instance, "database", "fault", &["is not the one of this database"]);
    assert_eq!(statuses(&instance), [6, 6]);
    fs::rename(instance.path("aside.key"), &key).unwrap();
    assert_eq!(statuses(&instance), [0, 1]);
}

#[test]
fn key_file_that_is_missed_by_sessions_alone_is_a_warning() {
    let instance = Instance::with_users(["ada"]);
    fs::remove_file(instance.path("nox.key")).unwrap();
    assert_found(&instance, "key file", "warning", &["the next start creates it"]);
}

#[test]
fn instance_without_a_user_is_warned_of() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("user remove ada --yes");
    assert_found(&instance, "users", "warning", &["nox user add NAME --admin"]);
    instance.add_user("bob", "hunter22");
    assert!(!instance.nox("doctor").contains("no user"));
}

#[test]
fn failed_backup_is_a_fault_until_one_is_made() {
    // Root may write everywhere, so that a file is in the way.
    let instance = Instance::with("[backup]\nevery = '1d'\nfolder = 'kept/backups'");
    instance.add_user("ada", "hunter22");
    instance.write("kept", "");
    let server = instance.serve();
    wait_until("the backup fails", || server.logged().contains("no backup was made"));
    wait_until("that is stored", || found(&instance, "backups").1.contains("failed"));
    server.stop();
    fs::remove_file(instance.path("kept")).unwrap();
    let words = ["the last backup failed", "kept/backups", "there is none", "within ten minutes"];
    assert_found(&instance, "backups", "fault", &words);
    assert_eq!(statuses(&instance), [5, 5]);
    let server = instance.serve();
    wait_until("a backup is made", || server.logged().contains("made a backup"));
    wait_until("that is stored", || found(&instance, "backups").0 != "fault");
    server.stop();
}

#[test]
fn old_backup_is_a_warning() {
    let instance = Instance::with(SOUND);
    instance.add_user("ada", "hunter22");
    assert!(instance.nox("doctor").contains("no backup yet"));
    let server = instance.serve();
    wait_until("a backup is made", || server.logged().contains("made a backup"));
    server.stop();
    assert_found(&instance, "backups", "warning", &["backup.with_key = true"]);
    let folder = fs::read_dir(instance.path("backups")).unwrap();
    let backup = folder.map(|entry| entry.unwrap().path()).next().unwrap();
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_hours(24 * 365 * 50);
    fs::File::options().write(true).open(backup).unwrap().set_modified(old).unwrap();
    assert!(instance.nox("doctor").contains("more than twice backup.every"));
    assert_eq!(statuses(&instance), [0, 1]);
}

/// A login as a proxy passes it on, with these headers.
fn log_in_by_proxy(client: &Client, headers: &[(&str, &str)]) {
    let body = br#"{"identifier":"ada","password":"hunter22"}"#;
    let json = ("Content-Type", "application/json");
    let headers: Vec<_> = headers.iter().copied().chain([json]).collect();
    assert_eq!(client.send("POST", LOGIN, &headers, body).status, 200);
}

#[test]
fn https_in_front_of_an_http_url_is_told_once_and_found_until_the_url_is_https() {
    let app = TestApp::new();
    let client = app.client();
    client.get("/login", &[("X-Forwarded-Proto", "http")]);
    for _ in 0..3 {
        assert_eq!(client.get("/login", &[("X-Forwarded-Proto", "https")]).status, 200);
    }
    let is_found = || found(&app.instance, "public URL").0 == "warning";
    wait_until("what was noticed is stored", is_found);
    let words = ["http://localhost:53032", "set it to the address that browsers use"];
    assert_found(&app.instance, "public URL", "warning", &words);
    let doctor = app.nox("doctor");
    let lines = doctor.lines().filter(|line| line.contains("\tpublic URL\t"));
    assert_eq!(lines.count(), 1, "nothing else calls it right: {doctor}");
    assert_eq!(statuses(&app.instance), [0, 1]);
    app.instance.configure("[server]\npublic_url = 'https://nox.example'");
    assert_found(&app.instance, "public URL", "ok", &[]);
    let log = app.log();
    let lines = log.lines().filter(|line| line.contains("browsers use https"));
    assert_eq!(lines.count(), 1, "{log}");
}

#[test]
fn one_address_of_all_clients_is_told_once_and_found_until_a_proxy_names_the_client() {
    let app = TestApp::with("[server]\npublic_url = 'https://nox.example'").serve();
    let client = app.client();
    for _ in 0..19 {
        log_in_by_proxy(&client, &[]);
    }
    assert!(!app.nox("doctor").contains("X-Forwarded-For"));
    for _ in 0..21 {
        log_in_by_proxy(&client, &[]);
    }
    let words = ["127.0.0.1", "X-Forwarded-For", "docs/operating.md"];
    assert_found(&app.instance, "proxy", "warning", &words);
    log_in_by_proxy(&client, &[("X-Forwarded-For", "192.0.2.7")]);
    assert!(!app.nox("doctor").contains("X-Forwarded-For"));
    let log = app.log();
    let lines = log.lines().filter(|line| line.contains("20 logins in a row"));
    assert_eq!(lines.count(), 1, "{log}");
}

#[test]
fn clients_on_this_machine_need_no_proxy() {
    let app = TestApp::new();
    let client = app.client();
    for _ in 0..25 {
        log_in_by_proxy(&client, &[]);
    }
    assert!(!app.nox("doctor").contains("X-Forwarded-For"));
}
