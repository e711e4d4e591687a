//! `OPTIONS`, by which load balancers check a server and which programs ask what a path takes.

use crate::harness::{TestApp, Wire};

/// Paths of every kind, and what they take.
const PATHS: [(&str, &str); 9] = [
    ("/", "GET, HEAD, OPTIONS"),
    ("/healthz", "GET, HEAD, OPTIONS"),
    ("/login", "GET, HEAD, POST, OPTIONS"),
    ("/account/email", "POST, GET, HEAD, OPTIONS"),
    ("/static/nox.js", "GET, HEAD, OPTIONS"),
    ("/.well-known/nox", "GET, HEAD, OPTIONS"),
    ("/api/users/@me", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
    ("/api/v2/auth/logout", "GET, POST, OPTIONS"),
    ("/api/users/nobody", "GET, HEAD, OPTIONS"),
];

#[test]
fn options_is_answered_with_the_methods_of_the_path() {
    let app = TestApp::new();
    for (path, allow) in PATHS {
        let answer = app.client().send("OPTIONS", path, &[], b"");
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
    }
    assert_eq!(app.client().send("OPTIONS", "/api/nothing", &[], b"").status, 501);
    assert_eq!(app.client().send("OPTIONS", "/nothing", &[], b"").status, 404);
}

#[test]
fn options_of_the_whole_server_and_of_http_1_0_is_answered() {
    let app = TestApp::new();
    for request in [
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\n\r\n",
        "OPTIONS / HTTP/1.0\r\n\r\n",
        "OPTIONS /healthz HTTP/1.0\r\n\r\n",
    ] {
        let (answer, _) = Wire::sending(&app.server, request).until_closed("");
        assert!(answer.contains(" 204 No Content\r\n"), "{request} {answer}");
        assert!(answer.to_lowercase().contains("\r\nallow: get, head"), "{request} {answer}");
    }
    let (answer, _) = Wire::sending(&app.server, "GET * HTTP/1.0\r\n\r\n").until_closed("");
    assert!(answer.contains(" 400 "), "{answer}");
}
