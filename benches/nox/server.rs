//! A server process and its folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection as Database;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::http::{Connection, PASSWORD, username};

/// A folder with a database and a key file, on the disk of the build.
pub struct Instance {
    folder: TempDir,
}

impl Instance {
    /// Creates the folder, with one user and the default configuration.
    pub fn new() -> Result<Self> {
        let instance = Self { folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))? };
        instance.run(&["user", "add", &username(1), "--password-stdin", "--quiet"], PASSWORD)?;
        Ok(instance)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> Result<Database> {
        Ok(Database::open(self.path("nox.db"))?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nox"));
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a command with this on stdin, and returns its stdout.
    pub fn run(&self, args: &[&str], stdin: &str) -> Result<String> {
        let mut child =
            self.command().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().context("the process has no stdin")?.write_all(stdin.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "nox {args:?} failed");
        Ok(String::from_utf8(output.stdout)?)
    }

    pub fn serve(&self) -> Result<Server> {
        Server::start(self.command().args(["serve", "--listen", "127.0.0.1:0"]), b"")
    }
}

/// A server process. It is stopped when this is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program that prints its address, with `stdin` as its input. Its log is discarded.
    pub fn start(command: &mut Command, stdin: &[u8]) -> Result<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        child.stdin.take().context("the process has no stdin")?.write_all(stdin)?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the process has no stdout")?)
            .read_line(&mut line)?;
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .context("the program did not print its address")?;
        Ok(Self { child, address: address.parse()? })
    }

    pub fn connect(&self) -> Result<Connection> {
        Connection::open(self.address)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A field of its `/proc/PID/status`, such as `RssAnon`, in MiB.
    pub fn memory(&self, field: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let kib: f64 =
            line.context("the field is missing")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}
