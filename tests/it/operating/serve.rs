//! `nox serve`: start, first user, stop.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::{
    Ended, Instance, PASSWORD, TestApp, at_once, base32, oathtool, wait_until, watch,
};

#[test]
fn server_runs_on_defaults_and_creates_private_files() {
    let instance = Instance::new();
    fs::remove_file(instance.path("nox.toml")).unwrap();
    let server = instance.serve();
    assert_eq!(server.client().get("/login", &[]).status, 200);
    assert_eq!(server.client().get("/readyz", &[]).status, 200);
    for file in ["nox.db", "nox.db-wal", "nox.db-shm", "nox.key"] {
        let mode = fs::metadata(instance.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(fs::read(instance.path("nox.key")).unwrap().len(), 32);
}

#[test]
fn first_user_is_an_administrator_whose_password_is_printed_once() {
    let instance = Instance::new();
    let server = instance.serve_with(&["--first-user", "Root"]);
    let client = server.client();
    let Ended { stdout, log, .. } = server.stop();
    let password = stdout.trim_end().strip_prefix("first user: root, password: ").unwrap();
    assert!(!log.contains(password));
    drop(client);

    let server = instance.serve_with(&["--first-user", "other"]);
    let session = server.client().log_in("root", password);
    let tags = session.json()["data"]["user"]["tags"].clone();
    assert!(tags.as_array().unwrap().contains(&"sys:admin".into()), "{tags}");
    assert_eq!(server.client().log_in("other", password).status, 404);
    let Ended { stdout, .. } = server.stop();
    assert_eq!(stdout, "");
}

#[test]
fn sigterm_and_sigint_stop_the_server_and_leave_one_database_file() {
    for signal in [Signal::TERM, Signal::INT] {
        let app = TestApp::with("[limits]\nshutdown_grace = '1h'").serve();
        // An idle connection, which the client keeps open, does not delay the shutdown.
        let client = app.client();
        client.log_in("ada", "hunter22").token();
        let ended = app.server.stop_with(signal);
        assert_eq!(ended.status.code(), Some(0));
        assert!(!app.instance.path("nox.db-wal").exists(), "the log was written back");
    }
}

#[test]
fn requests_in_flight_are_finished_before_the_server_stops() {
    let instance = Instance::with_users(["ada"]);
    // Hashing threads have low priority: the grace must be long enough on a busy machine.
    let settings = "[password]\nmemory_kib = 131072\niterations = 20\nhashers = 1\n\
                    [limits]\nshutdown_grace = '5m'";
    instance.write("nox.toml", settings);
    let server = instance.serve();
    let client = server.client();
    let slow = thread::spawn(move || client.log_in("ada", "hunter22").status);
    // The login is in flight once its attempt is counted.
    instance.wait_until_an_attempt_is_counted();
    let Ended { status, .. } = server.stop();
    assert_eq!(status.code(), Some(0));
    assert_eq!(slow.join().unwrap(), 200);
}

#[test]
fn second_signal_stops_the_server_at_once() {
    let instance = Instance::with("[limits]\nshutdown_grace = '1h'");
    let server = instance.serve();
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(
        b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
    )
    .unwrap();
    half.write_all(b"Content-Length: 100\r\n\r\n{").unwrap();
    // The answer to a later request shows that the first one is under way.
    assert_eq!(server.client().get("/healthz", &[]).status, 200);
    server.signal(Signal::TERM);
    wait_until("the server stops listening", || !server.client().try_get("/healthz"));
    assert_eq!(server.stop_with(Signal::INT).status.code(), Some(0));
}

#[test]
fn first_user_is_created_by_one_of_several_first_starts() {
    let instance = Instance::new();
    let said = at_once(4, |number| {
        instance.serve_with(&["--first-user", &format!("admin{number}")]).stop().stdout
    });
    assert_eq!(
        said.iter().filter(|rest| rest.contains("first user: admin")).count(),
        1,
        "{said:?}"
    );
    assert_eq!(instance.nox("user list").lines().count(), 1);
}

#[test]
fn locked_database_fails_waiting_requests_together() {
    let app = TestApp::new();
    let holder = app.instance.database();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = watch();
    let statuses = at_once(4, |_| app.try_password().status);
    assert_eq!(statuses, [503; 4]);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(15), "the requests waited for each other: {took:?}");
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.try_password().status, 200);
}

