//! `X-Forwarded-*` headers of trusted and of other peers.

use serde_json::json;

use crate::harness::{Answer, INVALID_FIELD, JSON, LOGIN, ME, TestApp, UNAUTHORIZED};

const STRANGERS: &str = "[server]\ntrusted_proxies = ['10.0.0.0/8']\n";

fn log_in(app: &TestApp, password: &str, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "identifier": "ada", "password": password }).to_string();
    app.client().send("POST", LOGIN, &[headers, &[JSON]].concat(), body.as_bytes())
}

/// A foreign host in every header that could name one.
const EVIL: &[(&str, &str)] = &[
    ("Host", "evil.example"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("Forwarded", "host=evil.example;proto=gopher"),
    ("X-Original-URL", "https://evil.example/"),
];

/// The addresses of failed logins, from the log.
fn failed_from(app: TestApp) -> Vec<String> {
    let log = app.log();
    let failed = log.lines().filter_map(|line| line.split_once("event=login.failed ip="));
    failed.map(|(_, fields)| fields.split(' ').next().unwrap().into()).collect()
}

#[test]
fn client_is_the_right_most_address_that_is_no_trusted_proxy() {
    let app = TestApp::with(
        "[server]\ntrusted_proxies = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8:1::/48']\n",
    )
    .serve();
    for (forwarded, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("6.6.6.6, 192.0.2.2", "192.0.2.2"),
        ("6.6.6.6, 192.0.2.3, 10.1.2.3, 2001:db8:1::9", "192.0.2.3"),
        ("6.6.6.6,127.0.0.1 ,  192.0.2.4:4711", "192.0.2.4"),
        ("[2001:db8:2::1]:80", "2001:db8:2::1"),
        ("6.6.6.6, unknown, 10.0.0.5", "10.0.0.5"),
        ("6.6.6.6, fe80::7%eth0,, ", "fe80::7"),
        ("\"[2001:db8:2::2]:80\"", "2001:db8:2::2"),
        ("6.6.6.6, _hidden", "127.0.0.1"),
        ("192.0.2.5\" reason=x", "127.0.0.1"),
    ] {
        log_in(&app, "wrong horse", &[("X-Forwarded-For", forwarded)])
            .refused(INVALID_FIELD, LOGIN);
        // A right password resets the rate limit of the account.
        assert_eq!(
            log_in(&app, "hunter22", &[("X-Forwarded-For", forwarded)]).status,
            200,
            "{expected}"
        );
    }
    let two = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.6")];
    log_in(&app, "wrong horse", &two).refused(INVALID_FIELD, LOGIN);
    let expected = [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.4",
        "2001:db8:2::1",
        "10.0.0.5",
        "fe80::7",
        "2001:db8:2::2",
        "127.0.0.1",
        "127.0.0.1",
        "192.0.2.6",
    ];
    assert_eq!(failed_from(app), expected);
}

#[test]
fn entry_that_is_no_address_is_logged_once_a_minute() {
    for (forwarded, shown) in [
        ("unknown", "entry=\"unknown\""),
        ("6.6.6.6, _SEVKISEK", "entry=\"hidden\""),
        ("6.6.6.6, x\" event=login.failed", "entry=\"unreadable\""),
    ] {
        let app = TestApp::new();
        for _ in 0..3 {
            log_in(&app, "wrong horse", &[("X-Forwarded-For", forwarded)])
                .refused(INVALID_FIELD, LOGIN);
        }
        let log = app.log();
        let told: Vec<_> = log.lines().filter(|line| line.contains("X-Forwarded-For")).collect();
        assert_eq!(told.len(), 1, "{log}");
        let line = told[0];
        assert!(line.contains("WARN") && line.contains("counted_as=127.0.0.1"), "{line}");
        assert!(line.contains(shown), "{line}");
    }
}

#[test]
fn own_origin_follows_host_and_scheme_of_a_trusted_proxy() {
    let app = TestApp::new();
    let inner = format!("http://{}", app.server.address);
    let outer = ("X-Forwarded-Host", "outer.example");
    let https = ("X-Forwarded-Proto", "https");
    for (headers, origin, status) in [
        (&[][..], inner.as_str(), 200),
        (&[], "http://outer.example", 401),
        (&[outer], "http://outer.example", 200),
        (&[outer], "https://outer.example", 401),
        (&[outer, https], "https://outer.example", 200),
        (&[outer, https], "http://outer.example", 401),
        (&[outer, https], "https://OUTER.example:443", 200),
        (&[outer, https], "https://outer.example:8443", 401),
        // The host that the proxy was asked for counts, and not the one that the proxy calls.
        (&[outer], &inner, 401),
        // Entries further left may come from the client.
        (&[("X-Forwarded-Host", "evil.example, outer.example")], "http://evil.example", 401),
        (&[("X-Forwarded-Host", "evil.example, outer.example")], "http://outer.example", 200),
        (&[("X-Forwarded-Host", "evil.example"), outer], "http://evil.example", 401),
        (&[outer, ("X-Forwarded-Proto", "https, http")], "https://outer.example", 401),
        // The public URL is an own origin whatever a proxy sends.
        (&[outer, https], "http://localhost:53032", 200),
        (&[("X-Forwarded-Host", "")], "http://localhost:53032", 200),
    ] {
        let answer = log_in(&app, "hunter22", &[headers, &[("Origin", origin)]].concat());
        assert_eq!(answer.status, status, "{headers:?} {origin} {}", answer.text);
    }
    // The same holds for a request by cookie.
    let cookie = log_in(&app, "hunter22", &[]).cookie();
    let log_out = |headers: &[_]| {
        let headers =
            [headers, &[("Cookie", cookie.as_str()), ("Origin", "https://outer.example")]].concat();
        app.client().send("POST", "/api/auth/logout", &headers, b"").status
    };
    assert_eq!((log_out(&[]), log_out(&[outer]), log_out(&[outer, https])), (401, 401, 200));
}

#[test]
fn forwarded_headers_of_other_peers_are_ignored_and_logged_once() {
    for headers in [
        &[("X-Forwarded-For", "192.0.2.1")][..],
        &[("X-Forwarded-Host", "outer.example")],
        &[("X-Forwarded-Proto", "http")],
        &[
            ("X-Forwarded-Host", "outer.example"),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-For", "192.0.2.1"),
        ],
    ] {
        let app = TestApp::with(STRANGERS).serve();
        // Any request triggers the warning, also one that does not use the headers.
        assert_eq!(app.client().get("/healthz", headers).status, 200);
        let told = [headers, &[("Origin", "http://outer.example")]].concat();
        log_in(&app, "hunter22", &told).refused(UNAUTHORIZED, LOGIN);
        for _ in 0..3 {
            log_in(&app, "wrong horse", headers).refused(INVALID_FIELD, LOGIN);
        }
        let log = app.log();
        assert_eq!(log.matches("event=login.failed ip=127.0.0.1 ").count(), 3, "{log}");
        let warnings: Vec<_> =
            log.lines().filter(|line| line.contains("server.trusted_proxies")).collect();
        assert_eq!(warnings.len(), 1, "{log}");
        assert!(warnings[0].contains("WARN") && warnings[0].contains("peer=127.0.0.1"), "{log}");
        for (name, value) in headers {
            assert!(
                warnings[0].contains(&name.to_lowercase()) && !warnings[0].contains(value),
                "{log}"
            );
        }
        let others = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
        assert_eq!(
            others.iter().filter(|name| warnings[0].contains(**name)).count(),
            headers.len(),
            "{log}"
        );
    }
    let app = TestApp::with(STRANGERS).serve();
    assert_eq!(log_in(&app, "hunter22", &[]).status, 200);
    assert!(!app.log().contains("trusted_proxies"), "no request had such a header");
}

#[test]
fn urls_in_answers_follow_public_url_and_no_header() {
    let settings = "[server]\npublic_url = 'https://nox.example'\naddress = 'nox.example'\n\
                    [users]\nregistration = 'open'\n";
    let app = TestApp::with(settings).mail().serve();
    let client = app.client();
    let body =
        json!({ "username": "bob", "password": "hunter22", "email": "bob@b.example" }).to_string();
    let registered =
        client.send("POST", "/api/auth/register", &[EVIL, &[JSON]].concat(), body.as_bytes());
    let mut answers = vec![registered];
    let mail = app.mails().next_mail();
    assert!(mail.text().contains("https://nox.example/email/confirmation?token="), "{mail:?}");
    assert!(!format!("{mail:?}").contains("evil.example"), "{mail:?}");
    let bearer = app.ada.bearer();
    for path in [
        "/.well-known/nox",
        "/.well-known/nodeinfo",
        "/.well-known/webfinger?resource=acct:ada@nox.example",
        "/nodeinfo/2.1",
        "/api/server",
        "/api/configs",
        "/api/openapi.json",
        ME,
        "/api/users/ada",
        "/api/users?query=ada",
        "/api/users/ada/thumbnail",
        "/",
        "/login",
        "/login?return_to=/account",
        "/login?return_to=https://evil.example/",
        "/account",
        "/email/confirmation?token=x",
        "/nothing",
        "/api/nothing",
    ] {
        answers.push(client.get(path, &[EVIL, &[("Authorization", &bearer)]].concat()));
    }
    for answer in &answers {
        let shown = format!("{:?} {}", answer.headers, answer.text);
        let shown = shown
            .replace("return_to=https://evil.example/", "")
            .replace("return_to=https%3A%2F%2Fevil.example", "");
        assert!(!shown.contains("evil.example") && !shown.contains("gopher"), "{shown}");
    }
    assert!(
        answers.iter().filter(|answer| answer.text.contains("https://nox.example")).count() >= 3
    );
    let session = answers[0].header("set-cookie").unwrap();
    assert!(session.starts_with("__Host-_uid=") && session.contains("Secure"), "{session}");
    assert_eq!(app.rest(), [""; 0]);
}
