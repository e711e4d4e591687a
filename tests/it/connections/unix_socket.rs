//! `unix:PATH`, where a reverse proxy of the same machine reaches the server.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use nox::time::Timestamp;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::harness::{Ended, Instance, Server};

const LISTEN: &str = "[server]\nlisten = 'unix:nox.sock'\n";

fn start(command: &mut Command) -> Server {
    Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

fn serve(instance: &Instance) -> Server {
    start(&mut instance.command(["serve"]))
}

fn mode(path: &Path) -> u32 {
    let found = fs::symlink_metadata(path).unwrap();
    assert!(found.file_type().is_socket());
    found.permissions().mode() & 0o777
}

/// Sends a request with these lines in its head; returns the status, and the answer where it is
/// JSON.
fn ask(path: &Path, line: &str, head: &[&str], body: &str) -> (u16, Value) {
    let mut stream = UnixStream::connect(path).unwrap();
    let head = head.iter().fold(String::new(), |head, line| head + line + "\r\n");
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: nox\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{head}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

fn log_in(path: &Path, password: &str, head: &[&str]) -> (u16, Value) {
    let body = json!({ "identifier": "ada", "password": password }).to_string();
    ask(path, "POST /api/auth/login", &[head, &["Content-Type: application/json"]].concat(), &body)
}

fn lives(path: &Path) -> bool {
    UnixStream::connect(path).is_ok() && ask(path, "GET /healthz", &[], "").0 == 200
}

#[test]
fn socket_is_served_and_removed_at_the_end() {
    let instance = Instance::with(LISTEN);
    instance.add_user("ada", "hunter22");
    let server = serve(&instance);
    assert_eq!(server.address, "unix:nox.sock");
    let path = instance.path("nox.sock");
    let (status, session) = log_in(&path, "hunter22", &[]);
    assert_eq!(status, 200, "{session}");
    let bearer = format!("Authorization: Bearer {}", session["data"]["token"].as_str().unwrap());
    let (status, me) = ask(&path, "GET /api/users/@me", &[&bearer], "");
    assert_eq!((status, &me["data"]["username"]), (200, &json!("ada")));
    assert_eq!(ask(&path, "GET /login", &[], "").0, 200);
    let Ended { status, stdout, log } = server.stop();
    assert_eq!((status.code(), stdout.as_str()), (Some(0), ""));
    assert!(log.contains(" listen=unix:nox.sock "), "{log}");
    assert!(!path.exists());
}

#[test]
fn socket_is_open_to_its_group_alone_whatever_the_umask() {
    for umask in ["000", "022", "077", "777"] {
        let instance = Instance::new();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\" serve --listen unix:nox.sock")]);
        let server = start(command.arg(env!("CARGO_BIN_EXE_nox")).current_dir(instance.path("")));
        assert_eq!(mode(&instance.path("nox.sock")), 0o660, "{umask}");
        drop(server);
    }
}

#[test]
fn stale_socket_is_replaced() {
    let instance = Instance::with(LISTEN);
    let path = instance.path("nox.sock");
    let killed = serve(&instance).stop_with(Signal::KILL);
    assert_eq!(killed.status.code(), None);
    assert!(mode(&path) == 0o660 && !lives(&path));
    let server = serve(&instance);
    assert!(mode(&path) == 0o660 && lives(&path));
    server.stop();
    let left: Vec<_> =
        fs::read_dir(instance.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with("nox.sock")), "{left:?}");
}

#[test]
fn socket_of_a_running_server_is_left_alone() {
    let instance = Instance::with(LISTEN);
    let server = serve(&instance);
    let path = instance.path("nox.sock");
    let inode = fs::metadata(&path).unwrap().ino();
    let refused = instance.run(&["serve"], "");
    assert_eq!((refused.status, refused.stdout.as_str()), (5, ""));
    let reason = "cannot listen on unix:nox.sock: another server is listening there; \
                  set --listen or server.listen";
    assert_eq!(refused.stderr.lines().last().unwrap(), format!("nox: {reason}"));
    assert!(lives(&path) && fs::metadata(&path).unwrap().ino() == inode);
    drop(server);

    // A server that does not answer is not a stale one, however full its backlog is.
    fs::remove_file(&path).unwrap();
    let silent = UnixListener::bind(&path).unwrap();
    assert_eq!(instance.run(&["serve"], "").status, 5);
    silent.set_nonblocking(true).unwrap();
    assert!(silent.accept().is_err(), "no connection was made");
}

#[test]
fn file_that_is_no_socket_is_never_removed() {
    let instance = Instance::new();
    instance.write("file", "precious");
    fs::create_dir(instance.path("folder")).unwrap();
    drop(UnixListener::bind(instance.path("stale")).unwrap());
    for (to, link) in [("file", "to_file"), ("stale", "to_stale"), ("nowhere", "dangling")] {
        symlink(to, instance.path(link)).unwrap();
    }
    for name in ["file", "folder", "to_file", "to_stale", "dangling"] {
        let before = fs::symlink_metadata(instance.path(name)).unwrap();
        let refused = instance.run(&["serve", "--listen", &format!("unix:{name}")], "");
        assert_eq!((refused.status, refused.stdout.as_str()), (5, ""), "{name}");
        let line = refused.stderr.lines().last().unwrap();
        assert!(
            line.contains("there is a file that is no socket, which is left as it is"),
            "{name}: {line}"
        );
        let after = fs::symlink_metadata(instance.path(name)).unwrap();
        assert_eq!((before.ino(), before.mode()), (after.ino(), after.mode()), "{name}");
    }
    assert_eq!(fs::read_to_string(instance.path("file")).unwrap(), "precious");
    assert!(instance.path("stale").exists() && !instance.path("nowhere").exists());
}

