//! Lists of commands: however long, and read by programs and people.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::harness::{Instance, TestApp};

/// More rows than are read at once, a second apart from each other.
const ROWS: i64 = 2500;
const START: i64 = 1_700_000_000_000;

fn with_rows() -> Instance {
    let instance = Instance::with_users(["ada"]);
    instance.sql(&format!(
        "DELETE FROM audit;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS} - 1)
         INSERT INTO audit (at, event, user_id, username)
         SELECT {START} + i * 1000, iif(i % 5 = 0, 'totp.enabled', 'session.opened'),
             iif(i % 2 = 0, 1, NULL), iif(i % 2 = 0, 'ada', 'gone') FROM n"
    ));
    instance
}

/// The numbers of the rows that are listed.
fn rows(instance: &Instance, arguments: &str) -> Vec<i64> {
    let listed = instance.nox(format!("audit list --json {arguments}").trim_end());
    let at = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["at"].as_i64();
    listed.lines().map(|line| (at(line).unwrap() - START) / 1000).collect()
}

#[test]
fn audit_list_gives_all_rows_oldest_first_or_the_newest_of_those_asked_for() {
    let instance = with_rows();
    let all: Vec<i64> = (0..ROWS).collect();
    assert_eq!(rows(&instance, ""), all);
    assert_eq!(rows(&instance, "--limit 3"), [2497, 2498, 2499]);
    assert_eq!(rows(&instance, "--limit 9999").len(), 2500);
    assert_eq!(rows(&instance, "ada --limit 2"), [2496, 2498]);
    assert_eq!(rows(&instance, "gone --limit 2"), [2497, 2499]);
    assert_eq!(rows(&instance, "--event totp.* --limit 2"), [2490, 2495]);
    assert_eq!(rows(&instance, "--event session.* --limit 1"), [2499]);
    // The first row is of 22:13:20.
    let since = "--since 2023-11-14T22:13:25Z";
    assert_eq!(rows(&instance, &format!("{since} --until 2023-11-14T22:13:27Z")), [5, 6]);
    assert_eq!(rows(&instance, "--since 2023-11-15").len(), 0);
    assert_eq!(rows(&instance, "--until 2023-11-15").len(), 2500);
    assert_eq!(rows(&instance, "--since 1h").len(), 0);
    assert_eq!(rows(&instance, "--until 1h").len(), 2500);
    for wrong in ["--since soon", "--limit 0", "--limit x", "--until 5"] {
        let arguments = format!("audit list {wrong}");
        assert_eq!(instance.run(&arguments.split(' ').collect::<Vec<_>>(), "").status, 2);
    }
    assert_eq!(instance.run(&["audit", "list", "nobody"], "").status, 3);
}

#[test]
fn lists_of_users_and_sessions_are_whole_beyond_one_part() {
    let instance = Instance::with_users(["ada"]);
    instance.add_crowd(2100);
    let users = instance.nox("user list");
    assert_eq!(users.lines().count(), 2101);
    assert!(users.lines().last().unwrap().starts_with("2101\tusr2100\t"));
    instance.sql(
        "INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip)
         SELECT randomblob(16), id, 1, 9000000000000, 1, '192.0.2.1' FROM users",
    );
    let ids: std::collections::BTreeSet<_> = instance
        .nox("session list")
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2101);
    assert_eq!(instance.nox("session list usr7").lines().count(), 1);
}

