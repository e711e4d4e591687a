//! A disk that turns read-only, and a database that vanishes: no write is acknowledged and lost.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Ended, LOGIN, NOT_READY, Server, TestApp, wait_until};

/// Lets every write of a server to a file fail, as on a disk that the system has made read-only,
/// until it is dropped.
struct ReadOnly(Child);

impl ReadOnly {
    fn make(server: &Server) -> Self {
        let mut command = Command::new("strace");
        command.args([
            "-f",
            "-e",
            "trace=pwrite64,ftruncate",
            "-e",
            "inject=pwrite64,ftruncate:error=EROFS",
            "-p",
        ]);
        let mut strace =
            command.arg(server.id().to_string()).stderr(Stdio::piped()).spawn().unwrap();
        // Its first line says that it is attached to the server.
        let mut said = BufReader::new(strace.stderr.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        assert!(first.contains("attached"), "{first}");
        std::thread::spawn(move || said.lines().for_each(drop));
        Self(strace)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        // strace detaches from the server and ends.
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn disk_that_turns_read_only_fails_writes_alone() {
    let app = TestApp::new();
    let client = app.client();
    let token = client.log_in("ada", "hunter22").token();
    let read_only = ReadOnly::make(&app.server);
    for _ in 0..3 {
        client.log_in("ada", "hunter22").refused(NOT_READY, LOGIN);
        assert_eq!(client.me(&token).status, 200);
    }
    let answer = client.get("/readyz", &[]);
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("the disk of the database fails"), "{}", answer.text);
    drop(read_only);
    client.log_in("ada", "hunter22").token();
    wait_until("the server is ready", || client.get("/readyz", &[]).status == 200);
    let log = app.log();
    assert!(log.contains("disk I/O error") && !log.contains("panicked"), "{log}");
}

#[test]
fn vanished_database_is_not_created_again_and_takes_no_writes() {
    let app = TestApp::new();
    let client = app.client();
    let token = client.log_in("ada", "hunter22").token();
    let (path, aside) = (app.instance.path("nox.db"), app.instance.path("aside.db"));
    fs::rename(&path, &aside).unwrap();
    client.log_in("ada", "hunter22").refused(NOT_READY, LOGIN);
    let answer = client.get("/readyz", &[]);
    assert_eq!(answer.status, 503);
    assert!(answer.text.starts_with("the file of the database is gone"), "{}", answer.text);
    assert_eq!(client.me(&token).status, 200);
    assert!(!path.exists());
    fs::write(&path, "something else").unwrap();
    client.log_in("ada", "hunter22").refused(NOT_READY, LOGIN);
    assert_eq!(fs::read(&path).unwrap(), b"something else");
    fs::rename(&aside, &path).unwrap();
    let kept = client.log_in("ada", "hunter22").token();
    let Ended { status, log, .. } = app.server.stop();
    assert_eq!(status.code(), Some(0));
    for words in ["nox.db is gone", "nox.db is another file", "put its own back"] {
        assert!(log.contains(words), "{log}");
    }
    assert_eq!(app.instance.serve().client().me(&kept).status, 200);
}
