//! Request smuggling (RFC 9112, 11.2): a request whose end or host could be read in two ways gets
//! one refusal and a closed connection, and a request behind it is not answered.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::TestApp;

const BODY: &str = r#"{"identifier":"ada","password":"hunter22"}"#;
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// Sends these bytes and returns the statuses of all answers, once the server has closed the
/// connection.
fn statuses(app: &TestApp, request: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(&app.server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer);
    let is_open = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!is_open, "the connection stays open: {}", String::from_utf8_lossy(&answer));
    let answer = String::from_utf8_lossy(&answer);
    answer.split("HTTP/1.").skip(1).map(|rest| rest[2..5].to_owned()).collect()
}

/// Checks that a request and the one behind it are both answered.
#[track_caller]
fn assert_both(app: &TestApp, request: &str) {
    let last = SMUGGLED.replace("Host: x", "Host: x\r\nConnection: close");
    assert_eq!(statuses(app, format!("{request}{last}").as_bytes()), ["200", "200"], "{request}");
}

#[track_caller]
fn assert_one(app: &TestApp, status: &str, request: impl AsRef<[u8]>) {
    let request = request.as_ref();
    let answers = statuses(app, &[request, SMUGGLED.as_bytes()].concat());
    assert_eq!(answers, [status], "{}", String::from_utf8_lossy(request));
}

/// A login with these header lines and this content.
fn login(lines: &str, content: &str) -> String {
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
    format!("{head}\r\n{lines}\r\n\r\n{content}")
}

fn chunks(content: &str) -> String {
    login("Transfer-Encoding: chunked", content)
}

/// A read with this request line and these header lines.
fn get(line: &str, lines: &str) -> String {
    format!("{line}\r\n{lines}\r\n\r\n")
}

#[test]
fn ambiguous_content_length_is_refused() {
    let app = TestApp::new();
    let chunked = format!("2a\r\n{BODY}\r\n0\r\n\r\n");
    for lines in [
        "Content-Length: 42\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 42",
        "Content-Length: 42\nTransfer-Encoding: chunked",
    ] {
        assert_one(&app, "400", login(lines, &chunked));
    }
    assert_one(&app, "400", login("Content-Length: 42\r\nContent-Length: 5", BODY));
    assert_one(&app, "400", login("Content-Length: 42\r\nContent-Length: 42", BODY));
    for length in [
        "+42",
        "42, 42",
        "-1",
        " 0x2a",
        "4 2",
        "",
        "42;",
        "4_2",
        "\u{b}42",
        "\u{ff14}\u{ff12}",
        "99999999999999999999",
    ] {
        assert_one(&app, "400", login(&format!("Content-Length: {length}"), BODY));
    }
    assert_one(&app, "413", login("Content-Length: 18446744073709551615", BODY));
    // Leading zeros are unambiguous (RFC 9110, 8.6).
    assert_both(&app, &login("Content-Length: 042", BODY));
}

#[test]
fn transfer_encoding_other_than_chunked_is_refused() {
    let app = TestApp::new();
    let content = format!("2a\r\n{BODY}\r\n0\r\n\r\n");
    for encoding in [
        "chunked, chunked",
        "xchunked",
        "chunked\r\nTransfer-Encoding: chunked",
        "identity\r\nTransfer-Encoding: chunked",
        "chunked\r\nTransfer-Encoding: identity",
        "gzip, chunked",
        "chunked, identity",
        "chunked,",
        "chunked;q=1",
        "\"chunked\"",
        "\u{b}chunked",
        "identity",
        "",
    ] {
        assert_one(&app, "400", login(&format!("Transfer-Encoding: {encoding}"), &content));
    }
    for name in [
        "Transfer-Encoding ",
        "Transfer-Encoding\t",
        " Transfer-Encoding",
        "Transfer-Encoding\u{0}",
    ] {
        assert_one(&app, "400", login(&format!("{name}: chunked"), &content));
    }
    assert_one(&app, "400", chunks(&content).replace("HTTP/1.1", "HTTP/1.0"));
    assert_one(&app, "400", login("X: y", BODY).replace("HTTP/1.1", "HTTP/1.0"));
}

#[test]
fn malformed_chunks_are_refused() {
    let app = TestApp::new();
    for size in
        ["0x2a", "+2a", "-2a", "", " 2a", "2_a", "1000000000000002a", "2a;x\n", "2a\n", "2a;\u{0}"]
    {
        assert_one(&app, "400", chunks(&format!("{size}\r\n{BODY}\r\n0\r\n\r\n")));
    }
    for content in [
        format!("2a\r\n{BODY}0\r\n\r\n"),
        format!("2a\n{BODY}\n0\n\n"),
        format!("29\r\n{BODY}\r\n0\r\n\r\n"),
    ] {
        assert_one(&app, "400", chunks(&content));
    }
}

#[test]
fn request_smuggled_behind_chunks_is_not_answered() {
    let app = TestApp::new();
    // Wherever another parser might end the trailers, and whatever they contain.
    for trailers in [
        "",
        "Content-Length: 5\r\nHost: y\r\n",
        "Transfer-Encoding: chunked\r\n",
        " folded\r\n",
        "X: y\n\nGET /api/server HTTP/1.1\r\nHost: x\r\n",
        "GET /api/server HTTP/1.1\r\nHost: x\r\n",
    ] {
        assert_one(&app, "200", chunks(&format!("2a;x=\"1\"\r\n{BODY}\r\n0\r\n{trailers}\r\n")));
    }
    let unread = chunks(&format!("2a\r\n{BODY}\r\n0\r\n\r\n")).replace("/api/auth/login", "/api/x");
    assert_one(&app, "501", unread);
}

