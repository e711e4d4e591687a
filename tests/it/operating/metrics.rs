//! `/metrics`: what it says, where it says it, and what is built upon it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Client, ME, Server, TestApp, wait_until};

const LISTEN: &str = "[metrics]\nlisten = '127.0.0.1:0'\n[backup]\nevery = '1d'";

/// Where the server says that it serves metrics.
fn metrics_of(server: &Server) -> Client {
    const LINE: &str = "serves /metrics listen=http://";
    wait_until("the log says where the metrics are", || server.logged().contains(LINE));
    Client::new(server.logged().split(LINE).nth(1).unwrap().lines().next().unwrap())
}

fn scrape(server: &Server) -> String {
    let answer = metrics_of(server).get("/metrics", &[]);
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    answer.text
}

/// The value of a sample, such as `nox_users` or `nox_mail_total{outcome="sent"}`.
#[track_caller]
fn sample(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}

/// Each metric with its type and, where it has one, its label.
fn shown(text: &str) -> BTreeMap<String, (String, String)> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types
        .map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            let labelled = format!("{name}{{");
            let label =
                text.lines().find_map(|line| line.strip_prefix(&labelled)?.split('=').next());
            (name.to_owned(), (kind.to_owned(), label.unwrap_or_default().to_owned()))
        })
        .collect()
}

#[test]
fn metrics_are_those_of_the_table_in_the_documentation() {
    let app = TestApp::with(LISTEN).serve();
    let text = scrape(&app.server);
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let document = fs::read_to_string(document).unwrap();
    let table = document.split("| metric | type | meaning |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let documented: BTreeMap<_, _> = rows
        .map(|row| {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            let name = cells[1].trim_matches('`');
            let (name, label) = name.split_once('{').unwrap_or((name, ""));
            (name.to_owned(), (cells[2].to_owned(), label.trim_end_matches('}').to_owned()))
        })
        .collect();
    assert_eq!(shown(&text), documented);
    for name in documented.keys() {
        let helps = text.lines().filter(|line| line.starts_with(&format!("# HELP {name} ")));
        assert_eq!(helps.count(), 1, "{name}");
    }
    // Every value of a label that the documentation names is shown from the start.
    for label in ["outcome", "result"] {
        for value in values_of(&text, label) {
            assert!(document.contains(&format!("`{value}`")), "{label} {value}");
        }
    }
}

#[test]
fn what_happens_is_counted() {
    let app = TestApp::with(LISTEN).session().serve();
    let client = app.client();
    let before = scrape(&app.server);
    let rises = |text: &str, name: &str| sample(text, name) - sample(&before, name);
    client.log_in("ada", "wrong password");
    client.log_in("ada", "hunter22").token();
    assert_eq!(app.ada.get(ME).status, 200);
    client.me("no token");
    assert_eq!(client.get("/nothing", &[]).status, 404);
    let text = scrape(&app.server);
    for (name, rise) in [
        ("nox_logins_total{outcome=\"succeeded\"}", 1.0),
        ("nox_logins_total{outcome=\"wrong_password\"}", 1.0),
        ("nox_session_checks_total{result=\"valid\"}", 1.0),
        ("nox_session_checks_total{result=\"invalid\"}", 1.0),
        ("nox_http_requests_total{status=\"404\"}", 1.0),
        ("nox_hash_seconds_count", 2.0),
        ("nox_hash_seconds_bucket{le=\"+Inf\"}", 2.0),
    ] {
        assert!((rises(&text, name) - rise).abs() < 0.1, "{name}: {text}");
    }
    assert!(rises(&text, "nox_hash_seconds_sum") > 0.0);
    for (name, value) in [
        ("nox_users", 1.0),
        ("nox_ready", 1.0),
        ("nox_login_queue", 0.0),
        (concat!("nox_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0),
    ] {
        assert!((sample(&text, name) - value).abs() < 0.1, "{name}: {text}");
    }
    assert!(sample(&text, "nox_sessions") >= 1.0 && sample(&text, "nox_database_bytes") > 4096.0);
    assert!(sample(&text, "nox_disk_free_bytes") > 0.0);
    // It names no user and no address.
    assert!(!text.contains("ada") && !text.contains("127.0.0.1"), "{text}");
}

#[test]
fn missing_backup_is_infinitely_old_and_one_that_is_not_due_has_no_age() {
    let app = TestApp::with("[metrics]\nlisten = '127.0.0.1:0'").serve();
    assert!(!scrape(&app.server).contains("nox_backup_age_seconds"));
    let blocked =
        "[metrics]\nlisten = '127.0.0.1:0'\n[backup]\nevery = '1d'\nfolder = 'nox.toml/x'";
    let app = TestApp::with(blocked).serve();
    let text = scrape(&app.server);
    assert!(text.contains("nox_build_info"), "a scrape succeeds whatever cannot be read: {text}");
    let unused = "[metrics]\nlisten = '127.0.0.1:0'\n[backup]\nevery = '1d'\nfolder = '/proc'";
    let app = TestApp::with(unused).serve();
    let text = scrape(&app.server);
    assert!(text.contains("nox_backup_age_seconds +Inf\n"), "{text}");
}

#[test]
fn metrics_are_off_by_default_and_never_on_the_address_of_the_server() {
    let app = TestApp::new();
    assert_eq!(app.client().get("/metrics", &[]).status, 404);
    assert!(!app.log().contains("/metrics"));
    let app = TestApp::with("[metrics]\nlisten = 'unix:metrics.sock'").serve();
    assert_eq!(app.client().get("/metrics", &[]).status, 404);
    let socket = app.instance.path("metrics.sock");
    for (asked, status) in [("GET /metrics", 200), ("GET /readyz", 404), ("POST /metrics", 405)] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        let head = format!("{asked} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{asked}: {answer}");
    }
    app.log();
    assert!(!socket.exists(), "the server removes the socket");
}

#[test]
fn address_of_the_metrics_that_is_taken_stops_the_start() {
    let app = TestApp::new();
    let taken = &app.server.address;
    let settings = format!("[server]\nlisten = '127.0.0.1:0'\n[metrics]\nlisten = '{taken}'");
    app.instance.configure(&settings);
    let ran = app.instance.run(&["serve"], "");
    assert_eq!(ran.status, 5);
    let expected = format!("cannot listen on {taken}: Address already in use");
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    assert!(ran.stderr.contains("set metrics.listen"), "{}", ran.stderr);
}

/// The values that a label has in a scrape.
fn values_of<'a>(text: &'a str, label: &str) -> BTreeSet<&'a str> {
    let labelled = format!("{{{label}=\"");
    text.lines().filter_map(|line| line.split(&labelled).nth(1)?.split('"').next()).collect()
}

