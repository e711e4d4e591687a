//! Pages of other origins: those that are configured may call with credentials, all others may read
//! nothing.

use crate::harness::{Answer, Instance, Server};

const FRONT: &str = "https://front.example";
const STRANGERS: [&str; 7] = [
    "https://evil.example",
    "http://front.example",
    "https://front.example:8443",
    "https://front.example.evil.example",
    "https://sub.front.example",
    "null",
    "http://localhost:53032.evil.example",
];
const ROUTES: [(&str, &str); 12] = [
    ("POST", "/auth/login"),
    ("POST", "/auth/register"),
    ("GET", "/auth/logout"),
    ("GET", "/users?q=a"),
    ("GET", "/users/@me"),
    ("PATCH", "/users/@me"),
    ("DELETE", "/users/@me/sessions/x"),
    ("POST", "/users/@me/thumbnail"),
    ("GET", "/users/ada"),
    ("GET", "/users/ada/banner"),
    ("POST", "/relays/checkbearer"),
    ("GET", "/server"),
];

fn serve() -> (Instance, Server) {
    let instance = Instance::with(
        "[server]\nallowed_origins = ['https://front.example', 'http://other.example:3000']",
    );
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    (instance, server)
}

fn preflight(server: &Server, origin: &str, method: &str, path: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "authorization, content-type, x-nox-user"),
    ];
    server.client().send("OPTIONS", path, &headers, b"")
}

#[track_caller]
fn assert_allowed(answer: &Answer, origin: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{:?}", answer.headers);
    assert_eq!(
        answer.header("access-control-allow-credentials"),
        Some("true"),
        "{:?}",
        answer.headers
    );
    assert_varies(answer);
}

#[track_caller]
fn assert_varies(answer: &Answer) {
    let varies = answer.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok());
    assert!(
        varies.map(str::to_ascii_lowercase).any(|value| value.contains("origin")),
        "{:?}",
        answer.headers
    );
}

#[track_caller]
fn assert_closed(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), None, "{:?}", answer.headers);
}

#[test]
fn a_configured_origin_reads_every_answer_with_credentials() {
    let (_instance, server) = serve();
    for origin in [FRONT, "http://other.example:3000"] {
        for path in [
            "/api/users/ada",
            "/api/users/@me",
            "/api/nothing",
            "/api/v2/users?limit=0",
            "/.well-known/nox",
        ] {
            assert_allowed(&server.client().get(path, &[("Origin", origin)]), origin);
        }
        assert_allowed(
            &server.client().send("PUT", "/api/users/ada", &[("Origin", origin)], b""),
            origin,
        );
        assert_allowed(
            &server.client().send("POST", "/api/auth/login", &[("Origin", origin)], b"{}"),
            origin,
        );
    }
}

