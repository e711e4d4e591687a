//! The log as programs read it: one line for each attempt, which no caller can forge.

use serde_json::{Value, json};

use crate::harness::{
    INVALID_FIELD, JSON, LOGIN, TestApp, UNAUTHORIZED, USER_NOT_FOUND, VERIFICATION_REQUIRED,
};

/// Texts that try to forge a line of the log.
pub(super) const HOSTILE: &[&str] = &[
    "x\nevent=login.failed ip=6.6.6.6 user=\"ada\" reason=wrong_password",
    "x\r\n2026-01-01T00:00:00.000000Z  INFO event=login.failed ip=6.6.6.6 user=\"ada\" \
     reason=wrong_password",
    "x\" reason=wrong_password\nevent=login.failed ip=6.6.6.6 user=\"y",
    "event=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
    "\" ip=6.6.6.6 user=\"x\" reason=wrong_password",
    "x\",\"ip\":\"6.6.6.6\",\"reason\":\"wrong_password",
    "{\"event\":\"login.failed\",\"ip\":\"6.6.6.6\",\"reason\":\"wrong_password\"}",
    "\\\" ip=6.6.6.6 \\",
    "x\u{2028}event=login.failed ip=6.6.6.6",
    "x\u{2029}event=login.failed ip=6.6.6.6",
    "x\u{85}event=login.failed ip=6.6.6.6",
    "x\u{b}\u{c}\u{1c}\u{1d}\u{1e}event=login.failed ip=6.6.6.6",
    "\u{202e}6.6.6.6=pi\u{202c}\u{2066}\u{2069}\u{200f}",
    "\u{1b}[2K\u{1b}[1A\u{9b}31mip=6.6.6.6\u{1b}]0;x\u{7}",
    "\u{0}ip=6.6.6.6\u{8}\u{8}\u{7f}",
    "6.6.6.6",
    "ip=6.6.6.6",
];

#[test]
fn log_names_the_route_as_it_was_asked_for() {
    let app = serve("json");
    let routes = [
        ("/api/users/ada", Some("/api/users/{selector}")),
        ("/api/v2/users/ada", Some("/api/v2/users/{selector}")),
        ("/api/v2/api/users/ada/banner", Some("/api/v2/api/users/{selector}/banner")),
        ("/api/%762/users/@me", Some("/api/v2/users/@me")),
        ("/api/v2/nothing", None),
        ("/static/pages.css", Some("/static/{name}")),
        ("/login", Some("/login")),
        ("/nothing", None),
    ];
    for (path, _) in routes {
        app.client().get(path, &[]);
    }
    let log = app.log();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answers = lines.filter(|line| line["fields"]["message"] == "answered");
    let logged: Vec<Option<String>> =
        answers.map(|line| line["fields"]["route"].as_str().map(Into::into)).collect();
    assert_eq!(logged, routes.map(|(_, route)| route.map(Into::into)));
}

pub(super) fn serve(format: &str) -> TestApp {
    TestApp::with(&format!("[log]\nlevel = 'trace'\nformat = '{format}'\n")).serve()
}

pub(super) fn from(index: usize) -> String {
    format!("192.0.2.{}", index + 1)
}

/// Puts each hostile text into every part of a request, each from its own address.
pub(super) fn assail(app: &TestApp) {
    let client = app.client();
    for (index, text) in HOSTILE.iter().enumerate() {
        let from = from(index);
        let plain: String = text.chars().filter(|letter| matches!(letter, ' '..='~')).collect();
        let quoted =
            text.bytes().fold(String::new(), |quoted, byte| quoted + &format!("%{byte:02X}"));
        let headers =
            [JSON, ("X-Forwarded-For", &from), ("User-Agent", &plain), ("Referer", &plain)];
        let body = json!({ "identifier": text, "password": "not the right one" }).to_string();
        let path = format!("{LOGIN}?{quoted}");
        client.send("POST", &path, &headers, body.as_bytes()).refused(USER_NOT_FOUND, &path);
        // These requests are no attempts to log in, and so log no such line.
        let odd = [
            ("X-Forwarded-For", plain.as_str()),
            ("X-Forwarded-Host", &plain),
            ("Authorization", &plain),
        ];
        client.get(&format!("/api/users/{quoted}?query={quoted}"), &odd);
        client.get(&format!("/{quoted}"), &[("Cookie", &plain), ("Accept-Language", &plain)]);
        let page = [JSON, ("X-Forwarded-For", &from), ("Origin", &plain)];
        client.send("POST", LOGIN, &page, body.as_bytes()).refused(UNAUTHORIZED, LOGIN);
    }
}