#[test]
fn malformed_header_lines_are_refused() {
    let app = TestApp::new();
    for line in [
        "X: a\rb",
        "X: a\r",
        "X: a\u{0}b",
        "X\u{0}: a",
        "X: a\r\n b",
        "X : a",
        "X",
        ": a",
        "X: \u{7f}",
        "X\u{e9}: a",
    ] {
        assert_one(&app, "400", get("GET /healthz HTTP/1.1", &format!("Host: x\r\n{line}")));
    }
    assert_one(&app, "400", get("GET /healthz HTTP/1.1", " X: a\r\nHost: x"));
    assert_one(&app, "400", "GET /healthz HTTP/1.1\rHost: x\r\r");
    let many = "\r\nX: y".repeat(96);
    assert_one(&app, "431", get("GET /healthz HTTP/1.1", &format!("Host: x{many}")));
}

#[test]
fn oversized_head_is_refused() {
    let app = TestApp::new();
    let long = "x".repeat(256 * 1024);
    // One answer at most: the server closes before all is sent, which may lose the answer.
    for request in
        [get("GET /healthz HTTP/1.1", &format!("Host: x\r\nX: {long}")), format!("GET /{long}")]
    {
        let answers = statuses(&app, request.as_bytes());
        assert!(answers.is_empty() || answers == ["431"], "{answers:?}");
    }
    assert_one(&app, "400", get(&format!("GET /{} HTTP/1.1", "x".repeat(70_000)), "Host: x"));
}

#[test]
fn bare_line_feed_ends_every_header_line() {
    let app = TestApp::new();
    // RFC 9112, 2.2 allows a bare line feed. A line behind it counts as a header.
    assert_both(&app, &login("X: y\nContent-Length: 42", BODY));
    assert_one(&app, "400", get("GET /healthz HTTP/1.1", "Host: x\nHost: y"));
    assert_one(&app, "400", login("Content-Length: 42\nContent-Length: 42", BODY));
    assert_both(&app, "GET /healthz HTTP/1.1\nHost: x\n\n");
}

#[test]
fn request_without_exactly_one_valid_host_is_refused() {
    let app = TestApp::new();
    let line = "GET /healthz HTTP/1.1";
    for hosts in [
        "Accept: *",
        "Host: x\r\nHost: x",
        "Host: x\r\nHost: y",
        "Host: x, y",
        "Host: x/y",
        "Host: u@x",
    ] {
        assert_one(&app, "400", get(line, hosts));
    }
    for hosts in ["Host:", "Host: x y", "Host: x:99999", "Host: \u{e9}"] {
        assert_one(&app, "400", get(line, hosts));
    }
    for target in [
        "http://y/healthz",
        "http://u@x/healthz",
        "ftp://x/healthz",
        "x:80",
        "*",
        "healthz",
        "http:/healthz",
    ] {
        assert_one(&app, "400", get(&format!("GET {target} HTTP/1.1"), "Host: x"));
    }
    for line in ["GET http://x/healthz HTTP/1.1", line] {
        assert_both(&app, &get(line, "Host: X"));
    }
}

#[test]
fn malformed_request_line_is_refused() {
    let app = TestApp::new();
    for line in [
        "GET /healthz",
        "GET  /healthz HTTP/1.1",
        "GET\t/healthz HTTP/1.1",
        " GET /healthz HTTP/1.1",
        "GET /healthz HTTP/1.1 ",
        "GET /heal thz HTTP/1.1",
        "GET /heal\u{1}thz HTTP/1.1",
        "GET /heal\u{0}thz HTTP/1.1",
        "GET /\u{e9} HTTP/1.1",
        "GET /<>\"{}|\\^` HTTP/1.1",
        "G(T /healthz HTTP/1.1",
        "G\u{1}T /healthz HTTP/1.1",
        "/healthz HTTP/1.1",
        "GET /healthz HTTP/1.2",
        "GET /healthz HTTP/2.0",
        "GET /healthz http/1.1",
    ] {
        assert_one(&app, "400", get(line, "Host: x"));
    }
    assert_one(&app, "400", "GET /healthz\r\n");
    assert_one(&app, "400", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

#[test]
fn request_on_a_closing_connection_is_not_answered() {
    let app = TestApp::new();
    let upgrade = "Connection: upgrade\r\nUpgrade: websocket";
    assert_one(&app, "400", get("GET /healthz HTTP/1.1", &format!("Host: x\r\n{upgrade}")));
    assert_one(&app, "400", login(&format!("{upgrade}\r\nContent-Length: 42"), BODY));
    assert_one(&app, "400", get("CONNECT x:443 HTTP/1.1", "Host: x:443"));
    assert_one(&app, "405", get("CONNECT /healthz HTTP/1.1", "Host: x"));
    assert_one(
        &app,
        "405",
        get("CONNECT /healthz HTTP/1.1", "Host: x\r\nContent-Length: 3") + "abc",
    );
    assert_one(&app, "200", get("GET /healthz HTTP/1.1", "Host: x\r\nConnection: close"));
    assert_one(&app, "200", get("GET /healthz HTTP/1.0", "Host: x"));
    let head = SMUGGLED.replace("GET", "HEAD");
    assert_one(
        &app,
        "200",
        get("GET /healthz HTTP/1.1", "Host: x\r\nConnection: close") + &head + SMUGGLED,
    );
}
