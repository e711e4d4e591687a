//! Bodies and headers that are meant to cost much or to be read in two ways: refused in the
//! envelope.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::harness::{
    Answer, INVALID_REQUEST, JSON, LOGIN, ME, METHOD_NOT_ALLOWED, PAYLOAD_TOO_LARGE, Server,
    TestApp, UNSUPPORTED_MEDIA_TYPE,
};

const GOOD: &str = r#"{"identifier":"ada","password":"hunter22"}"#;

fn post(app: &TestApp, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    app.client().send("POST", LOGIN, &[&[JSON], headers].concat(), body.as_ref())
}

/// The most memory that the server has had, in KiB.
fn peak(server: &Server) -> u64 {
    let status = server.status("status");
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
fn compressed_body_is_refused_without_inflating_it() {
    let app = TestApp::logged_in();
    for coding in ["gzip", "br", "zstd", "deflate", "x", "gzip, identity", "identity, gzip", ""] {
        let refused = post(&app, &[("Content-Encoding", coding)], GOOD);
        assert_eq!(
            refused.refused(UNSUPPORTED_MEDIA_TYPE, LOGIN),
            "The request body must be uncompressed.",
            "{coding}"
        );
    }
    assert_eq!(post(&app, &[("Content-Encoding", "Identity")], GOOD).status, 200);
    // An empty body is accepted whatever its coding.
    app.ada.send("POST", "/api/auth/logout", &[("Content-Encoding", "gzip")], b"").data();
    let ada = app.log_in("ada");
    for (path, kind) in [("/api/users/@me/thumbnail", "image/png"), (ME, "application/json")] {
        let headers = [("Content-Encoding", "gzip"), ("Content-Type", kind)];
        ada.send("POST", path, &headers, b"{}").refused(UNSUPPORTED_MEDIA_TYPE, path);
    }
}

#[test]
#[ignore = "measures"]
fn compressed_bomb_costs_no_memory() {
    let app = TestApp::logged_in();
    let bomb = bomb(64);
    let before = peak(&app.server);
    let headers = [("Content-Encoding", "gzip"), JSON];
    // Both above and below the size limit of a body.
    let picture = "/api/users/@me/thumbnail";
    app.ada.send("POST", picture, &headers, &bomb).refused(UNSUPPORTED_MEDIA_TYPE, picture);
    post(&app, &headers[..1], &bomb).refused(UNSUPPORTED_MEDIA_TYPE, LOGIN);
    post(&app, &headers[..1], &bomb[..1024]).refused(UNSUPPORTED_MEDIA_TYPE, LOGIN);
    let grown = peak(&app.server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB for {} bytes", bomb.len());
}

#[test]
#[ignore = "measures"]
fn deep_or_large_json_costs_no_memory() {
    let app = TestApp::logged_in();
    let before = peak(&app.server);
    let deep = "[".repeat(100_000);
    for body in [deep.clone(), format!("{{\"a\":{deep}"), "{\"a\":".repeat(50_000)] {
        post(&app, &[], body).refused(PAYLOAD_TOO_LARGE, LOGIN);
    }
    // As deep as the size limit of a body allows.
    for body in
        ["[".repeat(16_384), "{\"a\":".repeat(3_000), format!("{{\"a\":{}", "[".repeat(16_000))]
    {
        post(&app, &[], body).refused(INVALID_REQUEST, LOGIN);
    }
    for number in [
        String::from("1e400"),
        "-1e999999".into(),
        "9".repeat(10_000),
        format!("0.{}", "1".repeat(10_000)),
    ] {
        let body = format!(r#"{{"identifier":{number},"password":"hunter22"}}"#);
        let refused = post(&app, &[], body);
        assert!(
            matches!(refused.json()["error"]["code"].as_u64(), Some(5 | 16)),
            "{}",
            refused.text
        );
        assert_eq!(refused.status, 400);
    }
    let grown = peak(&app.server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[test]
fn ambiguous_json_is_refused() {
    let app = TestApp::logged_in();
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
        post(&app, &[], body).refused(INVALID_REQUEST, LOGIN);
    }
}

#[test]
fn json_in_another_charset_is_refused() {
    let app = TestApp::logged_in();
    let send =
        |kind: &str| app.client().send("POST", LOGIN, &[("Content-Type", kind)], GOOD.as_bytes());
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
        send(kind).refused(UNSUPPORTED_MEDIA_TYPE, LOGIN);
    }
    for kind in ["application/json", "APPLICATION/JSON;charset=\"UTF-8\"", "application/json; q=1"]
    {
        assert_eq!(send(kind).status, 200, "{kind}");
    }
}

#[test]
fn method_override_is_ignored() {
    let app = TestApp::logged_in();
    let others = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
    for name in others {
        let path = "/api/users/@me/sessions?_method=DELETE";
        app.ada
            .send("POST", path, &[(name, "DELETE"), JSON], br#"{"_method":"DELETE"}"#)
            .refused(METHOD_NOT_ALLOWED, path);
        assert_eq!(app.ada.send("GET", path, &[(name, "DELETE")], b"").data()["total"], 1);
        let refused = app.client().send("GET", LOGIN, &[(name, "POST"), JSON], b"");
        refused.refused(METHOD_NOT_ALLOWED, LOGIN);
    }
}

#[test]
fn unsupported_methods_and_upgrades_are_refused_in_the_envelope() {
    let app = TestApp::logged_in();
    assert_eq!(post(&app, &[("Expect", "100-continue")], GOOD).status, 200);
    for (name, value) in [
        ("Expect", "200-ok"),
        ("Expect", "100-continue, x"),
        ("Upgrade", "websocket"),
        ("Upgrade", "WebSocket"),
        ("Host", "a, b"),
        ("Host", "u@127.0.0.1"),
    ] {
        assert_eq!(
            post(&app, &[(name, value)], GOOD).refused(INVALID_REQUEST, LOGIN),
            "Invalid request."
        );
    }
    // An upgrade to any other protocol is ignored (RFC 9110, 7.8).
    assert_eq!(post(&app, &[("Upgrade", "h2c")], GOOD).status, 200);
    for method in ["TRACE", "PROPFIND", "post"] {
        let refused = app.client().send(method, LOGIN, &[], b"");
        refused.refused(METHOD_NOT_ALLOWED, LOGIN);
        assert_eq!(refused.header("allow"), Some("POST"));
    }
    let head = app.client().send("HEAD", LOGIN, &[], b"");
    assert_eq!((head.status, head.text.as_str()), (405, ""));
    let head = app.client().send("HEAD", "/api/server", &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    let names = app.client().send("GET", "/api/v2/server", &[("Upgrade", "websocket")], b"");
    assert_eq!(
        names.json()["error"],
        json!({ "code": "BAD_REQUEST", "message": "Invalid request.", "status": 400 })
    );
    let _: Value = post(&app, &[], GOOD).json();
}
