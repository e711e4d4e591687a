//! Readiness, watchdog and socket activation, as systemd's service manager sees them.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::harness::{Instance, Server, watch};

/// Moves stdin to the first descriptor that a service manager hands over.
const HAND_OVER: &str = "exec 3<&0 </dev/null
    export LISTEN_FDS=${SOCKETS:-1} LISTEN_PID=$$
    exec \"$0\" \"$@\"";

/// `nox serve`, which is handed this socket.
fn handed(instance: &Instance, socket: impl Into<OwnedFd>) -> Command {
    let nox = instance.command(["serve"]);
    let mut command = Command::new("sh");
    command.args(["-c", HAND_OVER]).arg(nox.get_program()).args(nox.get_args());
    command.envs(nox.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(nox.get_current_dir().unwrap());
    command.stdin(socket.into()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn user() -> Instance {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance
}

/// What the next message says.
fn told(manager: &UnixDatagram) -> String {
    let mut message = [0; 256];
    let length = manager.recv(&mut message).unwrap();
    String::from_utf8(message[..length].to_vec()).unwrap()
}

#[test]
fn service_manager_is_told_of_start_life_and_stop() {
    let instance = user();
    let path = instance.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut command = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "400000");
    let server = Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert_eq!(told(&manager), "READY=1\n");
    let started = watch();
    for _ in 0..5 {
        assert_eq!(told(&manager), "WATCHDOG=1\n");
    }
    assert!(started.elapsed() >= Duration::from_millis(300), "{:?}", started.elapsed());
    let ended = server.stop();
    assert!(ended.status.success());
    let last = std::iter::repeat_with(|| told(&manager)).find(|message| message != "WATCHDOG=1\n");
    assert_eq!(last.unwrap(), "STOPPING=1\n");
}

#[test]
fn server_without_a_service_manager_that_answers_runs_and_says_so() {
    let instance = user();
    let mut command = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    command.env("NOTIFY_SOCKET", instance.path("nothing"));
    let server = Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert_eq!(server.client().get("/healthz", &[]).status, 200);
    let log = server.stop().log;
    assert!(log.contains("cannot tell the service manager"), "{log}");
}

#[test]
fn restart_refuses_no_connection_to_a_handed_over_socket() {
    let instance = user();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let serve = || Server::start(&mut handed(&instance, socket.try_clone().unwrap()));
    let mut server = serve();
    assert_eq!(server.address, address.to_string());
    let is_over = AtomicBool::new(false);
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if answer.starts_with("HTTP/1.0 200 ") { Ok(()) } else { Err(ErrorKind::Other.into()) }
    };
    let answered = thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut answered = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        ask().unwrap_or_else(|error: std::io::Error| panic!("{error}"));
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        for _ in 0..5 {
            thread::sleep(Duration::from_millis(100));
            assert!(server.stop().status.success());
            server = serve();
        }
        is_over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).sum::<u32>()
    });
    assert!(answered > 20, "{answered}");
}

#[test]
fn handed_over_unix_socket_goes_before_the_configured_address_and_is_left() {
    let instance = user();
    let path = instance.path("handed.sock");
    let socket = UnixListener::bind(&path).unwrap();
    let server = Server::start(&mut handed(&instance, socket.try_clone().unwrap()));
    assert_eq!(server.address, format!("unix:{}", path.display()));
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert!(server.stop().status.success());
    assert!(path.exists(), "the socket's file belongs to the service manager");
}

#[test]
fn what_is_handed_over_but_cannot_be_used_is_told() {
    for (sockets, socket, message) in [
        ("2", OwnedFd::from(TcpListener::bind("127.0.0.1:0").unwrap()), "2 sockets were handed"),
        ("1", UnixDatagram::unbound().unwrap().into(), "not a valid unix stream socket"),
    ] {
        let instance = user();
        let ended = handed(&instance, socket).env("SOCKETS", sockets).output().unwrap();
        let error = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(5), "{error}");
        assert!(error.contains(message) && error.contains("socket unit"), "{error}");
    }
}
