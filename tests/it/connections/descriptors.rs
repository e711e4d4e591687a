//! A server with few file descriptors, and more clients than connection slots.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::harness::{Ended, Instance, Server, Wire, watch};

/// What the system lets the server open, whatever it asks for.
const DESCRIPTORS: usize = 128;

fn serve(instance: &Instance) -> Server {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        &format!("ulimit -n {DESCRIPTORS}; exec \"$@\""),
        "sh",
        env!("CARGO_BIN_EXE_nox"),
    ]);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(instance.path(""))
        .stdin(Stdio::null());
    Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

fn wait_for(what: &str, patience: Duration, is_so: impl Fn() -> bool) {
    let started = watch();
    while !is_so() {
        assert!(started.elapsed() < patience, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn clients_beyond_the_limit_leave_the_server_its_own_descriptors() {
    let instance = Instance::with_users(["ada"]);
    let server = serve(&instance);
    let mut inside: Vec<Wire> =
        (0..20).map(|_| Wire::logging_in(&server, "ada", "hunter22")).collect();
    for wire in &mut inside {
        assert_eq!(wire.status(), 200);
    }
    let before = server.sockets();

    let held: Vec<Wire> = (0..300).map(|_| Wire::to(&server)).collect();
    wait_for("connections are accepted", Duration::from_secs(10), || {
        server.sockets() > before + 20
    });
    // Connected clients are served, all at once, though each needs a connection to the database.
    let body = r#"{"identifier":"ada","password":"hunter22"}"#;
    let login = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}",
        body.len()
    );
    for question in [
        format!("{login}\r\n\r\n{body}"),
        "GET /api/users?query=a HTTP/1.1\r\nHost: x\r\n\r\n".into(),
    ] {
        for wire in &mut inside {
            wire.send(&question);
        }
        for wire in &mut inside {
            assert_eq!(wire.status(), 200);
        }
    }
    let before = server.computed();
    thread::sleep(Duration::from_secs(2));
    let after = server.computed();
    assert!(
        after < before + Duration::from_millis(200),
        "the server computed from {before:?} to {after:?}"
    );

    let mut outside = Wire::sending(&server, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(!outside.is_readable(), "no slot is free");
    drop(held);
    outside.stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    assert_eq!(outside.status(), 200);
    let Ended { status, log, .. } = server.stop();
    assert_eq!(status.code(), Some(0));
    let told: Vec<&str> = log.lines().filter(|line| line.contains("LimitNOFILE")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(!log.contains("ERROR") && !log.contains("not ready"), "{log}");
}
