//! The timeouts of `[limits]`, each set to one second while the others are long.

use std::io::Read;
use std::time::Duration;

use crate::harness::{TestApp, Wire, watch};

const LOGIN_HEAD: &str =
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
const TIMEOUTS: [&str; 6] = [
    "head_timeout",
    "body_timeout",
    "upload_timeout",
    "stall_timeout",
    "write_timeout",
    "idle_timeout",
];

/// `[limits]` with one timeout of a second.
fn only(short: &str) -> String {
    let lines =
        TIMEOUTS.map(|key| format!("{key} = '{}'\n", if key == short { "1s" } else { "1h" }));
    format!("[limits]\n{}", lines.concat())
}

fn serve(short: &str) -> TestApp {
    TestApp::with(&only(short)).empty().serve()
}

/// Checks that the server closes a connection after about a second, having answered so.
#[track_caller]
fn is_closed_in_time(wire: Wire, drip: &str, answer: &str) {
    let (came, took) = wire.until_closed(drip);
    assert!(came.starts_with(answer) && answer.is_empty() == came.is_empty(), "{came:?}");
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn first_head_later_than_head_timeout_is_answered_408() {
    let app = serve("head_timeout");
    is_closed_in_time(
        Wire::sending(&app.server, "GET /healthz HTTP/1.1\r\nHo"),
        "",
        "HTTP/1.1 408 ",
    );
}

#[test]
fn later_head_that_drips_past_head_timeout_ends_the_connection() {
    let app = serve("head_timeout");
    let mut wire = Wire::sending(&app.server, HEALTH);
    assert_eq!(wire.status(), 200);
    wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\nA: ");
    is_closed_in_time(wire, "a", "");
}

#[test]
fn connection_without_a_next_request_within_idle_timeout_is_closed() {
    let app = serve("idle_timeout");
    let mut wire = Wire::sending(&app.server, HEALTH);
    assert_eq!(wire.status(), 200);
    is_closed_in_time(wire, "", "");
}

#[test]
fn connection_in_the_middle_of_a_head_outlives_idle_timeout() {
    let app = serve("idle_timeout");
    let mut wire = Wire::sending(&app.server, HEALTH);
    assert_eq!(wire.status(), 200);
    wire.send("GET /healthz HTTP/1.1\r\nHo");
    std::thread::sleep(Duration::from_secs(2));
    wire.send("st: x\r\n\r\n");
    assert_eq!(wire.status(), 200);
}

#[test]
fn body_that_drips_past_body_timeout_is_answered_400() {
    let app = serve("body_timeout");
    let mut wire =
        Wire::sending(&app.server, &format!("{LOGIN_HEAD}Content-Length: 1000\r\n\r\n{{"));
    let started = watch();
    assert_eq!(wire.status(), 400);
    let took = started.elapsed();
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn upload_that_stalls_or_takes_too_long_is_answered_400() {
    for short in ["upload_timeout", "stall_timeout"] {
        let app = TestApp::with(&only(short)).session().serve();
        let head = format!(
            "POST /api/users/@me/banner HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Length: 4000000\r\n\r\nGIF89a",
            app.ada.token
        );
        let mut wire = Wire::sending(&app.server, &head);
        let started = watch();
        assert_eq!(wire.status(), 400, "{short}");
        let took = started.elapsed();
        assert!(
            took > Duration::from_millis(500) && took < Duration::from_secs(15),
            "{short}: {took:?}"
        );
    }
}

#[test]
fn answer_that_is_not_read_within_write_timeout_is_thrown_away() {
    let app = serve("write_timeout");
    let before = app.server.sockets();
    let mut wire = Wire::to(&app.server);
    wire.stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    // More answers than the socket buffers hold, until the server reads no further request.
    let requests = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    while std::io::Write::write_all(&mut wire.stream, requests.as_bytes()).is_ok() {}
    let started = watch();
    while app.server.sockets() > before {
        assert!(started.elapsed() < Duration::from_secs(15), "the connection is still open");
        std::thread::sleep(Duration::from_millis(100));
    }
    // What the system had already taken can still be read; then the connection has ended.
    let mut rest = Vec::new();
    assert!(wire.stream.read_to_end(&mut rest).is_err() || !rest.is_empty());
}
