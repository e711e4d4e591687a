//! The instance under test and the client that talks to it.

mod browser;
mod client;
mod disk;
mod factor;
mod home;
mod person;
mod smtp;
mod wire;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

pub use browser::Browser;
pub use client::{Answer, Client};
pub use disk::SmallDisk;
pub use factor::{LOGIN, texts};
pub use home::Home;
pub use person::Person;
pub use smtp::{MailServer, Mode};
pub use wire::{Wire, percentile, watch};

/// Hashes that take no time.
const QUICK: &str = "[password]\nmemory_kib = 1024\niterations = 1\n";

/// A folder with a configuration; commands run in it.
pub struct Instance {
    folder: TempDir,
}

/// What a command left.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Runs it with this on stdin.
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

impl Instance {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With these lines in `nox.toml`.
    pub fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("nox.toml"), format!("{QUICK}{settings}")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nox"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// The same under strace, which writes what these options ask for to the file `trace`.
    pub fn traced(&self, options: &[&str], args: &[&str]) -> Command {
        let mut command = Command::new("strace");
        // The process is the program's own, and strace its grandchild.
        command
            .args(["-D", "-f", "-q", "-y", "-o", "trace"])
            .args(options)
            .arg(env!("CARGO_BIN_EXE_nox"))
            .args(args);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command with this on stdin.
    pub fn run(&self, args: &[&str], stdin: &str) -> Ran {
        Ran::of(&mut self.command(args), stdin)
    }

    /// Runs a command that must succeed, and returns its stdout.
    pub fn ok(&self, args: &[&str], stdin: &str) -> String {
        let ran = self.run(args, stdin);
        assert_eq!(ran.status, 0, "{args:?}: {}", ran.stderr);
        ran.stdout
    }

    pub fn add_user(&self, name: &str, password: &str) {
        self.ok(&["user", "add", name, "--password-stdin"], password);
    }

    /// A user as the operator sees them.
    pub fn user(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.ok(&["user", "show", name, "--json"], "")).unwrap()
    }

    /// Enables TOTP and returns the secret in base32.
    pub fn enroll(&self, name: &str) -> String {
        let shown = self.ok(&["totp", "enroll", name, "--no-confirm", "--json"], "");
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown["secret"].as_str().unwrap().into()
    }

    /// A code from the operator's hand.
    pub fn issue_code(&self, name: &str) -> String {
        self.ok(&["totp", "code", name], "").trim_end().into()
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, args: &[&str]) -> Server {
        let mut command = self.command(["serve", "--listen", "127.0.0.1:0"].iter().chain(args));
        Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
    }
}

/// The server, killed and waited for when dropped.
pub struct Server {
    child: Child,
    /// `127.0.0.1:PORT`, or `unix:PATH`.
    pub address: String,
    /// What stdout says after the first line.
    stdout: BufReader<std::process::ChildStdout>,
    log: Option<JoinHandle<String>>,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        // Read as it comes: a full pipe would stop the server.
        let log = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let Some(address) = first.strip_prefix("listening on ") else {
            panic!("not listening: {first:?} {:?}", log.join());
        };
        let address = address.trim_end().trim_start_matches("http://").to_owned();
        Self { child, address, stdout, log: Some(log) }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the system says of the process.
    pub fn status(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// The time that it has computed for.
    pub fn computed(&self) -> Duration {
        let stat = self.status("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // Ticks of a hundredth of a second, for itself and in the system.
        Duration::from_millis(
            fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum(),
        )
    }

    /// How many sockets it has open.
    pub fn sockets(&self) -> usize {
        let all = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        // One may be closed before it is looked at.
        let targets = all.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops it with SIGTERM and returns its exit status, the rest of its stdout, and its log.
    pub fn stop(self) -> (ExitStatus, String, String) {
        self.stop_with(Signal::TERM)
    }

    /// The same with another signal.
    pub fn stop_with(mut self, signal: Signal) -> (ExitStatus, String, String) {
        self.signal(signal);
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status, rest, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either may have happened already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code that an independent implementation gives, this many steps of 30 seconds from now.
pub fn oathtool(secret: &str, steps: i64) -> String {
    let at = format!("now {} seconds", steps * 30);
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &at, secret])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().into()
}
