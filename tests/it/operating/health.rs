//! `nox health` asks the server where it really is.

use std::fs;

use rustix::process::Signal;

use crate::harness::{Instance, Server};

fn health(instance: &Instance) -> (i32, String) {
    let ran = instance.run(&["health"], "");
    (ran.status, ran.stdout + &ran.stderr)
}

fn serve(instance: &Instance, listen: &str) -> Server {
    let mut command = instance.command(["serve", "--listen", listen]);
    Server::start(command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()))
}

#[test]
fn health_finds_the_server_wherever_it_was_told_to_listen() {
    // Nothing listens at the configured address.
    let instance = Instance::with("[server]\nlisten = '127.0.0.1:1'");
    for listen in ["127.0.0.1:0", "localhost:0", "unix:nox.sock"] {
        let server = serve(&instance, listen);
        assert_eq!(health(&instance), (0, "ok\n".into()), "{listen}");
        server.stop();
        let (status, said) = health(&instance);
        assert!(status == 1 && said.contains("no server answers at 127.0.0.1:1"), "{said}");
        assert!(!instance.path("nox.db.listen").exists(), "{listen}");
    }
}

#[test]
fn health_finds_a_server_from_another_folder_and_by_the_environment() {
    let instance = Instance::new();
    let mut command = instance.command(["serve"]);
    command.env("NOX_SERVER__LISTEN", "unix:run.sock");
    let piped = std::process::Stdio::piped;
    let server = Server::start(command.stdout(piped()).stderr(piped()));
    let mut command = instance.command(["health", "--config"]);
    let output = command.arg(instance.path("nox.toml")).current_dir("/").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    server.stop();
}

#[test]
fn note_of_a_killed_server_does_not_mislead() {
    let instance = Instance::with("[server]\nlisten = '127.0.0.1:1'");
    let server = serve(&instance, "127.0.0.1:0");
    let old = fs::read_to_string(instance.path("nox.db.listen")).unwrap();
    assert_eq!(old, server.address);
    server.stop_with(Signal::KILL);
    assert!(instance.path("nox.db.listen").exists());
    assert!(health(&instance).1.contains("no server answers at 127.0.0.1:1"));
    let server = serve(&instance, "127.0.0.1:0");
    assert_eq!(health(&instance).0, 0);
    server.stop();
}

#[test]
fn note_of_the_next_server_stays_when_the_last_one_ends() {
    let instance = Instance::with("[server]\nlisten = '127.0.0.1:1'");
    let last = serve(&instance, "127.0.0.1:0");
    let next = serve(&instance, "127.0.0.1:0");
    last.stop();
    assert_eq!(health(&instance).0, 0);
    next.stop();
    assert_eq!(health(&instance).0, 1);
}

#[test]
fn health_asks_the_address_that_it_is_given() {
    let instance = Instance::new();
    let server = instance.serve();
    let elsewhere = Instance::with("[server]\nlisten = 7");
    assert_eq!(elsewhere.nox(&format!("health --listen {}", server.address)), "ok\n");
    assert_eq!(elsewhere.run(&["health", "--listen", "127.0.0.1:1"], "").status, 1);
    assert_eq!(elsewhere.run(&["health", "--listen", "nowhere"], "").status, 2);
}
