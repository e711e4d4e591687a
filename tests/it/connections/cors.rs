//! Pages of other origins: configured ones may send credentials, all others read public answers
//! alone.

use crate::harness::{Answer, Ended, JSON, LOGIN, ME, TestApp, UNAUTHORIZED};

const FRONT: &str = "https://front.example";
const OTHER_ORIGINS: [&str; 7] = [
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

fn serve() -> TestApp {
    let origins = "allowed_origins = ['https://front.example', 'http://other.example:3000']";
    TestApp::with(&format!(
        "[server]
{origins}"
    ))
    .serve()
}

fn preflight(app: &TestApp, origin: &str, method: &str, path: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "authorization, content-type, x-nox-user"),
    ];
    app.client().send("OPTIONS", path, &headers, b"")
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
fn configured_origin_reads_every_answer_with_credentials() {
    let app = serve();
    for origin in [FRONT, "http://other.example:3000"] {
        for path in
            ["/api/users/ada", ME, "/api/nothing", "/api/v2/users?limit=0", "/.well-known/nox"]
        {
            assert_allowed(&app.client().get(path, &[("Origin", origin)]), origin);
        }
        assert_allowed(
            &app.client().send("PUT", "/api/users/ada", &[("Origin", origin)], b""),
            origin,
        );
        assert_allowed(&app.client().send("POST", LOGIN, &[("Origin", origin)], b"{}"), origin);
    }
}

#[test]
fn configured_origin_logs_in_and_uses_the_cookie() {
    let app = serve();
    let headers = [("Origin", FRONT), JSON];
    let body = br#"{ "identifier": "ada", "password": "hunter22" }"#;
    let session = app.client().send("POST", LOGIN, &headers, body);
    assert_allowed(&session, FRONT);
    let cookie = session.cookie();
    let change = [&headers[..], &[("Cookie", &cookie)]].concat();
    let changed = app.client().send("PATCH", ME, &change, br#"{ "bio": "x" }"#);
    assert_eq!(changed.data()["bio"], "x");
    assert_allowed(&changed, FRONT);
}

/// Paths that a page of any origin may read.
const PUBLIC: [&str; 15] = [
    "/.well-known/nox",
    "/.well-known/nodeinfo",
    "/.well-known/webauthn",
    "/.well-known/passkey-endpoints",
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

/// Paths that no page of another origin may read.
const PRIVATE: [&str; 7] = [
    ME,
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
fn other_origins_read_public_answers_alone() {
    let app = serve();
    let client = app.client();
    for path in PUBLIC {
        for origin in OTHER_ORIGINS {
            let answer = client.get(path, &[("Origin", origin)]);
            assert_public(&answer);
            assert_varies(&answer);
            let allowed = preflight(&app, origin, "GET", path);
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
        OTHER_ORIGINS.into_iter().flat_map(|origin| PRIVATE.map(|path| (origin, path)))
    {
        assert_closed(&client.get(path, &[("Origin", origin)]));
        assert_closed(&preflight(&app, origin, "GET", path));
    }
    for (method, path) in ROUTES.iter().filter(|(method, _)| *method != "GET") {
        assert_closed(&preflight(&app, "https://evil.example", method, &format!("/api{path}")));
    }
}

#[test]
fn preflight_is_answered_for_every_route() {
    let app = serve();
    for (method, path) in ROUTES {
        for prefix in ["/api", "/api/v2", "/api/v2/api"] {
            let answer = preflight(&app, FRONT, method, &format!("{prefix}{path}"));
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
fn answers_do_not_vary_where_no_origin_is_configured() {
    let app = TestApp::new();
    for origin in OTHER_ORIGINS.into_iter().chain([FRONT, "*"]) {
        let answer = app.client().get("/api/server", &[("Origin", origin)]);
        assert_public(&answer);
        assert_eq!(answer.header("vary"), None);
        assert_closed(&app.client().get(ME, &[("Origin", origin)]));
        assert_closed(&preflight(&app, origin, "POST", LOGIN));
    }
}

#[test]
fn numeric_origin_is_allowed() {
    let app = TestApp::with("[server]\nnumeric_origins = ['https://front.example']").serve();
    let wrong = app.client().send("POST", "/api/v2/auth/login", &[("Origin", FRONT)], b"");
    assert_allowed(&wrong, FRONT);
    assert_eq!(wrong.json()["error"]["code"], 1003);
    let other = app.client().send("POST", "/api/v2/auth/login", &[], b"");
    assert_eq!(other.json()["error"]["code"], "BAD_REQUEST");
    assert_varies(&other);
}

#[test]
fn other_origins_get_no_cors_headers_where_nothing_is_public() {
    let app = serve();
    for origin in OTHER_ORIGINS {
        let answers = [
            app.client().get("/api/users?q=a", &[("Origin", origin)]),
            app.client().get(ME, &[("Origin", origin)]),
            preflight(&app, origin, "POST", LOGIN),
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
fn refused_preflight_is_answered_in_the_envelope() {
    let app = serve();
    for (origin, method) in [("https://evil.example", "POST"), (FRONT, "PUT")] {
        let answer = preflight(&app, origin, method, LOGIN);
        // An empty body is allowed.
        assert!(
            answer.text.is_empty() || answer.json()["error"]["status"] == answer.status,
            "{}",
            answer.text
        );
    }
}

#[test]
fn unconfigured_front_is_logged_once_a_minute() {
    let app = serve();
    for _ in 0..3 {
        preflight(&app, "https://forgotten.example", "POST", "/api/v2/auth/login");
        let headers = [("Origin", "https://forgotten.example"), JSON];
        app.client().send("POST", LOGIN, &headers, b"{}").refused(UNAUTHORIZED, LOGIN);
    }
    // A preflight of a public path is not logged.
    preflight(&app, "https://other-site.example", "GET", "/api/server");
    let Ended { log, .. } = app.server.stop();
    assert_eq!(log.matches("https://forgotten.example").count(), 1, "{log}");
    assert!(log.contains("server.allowed_origins") && !log.contains("other-site"), "{log}");
}