/// The queries of the dashboard, and those of the alerts.
fn queries() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib");
    let dashboard = fs::read_to_string(root.join("grafana/nox.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut queries: Vec<_> =
        targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
    assert!(queries.len() > 10);
    let alerts = fs::read_to_string(root.join("prometheus/alerts.yml")).unwrap();
    queries.extend(alerts.split("expr:").skip(1).map(|rest| {
        let ends = ["for:", "labels:"].map(|key| rest.find(key).unwrap_or(rest.len()));
        rest[..ends[0].min(ends[1])].to_owned()
    }));
    queries
}

/// The matchers between a pair of braces: each label with its value or pattern.
fn matchers(inside: &str) -> impl Iterator<Item = (&str, &str)> {
    inside.split(", ").filter(|matcher| !matcher.is_empty()).map(|matcher| {
        let (label, rest) = matcher.split_at(matcher.find(['=', '!']).unwrap());
        (label, rest.split('"').nth(1).unwrap())
    })
}

/// Whether a value of a label matches a pattern, in which a dot is any character.
fn is_meant(pattern: &str, value: &str) -> bool {
    let pairs = pattern.bytes().zip(value.bytes());
    pattern.len() == value.len() && pairs.into_iter().all(|(p, v)| p == b'.' || p == v)
}

#[test]
fn dashboard_and_alerts_use_metrics_and_labels_that_exist() {
    // Those that Prometheus adds, and those of a histogram.
    const ADDED: [&str; 3] = ["job", "instance", "le"];
    let app = TestApp::with(LISTEN).serve();
    let text = scrape(&app.server);
    let shown = shown(&text);
    let mut used = BTreeSet::new();
    for query in queries() {
        for (at, _) in query.match_indices("nox_") {
            let rest = &query[at..];
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
            let parts = ["_bucket", "_sum", "_count"];
            let base = parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
            let (kind, own) = shown.get(base).unwrap_or_else(|| panic!("{query}: {name}"));
            assert_eq!(kind == "histogram", base != name, "{query}: {name}");
            used.insert(base.to_owned());
            let inside = rest.strip_prefix('{').map_or("", |rest| rest.split('}').next().unwrap());
            for (label, pattern) in matchers(inside) {
                assert!(ADDED.contains(&label) || label == own, "{query}: {label}");
                let values = values_of(&text, label);
                let are_known =
                    pattern.split('|').all(|one| values.iter().any(|v| is_meant(one, v)));
                assert!(ADDED.contains(&label) || are_known, "{query}: {pattern}");
            }
        }
        for grouped in query.split("by (").skip(1) {
            for label in grouped.split(')').next().unwrap().split(", ") {
                let is_own = shown.values().any(|(_, own)| own == label);
                assert!(ADDED.contains(&label) || is_own, "{query}: {label}");
            }
        }
    }
    let all: BTreeSet<_> = shown.keys().cloned().collect();
    assert_eq!(used, all, "every metric is on the dashboard or in an alert");
}
