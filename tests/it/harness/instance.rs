//! The operator of an instance.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nox::time::Timestamp;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::{PASSWORD, Server, wait_until};

/// Hashes that take no time.
const QUICK: &str = "[password]\nmemory_kib = 1024\niterations = 1\n";

/// A folder with a configuration, in which commands run.
pub struct Instance {
    folder: TempDir,
}

/// What a command left.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Instance {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With these lines in `nox.toml`, of which the first may belong to `[password]`.
    pub fn with(settings: &str) -> Self {
        let instance = Self { folder: tempfile::tempdir().unwrap() };
        instance.configure(settings);
        instance
    }

    /// With these users, whose password is [`PASSWORD`].
    pub fn with_users<const N: usize>(names: [&str; N]) -> Self {
        let instance = Self::new();
        for name in names {
            instance.add_user(name, PASSWORD);
        }
        instance
    }

    /// Writes `nox.toml` anew, with these lines.
    pub fn configure(&self, settings: &str) {
        self.write("nox.toml", format!("{QUICK}{settings}"));
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Runs a command that must succeed, and returns its stdout. The arguments are parted by
    /// blanks.
    #[track_caller]
    pub fn nox(&self, command: &str) -> String {
        self.ok(&command.split(' ').collect::<Vec<_>>(), "")
    }

    /// The same for a command that prints one JSON object.
    #[track_caller]
    pub fn nox_json(&self, command: &str) -> Value {
        serde_json::from_str(&self.nox(command)).unwrap()
    }

    /// Runs a command that must succeed, with this on stdin, and returns its stdout.
    #[track_caller]
    pub fn ok(&self, args: &[&str], stdin: &str) -> String {
        let ran = self.run(args, stdin);
        assert_eq!(ran.status, 0, "{args:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Runs a command with this on stdin.
    pub fn run(&self, args: &[&str], stdin: &str) -> Ran {
        Ran::of(&mut self.command(args), stdin)
    }

    /// A command that has not started yet.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nox"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// The same under strace, which writes what these options ask for to the file `trace`.
    pub fn traced(&self, options: &[&str], args: &[&str]) -> Command {
        let mut command = Command::new("strace");
        // With -D, the process is the child of this program, and strace its grandchild.
        command
            .args(["-D", "-f", "-q", "-y", "-o", "trace"])
            .args(options)
            .arg(env!("CARGO_BIN_EXE_nox"))
            .args(args);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, args: &[&str]) -> Server {
        let mut command = self.command(["serve", "--listen", "127.0.0.1:0"].iter().chain(args));
        Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    pub fn add_user(&self, name: &str, password: &str) {
        self.ok(&["user", "add", name, "--password-stdin"], password);
    }

    /// Sets the password of a user, which ends their sessions.
    pub fn set_password(&self, name: &str, password: &str) {
        self.ok(&["user", "passwd", name, "--password-stdin"], password);
    }

    /// Adds users `usr1`, `usr2` and so on, who have the password of `ada`.
    pub fn add_crowd(&self, count: u32) {
        self.sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO users (username, display, password_hash, password_changed_at, created_at)
             SELECT 'usr' || i, 'User', password_hash, 1, 1 FROM n, users WHERE username = 'ada'"
        ));
    }

    /// Gives a user an authenticator app, and returns its secret in base32.
    pub fn enroll(&self, name: &str) -> String {
        let shown = self.nox_json(&format!("totp enroll {name} --no-confirm --json"));
        shown["secret"].as_str().unwrap().into()
    }

    /// A code that the operator gives to a user.
    pub fn issue_code(&self, name: &str) -> String {
        self.nox(&format!("totp code {name}")).trim_end().into()
    }

    /// The path of a link by which a user sets a password.
    pub fn password_link(&self, name: &str) -> String {
        let url = self.nox(&format!("user passwd {name} --link"));
        format!("/reset/{}", url.trim_end().split_once("/reset/").unwrap().1)
    }

    /// A user as the operator sees them.
    pub fn user(&self, name: &str) -> Value {
        self.nox_json(&format!("user show {name} --json"))
    }

    /// Whether a factor of `ada` is on, or how many recovery codes she has.
    pub fn factor(&self, factor: &str) -> Value {
        self.user("ada")["factors"][factor].clone()
    }

    /// The lines of the audit log about a user, the oldest first.
    pub fn events(&self, name: &str) -> Vec<Value> {
        let lines = self.nox(&format!("audit list {name} --json"));
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits until an attempt to log in is counted, which happens before its password is checked.
    pub fn wait_until_an_attempt_is_counted(&self) {
        let database = self.database();
        let count = || -> u32 {
            let rows = database.query_row("SELECT count(*) FROM rate_limits", [], |row| row.get(0));
            rows.unwrap()
        };
        wait_until("the attempt is counted", || count() > 0);
    }

    pub fn database(&self) -> Connection {
        Connection::open(self.path("nox.db")).unwrap()
    }

    /// Changes the database by hand.
    pub fn sql(&self, text: &str) {
        self.database().execute_batch(text).unwrap();
    }

    /// Resets all rate limits.
    pub fn reset_limits(&self) {
        self.sql("DELETE FROM rate_limits");
    }

    /// Resets the rate limits that end within a minute.
    pub fn reset_short_limits(&self) {
        let limit = Timestamp::now().millis() + 60_000;
        self.sql(&format!("DELETE FROM rate_limits WHERE resets_at <= {limit}"));
    }
}

impl Ran {
    /// Runs a command with this on stdin.
    pub fn of(command: &mut Command, stdin: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that needs no input may be gone before it comes.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
