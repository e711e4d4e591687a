//! Bodies, paths and methods that every endpoint refuses.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::harness::{
    INVALID_REQUEST, LOGIN, ME, METHOD_NOT_ALLOWED, NOT_IMPLEMENTED, PAYLOAD_TOO_LARGE, Server,
    TestApp, UNSUPPORTED_MEDIA_TYPE,
};

#[test]
fn body_that_is_no_json_object_is_an_invalid_request() {
    let app = TestApp::new();
    let deep = [b"{\"a\":".repeat(1000), b"1".to_vec(), b"}".repeat(1000)].concat();
    let deep_list = [b"{\"a\":".to_vec(), b"[".repeat(5000)].concat();
    let bodies: [&[u8]; 14] = [
        b"",
        b"null",
        b"[]",
        b"\"ada\"",
        b"identifier=ada&password=hunter22",
        b"{\"identifier\": \"ada\"",
        b"{\"identifier\": \"ada\", \"identifier\": \"ada\"}",
        b"{\"identifier\": \"\\ud800\", \"password\": \"hunter22\"}",
        b"{\"identifier\": \"\xff\xfe\"}",
        b"{} {}",
        b"{'identifier': 'ada'}",
        b"\xef\xbb\xbf{}",
        &deep,
        &deep_list,
    ];
    for body in bodies {
        assert_eq!(
            app.client().post_text(LOGIN, body).refused(INVALID_REQUEST, LOGIN),
            "Invalid request."
        );
    }
}

#[test]
fn body_of_another_media_type_is_refused() {
    let app = TestApp::new();
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "",
    ] {
        let answer = app.client().send("POST", LOGIN, &[("Content-Type", kind)], body.as_bytes());
        assert_eq!(
            answer.refused(UNSUPPORTED_MEDIA_TYPE, LOGIN),
            "The request body must be application/json."
        );
    }
    app.client().send("POST", LOGIN, &[], body.as_bytes()).refused(UNSUPPORTED_MEDIA_TYPE, LOGIN);
    let with_charset = [("Content-Type", "Application/JSON; charset=utf-8")];
    assert_eq!(app.client().send("POST", LOGIN, &with_charset, body.as_bytes()).status, 200);
}

#[test]
fn body_of_16_kib_is_read_and_one_byte_more_is_refused() {
    let app = TestApp::new();
    let mut body = json!({ "identifier": "ada", "password": "hunter22" }).to_string().into_bytes();
    body.resize(16 * 1024, b' ');
    assert_eq!(app.client().post_text(LOGIN, &body).status, 200);
    body.push(b' ');
    assert_eq!(
        app.client().post_text(LOGIN, &body).refused(PAYLOAD_TOO_LARGE, LOGIN),
        "The request body is larger than 16384 bytes."
    );
    // The same without a length in the head.
    let chunked = raw(&app.server, &chunked(&body));
    assert!(chunked.starts_with("HTTP/1.1 413 ") && chunked.contains("\"code\":1002"), "{chunked}");
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

fn raw(server: &Server, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into()
}

#[test]
fn unknown_path_is_501_and_wrong_method_405() {
    let app = TestApp::new();
    let client = app.client();
    for path in [
        "/api",
        "/api/",
        "/api/nothing?x=1",
        "/api/auth/login/",
        "/api//auth/login",
        "/api/v3/users/@me",
    ] {
        assert_eq!(
            client.get(path, &[]).refused(NOT_IMPLEMENTED, path),
            "This endpoint is not implemented."
        );
    }
    for (method, path, allow) in [
        ("GET", LOGIN, "POST"),
        ("PUT", LOGIN, "POST"),
        ("PUT", ME, "GET, HEAD, POST, PATCH, DELETE"),
        ("PATCH", "/api/auth/logout", "GET, POST"),
        ("BREW", LOGIN, "POST"),
    ] {
        let refused = client.send(method, path, &[], b"");
        assert_eq!(
            refused.refused(METHOD_NOT_ALLOWED, path),
            format!("{method} is not allowed here.")
        );
        assert_eq!(refused.header("allow"), Some(allow));
    }
}

#[test]
fn malformed_requests_leave_the_database_unchanged() {
    let app = TestApp::new();
    for body in ["", "[]", r#"{"identifier": 0}"#, r#"{"identifier": "ada", "password": "x"}"#] {
        assert_eq!(app.client().post_text(LOGIN, body.as_bytes()).status, 400);
    }
    let database = app.instance.database();
    let count = "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM rate_limits)";
    assert_eq!(database.query_row(count, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}