#[test]
fn taken_port_and_bad_address_are_reported_in_one_line() {
    let instance = Instance::new();
    let server = instance.serve();
    let other = Instance::new();
    let ran = other.run(&["serve", "--listen", &server.address], "");
    assert_eq!(ran.status, 5);
    assert!(
        !other.path("nox.db").exists() && !other.path("nox.key").exists(),
        "nothing was changed"
    );
    assert!(ran.stderr.contains(&format!("cannot listen on {}", server.address)), "{}", ran.stderr);
    let ran = instance.run(&["serve", "--listen", "here"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("127.0.0.1:53032"), "{}", ran.stderr);
}

#[test]
fn first_user_with_an_invalid_name_stops_the_start() {
    let instance = Instance::new();
    let ran = instance.run(&["serve", "--listen", "127.0.0.1:0", "--first-user", "x"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("username must be"), "{}", ran.stderr);
}

#[test]
fn commands_and_logins_at_the_same_time_succeed() {
    let app = TestApp::new();
    at_once(8, |worker| {
        if worker < 4 {
            for turn in 0..10 {
                app.instance.add_user(&format!("user{worker}{turn}x"), PASSWORD);
            }
        } else {
            (0..20).for_each(|_| drop(app.try_password().token()));
        }
    });
    assert_eq!(app.nox("user list").lines().count(), 41);
}

#[test]
fn acknowledged_login_survives_a_kill() {
    let instance = Instance::with_users(["ada"]);
    let tokens: Vec<String> = (0..5)
        .map(|_| {
            let server = instance.serve();
            let token = server.client().log_in("ada", "hunter22").token();
            server.signal(Signal::KILL);
            token
        })
        .collect();
    let server = instance.serve();
    for token in tokens {
        assert_eq!(server.client().me(&token).status, 200);
    }
}

#[test]
fn health_and_readiness_are_answered() {
    let instance = Instance::new();
    let server = instance.serve();
    for path in ["/healthz", "/readyz"] {
        let answer = server.client().get(path, &[]);
        assert_eq!((answer.status, answer.text.as_str()), (200, "ok\n"));
    }
}

#[test]
fn health_command_asks_the_server() {
    let instance = Instance::new();
    let server = instance.serve();
    let health = |address: &str| {
        let mut command = instance.command(["health"]);
        let output = command.env("NOX_SERVER__LISTEN", address).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap() + str::from_utf8(&output.stderr).unwrap(),
        )
    };
    assert_eq!(health(&server.address), (0, "ok\n".into()));
    assert_eq!(health(&server.address.replace("127.0.0.1", "0.0.0.0")), (0, "ok\n".into()));
    fs::rename(instance.path("nox.db"), instance.path("aside.db")).unwrap();
    // The server tries a write once a second.
    wait_until("the server notices it", || health(&server.address).0 == 1);
    let (_, said) = health(&server.address);
    assert!(said.contains("is not ready"), "{said}");
    let address = server.address.clone();
    drop(server);
    let (status, said) = health(&address);
    assert!(status == 1 && said.contains(&format!("no server answers at {address}: ")), "{said}");
}

#[test]
fn passwords_are_in_no_file_and_no_log() {
    let instance = Instance::with("[log]\nlevel = 'trace'");
    instance.add_user("ada", "correct horse battery");
    let secret = instance.enroll("ada");
    let server = instance.serve();
    let code = oathtool(&secret, 0);
    let token = server.client().log_in_with_code("ada", "correct horse battery", &code).token();
    server.client().log_in("correct horse battery", "another secret text");
    let Ended { log, .. } = server.stop();
    let seed = base32(&secret);
    let database = fs::read(instance.path("nox.db")).unwrap();
    let secrets = [
        b"correct horse battery".as_slice(),
        b"another secret text",
        secret.as_bytes(),
        &seed,
        token.as_bytes(),
    ];
    for (index, secret) in secrets.into_iter().enumerate() {
        assert!(secret.len() >= 16);
        for (place, bytes) in [("log", log.as_bytes()), ("database", &database)] {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret),
                "secret {index} is in the {place}"
            );
        }
    }
}
