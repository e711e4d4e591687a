//! A full disk: reads go on, writes are refused, and nothing is damaged.

use std::time::Duration;

use serde_json::json;

use crate::harness::{LOGIN, NOT_READY, SmallDisk, wait_until, watch};

#[test]
fn full_disk_refuses_writes_with_503_and_reads_go_on() {
    let disk = SmallDisk::new("size=8m");
    let client = disk.client();
    let tokens: Vec<String> = (0..5).map(|_| client.log_in("ada", "hunter22").token()).collect();
    disk.fill();
    let bearer = format!("Bearer {}", tokens[0]);
    for _ in 0..20 {
        client.log_in("ada", "hunter22").refused(NOT_READY, LOGIN);
        let refused = client.log_in("ada", "wrong horse");
        refused.refused(NOT_READY, LOGIN);
        assert_eq!(refused.header("retry-after"), Some("5"));
        client
            .send("GET", "/api/auth/logout", &[("Authorization", &bearer)], b"")
            .refused(NOT_READY, "/api/auth/logout");
    }
    for token in &tokens {
        assert_eq!(client.me(token).status, 200, "a logout that was not acknowledged ends nothing");
    }
    assert_eq!(client.get("/login", &[]).status, 200);
    let ran = disk.run(&["user", "set", "ada", "--display", "Ada"]);
    assert_eq!(ran.status, 6, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("database or disk is full") && ran.stderr.contains("free some space"),
        "{}",
        ran.stderr
    );

    disk.clear();
    let cleared = watch();
    while client.log_in("ada", "hunter22").status != 200 {
        let took = cleared.elapsed();
        assert!(took < Duration::from_secs(10), "no login within {took:?} of the room coming back");
    }
    for token in &tokens {
        assert_eq!(client.me(token).status, 200);
    }
    assert_eq!(disk.run(&["doctor"]).status, 0);
    let log = disk.stop();
    assert!(log.contains("database or disk is full") && !log.contains("panicked"), "{log}");
}

#[test]
fn full_disk_is_told_to_monitors_until_there_is_room() {
    let disk = SmallDisk::new("size=8m");
    let client = disk.client();
    assert_eq!(client.get("/readyz", &[]).status, 200);
    disk.fill();
    wait_until("the last answer is forgotten", || client.get("/readyz", &[]).status == 503);
    let full = "the disk of the database is full: free some space";
    let answer = client.get("/readyz", &[]);
    assert_eq!(answer.status, 503);
    assert!(answer.text.starts_with(full), "{}", answer.text);
    let ran = disk.run(&["health"]);
    assert!(ran.status == 1 && ran.stderr.contains(full), "{}", ran.stderr);
    let ran = disk.run(&["doctor"]);
    assert_eq!(ran.status, 5, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("fault") && ran.stdout.contains("0 MiB are free"),
        "{}",
        ran.stdout
    );
    disk.clear();
    wait_until("the server is ready", || client.get("/readyz", &[]).status == 200);
    assert_eq!(disk.run(&["health"]).status, 0);
    let log = disk.stop();
    assert!(log.matches("not ready").count() == 1 && log.contains("ready again"), "{log}");
}

#[test]
fn disk_without_inodes_stops_backups_and_no_login() {
    let disk = SmallDisk::new("size=8m,nr_inodes=50");
    let client = disk.client();
    disk.take_every_inode();
    client.log_in("ada", "hunter22").token();
    let ran = disk.run(&["backup", "create", "disk/copy.db"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.contains("cannot write the backup disk/copy.db: No space left on device"),
        "{}",
        ran.stderr
    );
    let ran = disk.run(&["doctor"]);
    assert_eq!(ran.status, 5);
    assert!(ran.stdout.contains("no inode left"), "{}", ran.stdout);
    disk.clear();
    assert_eq!(disk.run(&["backup", "create", "disk/copy.db"]).status, 0);
    assert_eq!(
        client.post(LOGIN, &json!({ "identifier": "ada", "password": "hunter22" })).status,
        200
    );
    assert!(!disk.stop().contains("panicked"));
}
