//! Secrets that a command shows once: where they cannot be shown, nothing is changed.

use std::fs::{self, File};
use std::path::Path;

use crate::harness::{Instance, Ran, SmallDisk};

/// Every command that prints a secret once. `ada` has an app, `bob` has none.
const COMMANDS: [&[&str]; 15] = [
    &["user", "add", "eve", "--generate"],
    &["user", "add", "eve", "--generate", "--json"],
    &["user", "passwd", "ada", "--generate"],
    &["user", "passwd", "ada", "--link"],
    &["user", "passwd", "ada", "--link", "--json"],
    &["totp", "enroll", "bob"],
    &["totp", "enroll", "bob", "--no-confirm"],
    &["totp", "enroll", "bob", "--no-confirm", "--json"],
    &["totp", "enroll", "bob", "--no-confirm", "--svg", "code.svg"],
    &["totp", "recovery", "ada"],
    &["totp", "code", "ada"],
    &["relay", "add", "one"],
    &["invite", "add"],
    &["invite", "add", "--email", "eve@b.example", "--json"],
    &["serve", "--listen", "127.0.0.1:0", "--first-user", "root"],
];

/// Ways in which a shell leaves a command without a stdout that takes its data.
const CLOSED: [&str; 6] = [
    ">&-",
    "<&- >&-",
    ">&- 2>&-",
    "1</dev/null",
    ">/dev/full",
    // A pipe that nothing reads.
    "| { exec <&-; sleep 0.2; }",
];

/// Runs a command with its stdout redirected by bash, of which the status is that of the command.
fn run(instance: &Instance, args: &[&str], redirection: &str) -> Ran {
    let mut command = std::process::Command::new("bash");
    // What reads the pipe closes it first: the command waits for that.
    let wait = if redirection.starts_with('|') { "sleep 0.1; " } else { "" };
    let script = format!("{{ {wait}\"$0\" \"$@\"; }} {redirection}; exit ${{PIPESTATUS[0]}}");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_nox")]).args(args);
    command.current_dir(instance.path(""));
    Ran::of(&mut command, "")
}

/// What the tables hold that such a command changes.
fn state(instance: &Instance) -> Vec<String> {
    let database = instance.database();
    [
        "users",
        "totp_factors",
        "recovery_codes",
        "sent_codes",
        "relays",
        "invitations",
        "password_links",
        "audit",
        "sessions",
    ]
    .into_iter()
    .map(|table| {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| row.get(at)).collect::<Result<Vec<rusqlite::types::Value>, _>>()
        };
        let rows: Vec<_> = rows.query_map([], row).unwrap().map(Result::unwrap).collect();
        format!("{table}: {rows:?}")
    })
    .collect()
}

#[test]
fn secret_that_cannot_be_shown_changes_nothing_for_every_command_and_way() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.enroll("ada");
    let empty = Instance::with_users(["ada"]);
    empty.nox("user remove ada --yes");
    for args in COMMANDS {
        // Only an instance without users gets a first one.
        let instance = if args[0] == "serve" { &empty } else { &instance };
        let before = state(instance);
        for redirection in CLOSED {
            let ran = run(instance, args, redirection);
            let about = format!("{args:?} {redirection}: {}", ran.stderr);
            // Without an input, no code of the app can answer.
            let asks = *args == ["totp", "enroll", "bob"];
            let status = if asks && redirection.starts_with("<&-") { 2 } else { 1 };
            assert_eq!(ran.status, status, "{about}");
            let is_silent = redirection.contains("2>&-");
            assert!(is_silent || ran.stderr.contains("so nothing was changed"), "{about}");
            assert_eq!(state(instance), before, "{about}");
            assert!(!instance.path("code.svg").exists(), "{about}");
        }
    }
}

#[test]
fn secret_that_is_shown_or_thrown_away_on_purpose_is_stored() {
    for redirection in ["", "| cat", "> shown", ">/dev/null"] {
        let instance = Instance::with_users(["ada"]);
        let ran = run(&instance, &["relay", "add", "one"], redirection);
        assert_eq!(ran.status, 0, "{redirection}: {}", ran.stderr);
        assert!(instance.nox("relay list").starts_with("one\t"), "{redirection}");
    }
}

#[test]
fn secret_that_a_full_disk_does_not_take_changes_nothing() {
    let disk = SmallDisk::new("size=8m");
    let shown = File::create(disk.path("shown")).unwrap();
    disk.fill();
    let instance = Instance::with_users(["ada"]);
    let mut command = instance.command(["relay", "add", "one"]);
    let ran = Ran::from(command.stdout(shown).output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("No space left on device"), "{}", ran.stderr);
    assert_eq!(instance.nox("relay list"), "");
}

/// The files of commands that print secrets, as the table above has them.
#[test]
fn every_file_of_a_command_that_shows_a_secret_is_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
    let mut open = vec![folder.clone()];
    let mut found = Vec::new();
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("output.secret(") || text.contains("output.reveal(") {
                found.push(path.strip_prefix(&folder).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    assert_eq!(found, ["first_user.rs", "invite.rs", "relay.rs", "totp.rs", "user/passwd.rs"]);
}