#[test]
fn reader_that_stops_in_the_middle_of_a_list_delays_no_checkpoint() {
    let app = TestApp::new();
    app.instance.sql(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
         INSERT INTO audit (at, event) SELECT {START}, 'session.opened' FROM n"
    ));
    let mut list = app.instance.command(["audit", "list"]);
    let mut child = list.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    // The pipe is full by now, or soon will be.
    app.try_password().token();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    crate::harness::wait_until("the log of writes is emptied", || {
        app.instance.database().query_row(checkpoint, [], |row| row.get::<_, i64>(0)).unwrap() == 0
    });
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Runs a command on a terminal of 200 columns, and returns what it shows there.
fn on_terminal(instance: &Instance, command: &str, variables: &[(&str, &str)]) -> String {
    let command = format!("stty cols 200; {} {command}", env!("CARGO_BIN_EXE_nox"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(instance.path("."));
    script.env_remove("NO_COLOR").envs(variables.iter().copied()).stdin(Stdio::null());
    String::from_utf8(script.output().unwrap().stdout).unwrap()
}

#[test]
fn terminal_shows_the_newest_hundred_events_and_says_so() {
    let instance = with_rows();
    let shown = on_terminal(&instance, "audit list", &[]);
    // The headers, the rows and the sentence.
    assert_eq!(shown.lines().count(), 102, "{shown}");
    assert!(shown.contains("--limit N shows more"), "{shown}");
    assert_eq!(on_terminal(&instance, "audit list --limit 150", &[]).lines().count(), 151);
}

#[test]
fn picture_of_a_secret_is_black_on_white_where_the_terminal_has_colours() {
    let instance = Instance::with_users(["ada"]);
    let enroll = "totp enroll ada --no-confirm";
    let styled = on_terminal(&instance, enroll, &[("TERM", "xterm")]);
    let rows: Vec<&str> = styled.lines().filter(|line| line.contains('█')).collect();
    let is_set =
        |line: &&str| line.starts_with("\u{1b}[38;5;16;48;5;231m") && line.ends_with("\u{1b}[0m");
    assert!(rows.len() > 15 && rows.iter().all(is_set), "{styled}");
    for plain in [[("TERM", "dumb"), ("X", "1")], [("TERM", "xterm"), ("NO_COLOR", "1")]] {
        instance.nox("totp reset ada");
        assert!(!on_terminal(&instance, enroll, &plain).contains('\u{1b}'));
    }
}

#[test]
fn log_on_a_terminal_has_no_colours_and_a_style_only_where_it_is_wanted() {
    let log = |variables: &[(&str, &str)]| {
        let instance = Instance::with("[log]\nlevel = 'info'");
        instance.add_user("ada", "hunter22");
        // The address cannot change while the server runs, which is a warning.
        // The folder of backups is made after the reload is logged.
        let serve = "serve --listen 127.0.0.1:0 & \
                     await() { for i in $(seq 400); do [ -e $1 ] && break; sleep 0.05; done; }; \
                     await nox.db.listen; \
                     printf '[server]\\naddress=\"a.b\"\\n[backup]\\nevery=\"1d\"\\n' >nox.toml; \
                     kill -HUP $!; await backups; kill $!; wait";
        on_terminal(&instance, serve, variables)
    };
    let styled = log(&[("TERM", "xterm")]);
    assert!(styled.contains("\u{1b}[1m WARN\u{1b}[0m "), "{styled}");
    assert_eq!(styled.matches('\u{1b}').count(), 2, "{styled}");
    for plain in [[("TERM", "dumb"), ("X", "1")], [("TERM", "xterm"), ("NO_COLOR", "1")]] {
        let plain = log(&plain);
        assert!(plain.contains(" WARN ") && !plain.contains('\u{1b}'), "{plain}");
    }
}

/// What users may write, and what would move or hide what is around it on a terminal.
const TEXTS: [&str; 8] = [
    "\u{202e}evil",
    "\u{2066}a\u{2069}\u{200f}",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{9b}31m",
    "a\u{7}\u{8}\r",
    "a\tb\nc",
    "\u{200b}\u{feff}\u{ad}",
    "\u{2028}\u{2029}\u{7f}\u{e0041}",
];

#[test]
fn no_command_writes_control_or_format_characters_of_users() {
    let instance = Instance::with_users(["ada"]);
    let hidden = |letter: char| {
        let code = u32::from(letter);
        let is_format = matches!(code, 0xad | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e
            | 0x2066..=0x2069 | 0xfeff | 0xe0000..=0xe007f);
        is_format || letter.is_control() && !matches!(letter, '\n' | '\t')
    };
    for text in TEXTS {
        let change = "UPDATE users SET display = ?1, bio = ?1, suspension_reason = ?1, \
                      suspended_at = 1, home = ?1, pronoun = ?1";
        instance.database().execute(change, [text]).unwrap();
        let sessions = "INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, \
                        ip, user_agent) VALUES (randomblob(16), 1, 1, 9000000000000, 1, 'x', ?1)";
        instance.database().execute(sessions, [text]).unwrap();
        let audit = "INSERT INTO audit (at, event, user_id, ip, user_agent) \
                     VALUES (1, 'session.opened', 1, 'x', ?1)";
        instance.database().execute(audit, [text]).unwrap();
        for command in ["user list", "user show ada", "session list", "audit list", "user show"] {
            for json in ["", " --json"] {
                let arguments = format!("{command}{json}");
                let mut arguments: Vec<&str> = arguments.split(' ').collect();
                if command == "user show" {
                    // The message names what was asked for.
                    arguments.insert(2, text);
                }
                let ran = instance.run(&arguments, "");
                let said = ran.stdout + &ran.stderr;
                assert!(!said.contains(hidden), "{arguments:?}: {said:?}");
            }
        }
        let shown = instance.nox_json("user show ada --json");
        assert_eq!(shown["display"], text, "JSON means the same text");
        let rows = instance.nox("user list");
        assert_eq!(rows.lines().count(), 1, "{rows:?}");
        assert_eq!(rows.split('\t').count(), 7, "{rows:?}");
    }
}

#[test]
fn columns_stand_in_line_below_each_other_on_a_terminal() {
    let instance = Instance::with_users(["ada"]);
    for (name, display) in [
        ("cjk", "日本語の名前"),
        ("combining", "e\u{301}a\u{308}"),
        ("emoji", "👩\u{200d}👩\u{200d}👧"),
        ("wide", "ｆｕｌｌ"),
        ("bidi", "\u{202e}evil"),
    ] {
        instance.ok(&["user", "add", name, "--password-stdin"], "hunter22");
        let change = "UPDATE users SET display = ?1 WHERE username = ?2";
        instance.database().execute(change, [display, name]).unwrap();
    }
    let shown = on_terminal(&instance, "user list", &[]);
    let cells = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let places: std::collections::BTreeSet<_> =
        shown.lines().skip(1).map(|line| cells(&line[..line.find(" -  ").unwrap()])).collect();
    assert_eq!(places.len(), 1, "{shown}");
    assert!(shown.contains("\\u{202e}evil"), "{shown}");
}