#[test]
fn start_reports_why_a_socket_cannot_be_made() {
    let instance = Instance::new();
    for (path, reason) in [
        ("nowhere/nox.sock", "No such file"),
        (&"x".repeat(108), "longer than that of a socket may be"),
    ] {
        let refused = instance.run(&["serve", "--listen", &format!("unix:{path}")], "");
        assert_eq!(refused.status, 5, "{}", refused.stderr);
        assert!(refused.stderr.contains(reason), "{}", refused.stderr);
    }
    let refused = instance.run(&["serve", "--listen", "unix:"], "");
    assert_eq!((refused.status, refused.stderr.lines().count()), (2, 1), "{}", refused.stderr);
    assert!(refused.stderr.contains("unix:PATH"), "{}", refused.stderr);
}

#[test]
fn stale_socket_taken_by_several_starts_goes_to_one() {
    let instance = Instance::with(LISTEN);
    let path = instance.path("nox.sock");
    serve(&instance).stop_with(Signal::KILL);
    let mut started: Vec<_> = (0..4)
        .map(|_| {
            instance
                .command(["serve"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut listening = Vec::new();
    for mut child in started.drain(..) {
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            assert_eq!(child.wait().unwrap().code(), Some(5));
        } else {
            assert_eq!(line, "listening on unix:nox.sock\n");
            listening.push(child);
        }
    }
    let is_one = listening.len() == 1 && lives(&path);
    for mut child in listening {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(is_one);
}

#[test]
fn ending_server_leaves_the_socket_to_its_successor() {
    let instance = Instance::with(&format!("{LISTEN}[limits]\nshutdown_grace = '1h'"));
    let path = instance.path("nox.sock");
    let old = serve(&instance);
    let mut half = UnixStream::connect(&path).unwrap();
    half.write_all(
        b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
    )
    .unwrap();
    half.write_all(b"Content-Length: 100\r\n\r\n{").unwrap();
    assert!(lives(&path));
    old.signal(Signal::TERM);
    let limit = Timestamp::now().after(Duration::from_secs(20));
    while UnixStream::connect(&path).is_ok() {
        assert!(Timestamp::now() < limit, "the server goes on listening");
        thread::yield_now();
    }
    let new = serve(&instance);
    assert!(lives(&path));
    assert_eq!(old.stop_with(Signal::INT).status.code(), Some(0));
    assert!(lives(&path), "the socket is the successor's");
    new.stop();
    assert!(!path.exists());
}

#[test]
fn relative_socket_path_starts_at_the_configurations_folder() {
    let instance = Instance::new();
    fs::create_dir(instance.path("etc")).unwrap();
    instance.write("etc/nox.toml", LISTEN);
    let server = start(&mut instance.command(["serve", "--config", "etc/nox.toml"]));
    assert_eq!(server.address, "unix:etc/nox.sock");
    assert!(lives(&instance.path("etc/nox.sock")));
    drop(server);
    // Paths on the command line are relative to the working directory.
    let server = start(&mut instance.command([
        "serve",
        "--config",
        "etc/nox.toml",
        "--listen",
        "unix:cli.sock",
    ]));
    assert_eq!(server.address, "unix:cli.sock");
    assert!(lives(&instance.path("cli.sock")));
    let absolute = format!("unix:{}", instance.path("absolute.sock").display());
    let mut command = instance.command(["serve", "--config", "etc/nox.toml"]);
    let server = start(command.env("NOX_SERVER__LISTEN", &absolute));
    assert_eq!(server.address, absolute);
}

#[test]
fn forwarded_headers_that_come_by_the_socket_are_believed() {
    // The mode of the socket decides who may connect, and not the list of trusted networks.
    let instance = Instance::with(&format!("{LISTEN}trusted_proxies = []\n"));
    instance.add_user("ada", "hunter22");
    let server = serve(&instance);
    let path = instance.path("nox.sock");
    for head in [&[][..], &["X-Forwarded-For: unix:"], &["X-Forwarded-For: 6.6.6.6, 192.0.2.1"]] {
        assert_eq!(log_in(&path, "wrong horse", head).0, 400);
    }
    let page = "Origin: https://nox.example";
    assert_eq!(log_in(&path, "hunter22", &[page]).0, 401);
    let told = ["X-Forwarded-Host: nox.example", "X-Forwarded-Proto: https", page];
    assert_eq!(log_in(&path, "hunter22", &told).0, 200);
    let log = server.stop().log;
    let failed: Vec<_> =
        log.lines().filter_map(|line| line.split_once("event=login.failed ")).collect();
    let ips: Vec<_> = failed.iter().map(|(_, fields)| fields.split(' ').next().unwrap()).collect();
    assert_eq!(ips, ["ip=127.0.0.1", "ip=127.0.0.1", "ip=192.0.2.1"], "{log}");
    assert!(!log.contains("trusted_proxies"), "{log}");
}