#[test]
fn hostile_texts_forge_no_log_line() {
    for format in ["text", "json"] {
        let app = serve(format);
        assail(&app);
        let log = app.log();
        let is_printable = |letter: char| letter == '\n' || matches!(letter, ' '..='~');
        assert!(log.chars().all(is_printable), "{log:?}");
        assert!(!log.contains("6.6.6.6"), "{log}");
        let mut failed = Vec::new();
        for line in log.lines() {
            if format == "json" {
                let line: Value = serde_json::from_str(line).unwrap();
                let fields = &line["fields"];
                if fields["event"] == "login.failed" {
                    assert_eq!(fields.as_object().unwrap().len(), 4, "{line}");
                    failed.push(
                        ["ip", "user", "reason"]
                            .map(|name| fields[name].as_str().unwrap().to_owned()),
                    );
                }
            } else if let Some((head, fields)) = line.split_once("event=login.failed ip=") {
                assert!(
                    head.len() == 34 && head.starts_with("20") && head.ends_with("Z  INFO "),
                    "{line}"
                );
                let (ip, rest) = fields.split_once(" user=\"").unwrap();
                let (user, reason) = rest.split_once("\" reason=").unwrap();
                failed.push([ip, user, reason].map(Into::into));
            } else {
                assert!(line.starts_with("20"), "{line}");
            }
        }
        assert_eq!(failed.len(), HOSTILE.len(), "{log}");
        for (index, [ip, user, reason]) in failed.into_iter().enumerate() {
            assert_eq!((ip, reason.as_str()), (from(index), "unknown_user"));
            let digits = user.strip_prefix("unknown-").unwrap();
            assert!(
                digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{user}"
            );
        }
    }
}

#[test]
fn login_outcomes_have_the_same_log_line_in_text_and_json() {
    let mut told = Vec::new();
    for format in ["text", "json"] {
        let app = serve(format);
        let client = app.client();
        client.log_in("ada", "hunter22").token();
        client.log_in(" ADA ", "hunter23").refused(INVALID_FIELD, LOGIN);
        client.log_in("nobody", "hunter22").refused(USER_NOT_FOUND, LOGIN);
        app.instance.enroll("ada");
        client.log_in("ada", "hunter22").refused(VERIFICATION_REQUIRED, LOGIN);
        client.log_in_with_code("ada", "hunter22", "000000").refused(INVALID_FIELD, LOGIN);
        client.log_in_with_code("ada", "hunter22", "12 345").refused(INVALID_FIELD, LOGIN);
        client.log_in_with_code("nobody", "hunter22", "letters").refused(INVALID_FIELD, LOGIN);
        app.nox("user disable ada");
        client.log_in("ada", "hunter22").refused(UNAUTHORIZED, LOGIN);
        for _ in 0..5 {
            client.log_in("ada", "hunter23");
        }
        let log = app.log();
        let lines: Vec<String> = log
            .lines()
            .filter(|line| line.contains("login."))
            .map(|line| read(format, line))
            .collect();
        told.push(lines);
    }
    let failed = |user: &str, reason: &str| {
        format!("event=login.failed ip=127.0.0.1 user=\"{user}\" reason={reason}")
    };
    let unknown = told[0][2].split('"').nth(1).unwrap().to_owned();
    let mut expected = vec![
        "event=login.succeeded ip=127.0.0.1 user=\"ada\"".to_owned(),
        failed("ada", "wrong_password"),
        failed(&unknown, "unknown_user"),
        "event=login.challenged ip=127.0.0.1 user=\"ada\"".to_owned(),
        failed("ada", "wrong_code"),
        failed("ada", "malformed_code"),
        failed(&unknown, "malformed_code"),
        failed("ada", "disabled"),
    ];
    expected.extend((0..4).map(|_| failed("ada", "wrong_password")));
    expected.push(failed("ada", "too_many_attempts"));
    assert_eq!(told[0], expected);
    // Unknown names are hashed with the key of the instance.
    let unknown = told[1][2].split('"').nth(1).unwrap().to_owned();
    expected[2] = failed(&unknown, "unknown_user");
    expected[6] = failed(&unknown, "malformed_code");
    assert_eq!(told[1], expected);
}

/// The fields of a line, as the text form has them.
fn read(format: &str, line: &str) -> String {
    if format == "text" {
        return line[line.find("event=").unwrap()..].into();
    }
    let line: Value = serde_json::from_str(line).unwrap();
    let fields = &line["fields"];
    let text = |name: &str| fields[name].as_str().map(Into::into).unwrap_or_default();
    let [event, ip, user, reason]: [String; 4] = ["event", "ip", "user", "reason"].map(text);
    let reason = if reason.is_empty() { reason } else { format!(" reason={reason}") };
    format!("event={event} ip={ip} user=\"{user}\"{reason}")
}

#[test]
fn json_log_quotes_a_text_once() {
    let app =
        TestApp::with("[log]\nlevel = 'trace'\nformat = 'json'\n[backup]\nevery = '1h'").serve();
    app.client().get("/api/users/@me", &[]);
    crate::harness::wait_until("there is a backup", || {
        app.server.logged().contains("made a backup")
    });
    let log = app.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let fields: Vec<Value> = lines.map(|mut line| line["fields"].take()).collect();
    let find = |message: &str| fields.iter().find(|fields| fields["message"] == message).unwrap();
    assert_eq!(find("started")["database"], "nox.db");
    assert!(find("made a backup")["path"].as_str().unwrap().starts_with("backups/nox-"));
    assert!(!log.contains("\\\"GET"), "{log}");
    for text in fields.iter().flat_map(|fields| fields.as_object().unwrap().values()) {
        assert!(!text.as_str().is_some_and(|text| text.starts_with('"')), "{text}");
    }
}