#[test]
fn a_configured_origin_logs_in_and_uses_the_cookie() {
    let (_instance, server) = serve();
    let headers = [("Origin", FRONT), ("Content-Type", "application/json")];
    let body = br#"{ "identifier": "ada", "password": "hunter22" }"#;
    let session = server.client().send("POST", "/api/auth/login", &headers, body);
    assert_allowed(&session, FRONT);
    let cookie = session.cookie();
    let change = [&headers[..], &[("Cookie", &cookie)]].concat();
    let changed = server.client().send("PATCH", "/api/users/@me", &change, br#"{ "bio": "x" }"#);
    assert_eq!(changed.data()["bio"], "x");
    assert_allowed(&changed, FRONT);
}

/// What anybody may read, wherever they come from.
const PUBLIC: [&str; 13] = [
    "/.well-known/nox",
    "/.well-known/nodeinfo",
    "/.well-known/webfinger?resource=acct:ada@localhost:53032",
    "/nodeinfo/2.1",
    "/api/nodeinfo/2.1",
    "/api/v2/configs",
    "/api/server",
    "/api/users/ada",
    "/api/v2/users/u:1@localhost:53032",
    "/api/users/nobody",
    "/api/users/ada/thumbnail",
    "/api/users/ada/banner?t=0",
    "/api/v2/api/users/1",
];

/// What only the sender may read.
const PRIVATE: [&str; 7] = [
    "/api/users/@me",
    "/api/users/@me@localhost:53032",
    "/api/users/@me/thumbnail",
    "/api/v2/users/@me/sessions",
    "/api/users?q=a",
    "/api/nothing",
    "/login",
];

#[track_caller]
fn assert_public(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{:?}", answer.headers);
    assert_eq!(answer.header("access-control-allow-credentials"), None, "{:?}", answer.headers);
}

#[test]
fn other_origins_may_read_what_is_public_and_nothing_else() {
    let (_instance, server) = serve();
    let client = server.client();
    for path in PUBLIC {
        for origin in STRANGERS {
            let answer = client.get(path, &[("Origin", origin)]);
            assert_public(&answer);
            assert_varies(&answer);
            let allowed = preflight(&server, origin, "GET", path);
            assert_public(&allowed);
            assert_eq!(
                (allowed.status, allowed.header("access-control-allow-methods")),
                (204, Some("GET, HEAD"))
            );
        }
        assert_public(&client.get(path, &[]));
        assert_allowed(&client.get(path, &[("Origin", FRONT)]), FRONT);
    }
    for (origin, path) in
        STRANGERS.into_iter().flat_map(|origin| PRIVATE.map(|path| (origin, path)))
    {
        assert_closed(&client.get(path, &[("Origin", origin)]));
        assert_closed(&preflight(&server, origin, "GET", path));
    }
    for (method, path) in ROUTES.iter().filter(|(method, _)| *method != "GET") {
        assert_closed(&preflight(&server, "https://evil.example", method, &format!("/api{path}")));
    }
}

#[test]
fn a_preflight_is_answered_for_every_route() {
    let (_instance, server) = serve();
    for (method, path) in ROUTES {
        for prefix in ["/api", "/api/v2", "/api/v2/api"] {
            let answer = preflight(&server, FRONT, method, &format!("{prefix}{path}"));
            assert!(
                matches!(answer.status, 200 | 204),
                "{} {prefix}{path}: {}",
                answer.status,
                answer.text
            );
            assert_allowed(&answer, FRONT);
            let listed = |name: &str| answer.header(name).unwrap_or_default().to_ascii_uppercase();
            assert!(
                listed("access-control-allow-methods").contains(method),
                "{:?}",
                answer.headers
            );
            let names = listed("access-control-allow-headers");
            for name in ["AUTHORIZATION", "CONTENT-TYPE", "X-NOX-USER"] {
                assert!(names.contains(name), "{:?}", answer.headers);
            }
            assert!(!names.contains('*') && !listed("access-control-allow-methods").contains('*'));
        }
    }
}

#[test]
fn where_no_origin_is_configured_all_are_the_same_and_nothing_varies() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    for origin in STRANGERS.into_iter().chain([FRONT, "*"]) {
        let answer = server.client().get("/api/server", &[("Origin", origin)]);
        assert_public(&answer);
        assert_eq!(answer.header("vary"), None);
        assert_closed(&server.client().get("/api/users/@me", &[("Origin", origin)]));
        assert_closed(&preflight(&server, origin, "POST", "/api/auth/login"));
    }
}

#[test]
fn an_origin_that_reads_numbers_is_allowed_too() {
    let instance = Instance::with("[server]\nnumeric_origins = ['https://front.example']");
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let wrong = server.client().send("POST", "/api/v2/auth/login", &[("Origin", FRONT)], b"");
    assert_allowed(&wrong, FRONT);
    assert_eq!(wrong.json()["error"]["code"], 1003);
    let other = server.client().send("POST", "/api/v2/auth/login", &[], b"");
    assert_eq!(other.json()["error"]["code"], "BAD_REQUEST");
    assert_varies(&other);
}

#[test]
fn other_origins_get_no_cors_headers_where_nothing_is_public() {
    let (_instance, server) = serve();
    for origin in STRANGERS {
        let answers = [
            server.client().get("/api/users?q=a", &[("Origin", origin)]),
            server.client().get("/api/users/@me", &[("Origin", origin)]),
            preflight(&server, origin, "POST", "/api/auth/login"),
        ];
        for answer in answers {
            let about = |name: &&str| name.starts_with("access-control-");
            let told: Vec<_> =
                answer.headers.keys().map(ureq::http::HeaderName::as_str).filter(about).collect();
            assert!(told.is_empty(), "{origin}: {told:?}");
        }
    }
}

#[test]
fn a_refused_preflight_is_in_the_envelope_as_all_below_api() {
    let (_instance, server) = serve();
    for (origin, method) in [("https://evil.example", "POST"), (FRONT, "PUT")] {
        let answer = preflight(&server, origin, method, "/api/auth/login");
        // No body at all is an answer too.
        assert!(
            answer.text.is_empty() || answer.json()["error"]["status"] == answer.status,
            "{}",
            answer.text
        );
    }
}

#[test]
fn a_front_that_is_not_configured_is_named_in_the_log_once_a_minute() {
    let (_instance, server) = serve();
    for _ in 0..3 {
        preflight(&server, "https://forgotten.example", "POST", "/api/v2/auth/login");
        let headers =
            [("Origin", "https://forgotten.example"), ("Content-Type", "application/json")];
        server.client().send("POST", "/api/auth/login", &headers, b"{}").failure(
            8,
            401,
            "/api/auth/login",
        );
    }
    // What is public is nobody's fault.
    preflight(&server, "https://other-site.example", "GET", "/api/server");
    let (_, _, log) = server.stop();
    assert_eq!(log.matches("https://forgotten.example").count(), 1, "{log}");
    assert!(log.contains("server.allowed_origins") && !log.contains("other-site"), "{log}");
}
