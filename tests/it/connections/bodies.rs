//! Bodies and paths that no endpoint takes.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::harness::Server;
use crate::login::fields::{PATH, post, serve};

#[test]
fn what_is_no_json_object_is_an_invalid_request() {
    let (_instance, server) = serve();
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
        assert_eq!(post(&server, body).failure(16, 400, PATH), "Invalid request.");
    }
}

#[test]
fn only_json_is_read() {
    let (_instance, server) = serve();
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "",
    ] {
        let answer = server.client().send("POST", PATH, &[("Content-Type", kind)], body.as_bytes());
        assert_eq!(answer.failure(1003, 415, PATH), "The request body must be application/json.");
    }
    server.client().send("POST", PATH, &[], body.as_bytes()).failure(1003, 415, PATH);
    let with_charset = [("Content-Type", "Application/JSON; charset=utf-8")];
    assert_eq!(server.client().send("POST", PATH, &with_charset, body.as_bytes()).status, 200);
}

#[test]
fn a_body_of_16_kib_is_read_and_one_more_byte_is_not() {
    let (_instance, server) = serve();
    let mut body = json!({ "identifier": "ada", "password": "hunter22" }).to_string().into_bytes();
    body.resize(16 * 1024, b' ');
    assert_eq!(post(&server, &body).status, 200);
    body.push(b' ');
    assert_eq!(
        post(&server, &body).failure(1002, 413, PATH),
        "The request body is larger than 16384 bytes."
    );
    // Without a length in the head, too.
    let chunked = raw(&server, &chunked(&body));
    assert!(chunked.starts_with("HTTP/1.1 413 ") && chunked.contains("\"code\":1002"), "{chunked}");
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

fn raw(server: &Server, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    // It may answer and close before it has read all.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into()
}

#[test]
fn unknown_paths_and_wrong_methods_are_told_so() {
    let (_instance, server) = serve();
    let client = server.client();
    for path in [
        "/api",
        "/api/",
        "/api/nothing?x=1",
        "/api/auth/login/",
        "/api//auth/login",
        "/api/v3/users/@me",
    ] {
        assert_eq!(
            client.get(path, &[]).failure(1, 501, path),
            "This endpoint is not implemented."
        );
    }
    for (method, path, allow) in [
        ("GET", PATH, "POST"),
        ("PUT", PATH, "POST"),
        ("PUT", "/api/users/@me", "GET, HEAD, POST, PATCH, DELETE"),
        ("PATCH", "/api/auth/logout", "GET, POST"),
        ("BREW", PATH, "POST"),
    ] {
        let refused = client.send(method, path, &[], b"");
        assert_eq!(refused.failure(1004, 405, path), format!("{method} is not allowed here."));
        assert_eq!(refused.header("allow"), Some(allow));
    }
}

#[test]
fn refused_requests_leave_the_database_as_it_was() {
    let (instance, server) = serve();
    for body in ["", "[]", r#"{"identifier": 0}"#, r#"{"identifier": "ada", "password": "x"}"#] {
        assert_eq!(post(&server, body.as_bytes()).status, 400);
    }
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    let count = "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM budgets)";
    assert_eq!(database.query_row(count, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}
