//! Bodies and headers that are meant to cost much, or to be read otherwise than they seem: refused
//! in the envelope.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, Server};

const PATH: &str = "/api/auth/login";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const GOOD: &str = r#"{"identifier":"ada","password":"hunter22"}"#;

fn post(server: &Server, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    server.client().send("POST", PATH, &[&[JSON], headers].concat(), body.as_ref())
}

/// The most memory that the server has had, in KiB.
fn peak(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// So many members of 16 MiB of blanks each, compressed.
fn bomb(members: usize) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::best());
    member.write_all(&vec![b' '; 16 * 1024 * 1024]).unwrap();
    member.finish().unwrap().repeat(members)
}

#[test]
fn what_is_compressed_is_refused_as_it_is() {
    let (_instance, server, ada) = Person::at_home("");
    for coding in ["gzip", "br", "zstd", "deflate", "x", "gzip, identity", "identity, gzip", ""] {
        let refused = post(&server, &[("Content-Encoding", coding)], GOOD);
        assert_eq!(
            refused.failure(1003, 415, PATH),
            "The request body must be uncompressed.",
            "{coding}"
        );
    }
    assert_eq!(post(&server, &[("Content-Encoding", "Identity")], GOOD).status, 200);
    // No body is none, whatever it would be coded in.
    ada.send("POST", "/api/auth/logout", &[("Content-Encoding", "gzip")], b"").data();
    let ada = Person::log_in(&server, "ada");
    for (path, kind) in
        [("/api/users/@me/thumbnail", "image/png"), ("/api/users/@me", "application/json")]
    {
        let headers = [("Content-Encoding", "gzip"), ("Content-Type", kind)];
        ada.send("POST", path, &headers, b"{}").failure(1003, 415, path);
    }
}

#[test]
#[ignore = "measures"]
fn a_bomb_is_not_inflated() {
    let (_instance, server, ada) = Person::at_home("");
    let bomb = bomb(64);
    let before = peak(&server);
    let headers = [("Content-Encoding", "gzip"), JSON];
    // Whether it is small enough to be read or not.
    let picture = "/api/users/@me/thumbnail";
    ada.send("POST", picture, &headers, &bomb).failure(1003, 415, picture);
    post(&server, &headers[..1], &bomb).failure(1003, 415, PATH);
    post(&server, &headers[..1], &bomb[..1024]).failure(1003, 415, PATH);
    let grown = peak(&server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB for {} bytes", bomb.len());
}

#[test]
#[ignore = "measures"]
fn json_of_any_depth_and_size_costs_nothing() {
    let (_instance, server, _ada) = Person::at_home("");
    let before = peak(&server);
    let deep = "[".repeat(100_000);
    for body in [deep.clone(), format!("{{\"a\":{deep}"), "{\"a\":".repeat(50_000)] {
        post(&server, &[], body).failure(1002, 413, PATH);
    }
    // As deep as a body that is read can be.
    for body in
        ["[".repeat(16_384), "{\"a\":".repeat(3_000), format!("{{\"a\":{}", "[".repeat(16_000))]
    {
        post(&server, &[], body).failure(16, 400, PATH);
    }
    for number in [
        String::from("1e400"),
        "-1e999999".into(),
        "9".repeat(10_000),
        format!("0.{}", "1".repeat(10_000)),
    ] {
        let body = format!(r#"{{"identifier":{number},"password":"hunter22"}}"#);
        let refused = post(&server, &[], body);
        assert!(
            matches!(refused.json()["error"]["code"].as_u64(), Some(5 | 16)),
            "{}",
            refused.text
        );
        assert_eq!(refused.status, 400);
    }
    let grown = peak(&server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[test]
fn only_one_reading_of_json_counts() {
    let (_instance, server, _ada) = Person::at_home("");
    for body in [
        &br#"{"identifier":"ada","identifier":"bob","password":"hunter22"}"#[..],
        br#"{"identifier":"ada","password":"x","p\u0061ssword":"hunter22"}"#,
        br#"{"identifier":"ada","password":"hunter22",}"#,
        br#"{"identifier":"ada","password":"hunter22"/* */}"#,
        br#"{"identifier":"ada","password":"hunter22"} x"#,
        br#"{"identifier":NaN,"password":"hunter22"}"#,
        b"{\"identifier\":\"ada\",\"password\":\"hunter22\xff\"}",
        b"{\"identifier\":\"ada\",\"password\":\"hunter22\xc0\xaf\"}",
        b"\xef\xbb\xbf{\"identifier\":\"ada\",\"password\":\"hunter22\"}",
        b"\xff\xfe{\x00}\x00",
        b"\x00\x00\x00{",
    ] {
        post(&server, &[], body).failure(16, 400, PATH);
    }
}

#[test]
fn only_json_in_utf_8_is_json() {
    let (_instance, server, _ada) = Person::at_home("");
    let send =
        |kind: &str| server.client().send("POST", PATH, &[("Content-Type", kind)], GOOD.as_bytes());
    for kind in [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "text/plain; application/json",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=utf-7",
        "application/json, text/plain",
        "",
    ] {
        send(kind).failure(1003, 415, PATH);
    }
    for kind in ["application/json", "APPLICATION/JSON;charset=\"UTF-8\"", "application/json; q=1"]
    {
        assert_eq!(send(kind).status, 200, "{kind}");
    }
}

#[test]
fn no_header_and_no_field_makes_another_method_of_a_request() {
    let (_instance, server, ada) = Person::at_home("");
    let others = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
    for name in others {
        let path = "/api/users/@me/sessions?_method=DELETE";
        ada.send("POST", path, &[(name, "DELETE"), JSON], br#"{"_method":"DELETE"}"#)
            .failure(1004, 405, path);
        assert_eq!(ada.send("GET", path, &[(name, "DELETE")], b"").data()["total"], 1);
        let refused = server.client().send("GET", PATH, &[(name, "POST"), JSON], b"");
        refused.failure(1004, 405, PATH);
    }
}

#[test]
fn what_nobody_here_does_is_refused_in_the_envelope() {
    let (_instance, server, _ada) = Person::at_home("");
    assert_eq!(post(&server, &[("Expect", "100-continue")], GOOD).status, 200);
    for (name, value) in [
        ("Expect", "200-ok"),
        ("Expect", "100-continue, x"),
        ("Upgrade", "websocket"),
        ("Upgrade", "WebSocket"),
        ("Host", "a, b"),
        ("Host", "u@127.0.0.1"),
    ] {
        assert_eq!(
            post(&server, &[(name, value)], GOOD).failure(16, 400, PATH),
            "Invalid request."
        );
    }
    // To be let alone is what every other protocol must expect (RFC 9110, 7.8).
    assert_eq!(post(&server, &[("Upgrade", "h2c")], GOOD).status, 200);
    for method in ["TRACE", "OPTIONS", "PROPFIND", "post"] {
        let refused = server.client().send(method, PATH, &[], b"");
        refused.failure(1004, 405, PATH);
        assert_eq!(refused.header("allow"), Some("POST"));
    }
    let head = server.client().send("HEAD", PATH, &[], b"");
    assert_eq!((head.status, head.text.as_str()), (405, ""));
    let head = server.client().send("HEAD", "/api/server", &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    let names = server.client().send("GET", "/api/v2/server", &[("Upgrade", "websocket")], b"");
    assert_eq!(
        names.json()["error"],
        json!({ "code": "BAD_REQUEST", "message": "Invalid request.", "status": 400 })
    );
    let _: Value = post(&server, &[], GOOD).json();
}
