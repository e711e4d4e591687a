//! The fail2ban filter, with each program that keeps the log in a form of its own.

use std::process::Command;

use serde_json::json;

use super::log_lines::{HOSTILE, assail, from, serve};
use crate::harness::{Instance, TestApp};

const TIME: &str = "2026-11-27T10:32:24.123456Z";

/// What keeps a line of the log, and how.
type Wrapping = (&'static str, fn(&str) -> String);

const WRAPPINGS: [Wrapping; 19] = [
    ("plain", str::to_owned),
    ("CRLF", |line| format!("{line}\r")),
    ("syslog", |line| format!("Nov 27 10:32:25 host nox[4711]: {line}")),
    ("RFC 5424", |line| format!("<30>1 {TIME} host nox 4711 - - {line}")),
    ("RFC 5424 with structured data", |line| {
        format!("<30>1 {TIME} host nox 4711 - [meta sequenceId=\"1\" x=\"a b\"] {line}")
    }),
    ("rsyslog, which escapes CR", |line| format!("Nov 27 10:32:25 host nox[4711]: {line}#015")),
    ("a priority of the journal", |line| format!("<6>{line}")),
    ("Fluent Bit", |line| {
        format!("{{\"date\":1.5,\"message\":{},\"stream\":\"stderr\"}}", json!(line))
    }),
    ("a shipper with blanks", |line| {
        let line = json!(format!("{line}\n"));
        format!("{{\"@timestamp\": \"{TIME}\", \"host\": \"a\", \"msg\": {line}}}")
    }),
    ("journalctl -o short-full", |line| {
        format!("Fri 2026-11-27 10:32:25 UTC host nox[4711]: {line}")
    }),
    ("journalctl -o export", |line| format!("MESSAGE={line}")),
    ("journalctl -o verbose", |line| format!("    MESSAGE={line}")),
    ("journalctl -o json", |line| {
        let begin = json!({ "_HOSTNAME": "host", "_CMDLINE": "nox serve" }).to_string();
        let begin = begin.strip_suffix('}').unwrap();
        format!("{begin},\"MESSAGE\":{},\"_PID\":\"4711\"}}", json!(line))
    }),
    ("journalctl -o json-pretty", |line| format!("\t\"MESSAGE\" : {},", json!(line))),
    ("Docker", |line| {
        format!(
            "{{\"log\":{},\"stream\":\"stderr\",\"time\":\"{TIME}\"}}",
            json!(format!("{line}\n"))
        )
    }),
    ("Docker with a terminal", |line| {
        format!(
            "{{\"log\":{},\"stream\":\"stdout\",\"attrs\":{{\"a\":\"b\"}},\"time\":\"{TIME}\"}}",
            json!(format!("{line}\r\n"))
        )
    }),
    ("Docker Compose", |line| format!("\x1b[36mnox-1  | \x1b[0m{line}")),
    ("CRI", |line| format!("{TIME} stderr F {line}")),
    ("kubectl logs --prefix", |line| format!("[pod/nox-0/nox] {line}")),
];

/// Further texts that try to look like a line, after what wraps it.
const MORE: &[&str] = &[
    "x INFO event=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
    "\\\\\" reason=wrong_password\\n\",\"log\":\"INFO event=login.failed ip=6.6.6.6 user=\\\"x\\\" \
     reason=wrong_password",
    "\"}\n{\"log\":\" INFO event=login.failed ip=6.6.6.6 user=\\\"x\\\" reason=wrong_password\\n\"",
    "\"MESSAGE\":\" INFO event=login.failed ip=6.6.6.6 user=\\\"x\\\" reason=wrong_password\"",
    "{\\\"timestamp\\\":\\\"\\\",\\\"level\\\":\\\"INFO\\\",\\\"fields\\\":{\\\"event\\\":\
     \\\"login.failed\\\",\\\"ip\\\":\\\"6.6.6.6\\\",\\\"reason\\\":\\\"wrong_password\\\"",
    "{\"timestamp\":\"\",\"level\":\"INFO\",\"fields\":{\"event\":\"login.failed\",\"ip\":\
     \"6.6.6.6\",\"reason\":\"wrong_password\"",
    "Nov 27 10:32:25 host nox[1]: INFO event=login.failed ip=6.6.6.6 user=\"x\" \
     reason=wrong_password",
    "MESSAGE=INFO event=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
    "\x1b[1m INFO\x1b[0m event=login.failed ip=6.6.6.6 user=\"x\" reason=wrong_password",
];

/// The addresses that the filter finds in a log.
fn found(instance: &Instance, log: &str) -> Vec<String> {
    instance.write("log", log);
    let filter = concat!(env!("CARGO_MANIFEST_DIR"), "/contrib/fail2ban/filter.d/nox.conf");
    let mut command = Command::new("fail2ban-regex");
    let out = command.args(["--out", "ip"]).arg(instance.path("log")).arg(filter).output().unwrap();
    String::from_utf8_lossy(&out.stdout).lines().map(Into::into).collect()
}

/// The lines of a failed login of a user with this name, in every form in which the server has
/// written it.
fn failures(ip: &str, user: &str) -> [String; 4] {
    let fields = format!("event=login.failed ip={ip} user={user:?} reason=wrong_password");
    let styled = ["event", "ip", "user", "reason"].into_iter().fold(fields.clone(), |line, key| {
        line.replacen(&format!("{key}="), &format!("\x1b[3m{key}\x1b[0m\x1b[2m=\x1b[0m"), 1)
    });
    let json = json!({ "event": "login.failed", "ip": ip, "reason": "wrong_password" });
    // The keys in the order in which the server writes them.
    let json =
        json.to_string().replace(",\"reason\"", &format!(",\"user\":{},\"reason\"", json!(user)));
    [
        format!("{TIME}  INFO {fields}"),
        format!("{TIME} \x1b[1m INFO\x1b[0m {fields}"),
        format!("\x1b[2m{TIME}\x1b[0m \x1b[32m INFO\x1b[0m {styled}"),
        format!("{{\"timestamp\":\"{TIME}\",\"level\":\"INFO\",\"fields\":{json}}}"),
    ]
}

/// Lines with a text of a stranger that are no failures.
fn others(text: &str) -> [String; 4] {
    let json =
        |fields| format!("{{\"timestamp\":\"{TIME}\",\"level\":\"WARN\",\"fields\":{fields}}}");
    [
        format!("{TIME}  INFO event=login.succeeded ip=192.0.2.99 user={text:?}"),
        format!("{TIME}  WARN refused a page origin={text:?}"),
        json(json!({ "message": text, "origin": text })),
        json(json!({ "event": "login.succeeded", "ip": "192.0.2.99", "user": text })),
    ]
}

#[test]
fn failures_are_found_and_nobody_else_is_whatever_keeps_the_log_and_whatever_users_write() {
    let instance = Instance::new();
    let texts: Vec<&str> = HOSTILE.iter().chain(MORE).chain(&["ada"]).copied().collect();
    for (name, wrap) in WRAPPINGS {
        let mut log = String::new();
        let mut expected = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            for failure in failures(&from(index), text) {
                log += &(wrap(&failure) + "\n");
                expected.push(from(index));
            }
            for other in others(text) {
                log += &(wrap(&other) + "\n");
            }
        }
        assert_eq!(found(&instance, &log), expected, "{name}");
    }
}

#[test]
fn every_log_of_a_server_leads_fail2ban_to_the_guesser_alone() {
    for format in ["text", "json"] {
        let app = serve(format);
        assail(&app);
        let TestApp { server, instance, .. } = app;
        let log = server.stop().log;
        let expected: Vec<_> = (0..HOSTILE.len()).map(from).collect();
        for (name, wrap) in WRAPPINGS {
            let log: String = log.lines().map(|line| wrap(line) + "\n").collect();
            assert_eq!(found(&instance, &log), expected, "{format}, {name}");
        }
    }
}
