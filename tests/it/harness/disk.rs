//! A disk of its own for an instance, small enough to fill.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Client, Instance, Ran, Server};

const SETTINGS: &str =
    "[storage]\ndatabase = 'disk/nox.db'\n[secrets]\nkey_file = 'disk/nox.key'\n";

/// Mounts what `$1` says, adds a user, and becomes the server.
const START: &str = "mount -t tmpfs -o $1 tmpfs disk
    printf hunter22 | \"$2\" --quiet user add ada --password-stdin &&
    exec \"$2\" serve --listen 127.0.0.1:0";

/// A server whose files are on a disk in its own mount namespace, which ends with the server.
pub struct SmallDisk {
    _instance: Instance,
    server: Server,
    filler: PathBuf,
}

impl SmallDisk {
    /// With the options of a tmpfs, such as `size=4m`.
    pub fn new(options: &str) -> Self {
        let instance = Instance::with(SETTINGS);
        fs::create_dir(instance.path("disk")).unwrap();
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", START, "sh", options]);
        command.arg(env!("CARGO_BIN_EXE_nox")).current_dir(instance.path("")).stdin(Stdio::null());
        let server = Server::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let disk = format!("/proc/{}/root{}", server.id(), instance.path("disk").display());
        Self { _instance: instance, server, filler: Path::new(&disk).join("filler") }
    }

    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// Writes until the disk is full.
    pub fn fill(&self) {
        let mut filler = File::create(&self.filler).unwrap();
        for size in [65_536, 4096, 1] {
            while filler.write_all(&vec![0; size]).is_ok() {}
        }
    }

    /// Creates files until no inode is left.
    pub fn take_every_inode(&self) {
        fs::create_dir(&self.filler).unwrap();
        let mut count = 0..100_000;
        while count.next().is_some_and(|n| File::create(self.filler.join(n.to_string())).is_ok()) {}
        assert!(!count.is_empty());
    }

    /// Removes what filled the disk.
    pub fn clear(&self) {
        if self.filler.is_dir() {
            fs::remove_dir_all(&self.filler).unwrap();
        } else {
            fs::remove_file(&self.filler).unwrap();
        }
    }

    /// A file on the disk, as this process reaches it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.filler.with_file_name(name)
    }

    /// Runs a command of `nox` in the mount namespace of the server.
    pub fn run(&self, args: &[&str]) -> Ran {
        let pid = self.server.id().to_string();
        let mut command = Command::new("nsenter");
        command.args(["--target", &pid, "--user", "--mount", "--preserve-credentials"]);
        command.arg(format!("--wd=/proc/{pid}/cwd"));
        command.arg(env!("CARGO_BIN_EXE_nox")).args(args).stdin(Stdio::null());
        command.output().unwrap().into()
    }

    /// Stops the server and returns its log.
    pub fn stop(self) -> String {
        let ended = self.server.stop();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        ended.log
    }
}
