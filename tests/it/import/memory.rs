//! A dump that is larger than the memory.

use std::fs;
use std::io::{BufWriter, Write};
use std::process::{Child, Stdio};
use std::thread;

use super::moving::database_of;
use super::postgres::Row;
use super::shapes::FIRST;
use crate::harness::Instance;

const MIB: usize = 1024 * 1024;
/// How much of it are rows that are skipped, and how many users there are with a long description.
const SKIPPED: usize = 300 * MIB;
const USERS: usize = 20_000;

/// The most memory that a process had so far, in bytes; `None` when it has ended.
fn peak(child: &Child) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024)
}

/// Writes a dump in which the one session and the one user of this dump are repeated.
fn write_large(dump: &str, to: impl Write) {
    let mut to = BufWriter::new(to);
    let mut sessions = 0;
    for line in dump.split_inclusive('\n') {
        if line.contains("SESSION") {
            while sessions < SKIPPED {
                to.write_all(line.as_bytes()).unwrap();
                sessions += line.len();
            }
        } else if line.contains("usr4242") {
            for id in 100_000..100_000 + USERS {
                let line = line.replace("usr4242", &format!("usr{id}"));
                to.write_all(line.replace("4242", &id.to_string()).as_bytes()).unwrap();
            }
        } else {
            to.write_all(line.as_bytes()).unwrap();
        }
    }
}

#[test]
#[ignore = "measures"]
fn dump_of_500_megabytes_is_imported_in_64_mebibytes() {
    let database = database_of(&FIRST, &[]);
    let user = Row::new().set("id", "4242").set("username", "usr4242");
    database.add(&[user.set("bio", "x".repeat(10_000))]);
    let session = Row::new().set("id", "SESSION").set("token", "t").set("user_id", "4242");
    database.add_to("\"Session\"", &session.set("public_key", format!("\\x{}", "ab".repeat(4000))));
    let dump = String::from_utf8(database.pg_dump(["--data-only"])).unwrap();

    let instance = Instance::new();
    let mut command = instance.command(["import", "-", "--quiet"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let mut most = 0;
    thread::scope(|scope| {
        let writer = scope.spawn(|| write_large(&dump, stdin));
        while let Some(memory) = peak(&child) {
            most = most.max(memory);
            thread::sleep(std::time::Duration::from_millis(20));
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        writer.join().unwrap();
    });
    assert!(child.wait().unwrap().success());
    assert!(most < 64 * MIB, "{} MiB", most / MIB);
    let count: u32 =
        instance.database().query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(count).unwrap(), USERS);
}
