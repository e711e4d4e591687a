//! The process that serves.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{Client, PASSWORD, User};

/// The process that serves, killed and waited for when dropped.
pub struct Server {
    child: Child,
    /// `127.0.0.1:PORT`, or `unix:PATH`.
    pub address: String,
    /// What stdout says after the first line.
    stdout: BufReader<ChildStdout>,
    /// What stderr has said so far.
    said: Arc<Mutex<String>>,
    log: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let log = Arc::clone(&said);
        // Read as it arrives: a full pipe would stop the server.
        let log = thread::spawn(move || {
            for line in stderr.lines() {
                *log.lock().unwrap() += &(line.unwrap() + "\n");
            }
        });
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let Some(address) = first.strip_prefix("listening on ") else {
            log.join().unwrap();
            panic!("not listening: {first:?} {:?}", said.lock().unwrap());
        };
        let address = address.trim_end().trim_start_matches("http://").to_owned();
        Self { child, address, stdout, said, log: Some(log) }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Opens a session of this user.
    #[track_caller]
    pub fn log_in(&self, name: &str) -> User {
        let client = self.client();
        let token = client.log_in(name, PASSWORD).token();
        User::new(client, token)
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the system says of the process, in a file below `/proc`.
    pub fn status(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// The time for which the process has computed.
    pub fn computed(&self) -> Duration {
        let stat = self.status("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // Ticks of a hundredth of a second, in the program and in the system.
        Duration::from_millis(
            fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum(),
        )
    }

    /// How many sockets the process has open.
    pub fn sockets(&self) -> usize {
        let all = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        // A descriptor may be closed between the two calls.
        let targets = all.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }

    /// What the log says so far.
    pub fn logged(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops the process with SIGTERM.
    pub fn stop(self) -> Ended {
        self.stop_with(Signal::TERM)
    }

    pub fn stop_with(mut self, signal: Signal) -> Ended {
        self.signal(signal);
        let status = self.child.wait().unwrap();
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.log.take().unwrap().join().unwrap();
        let log = self.logged();
        Ended { status, stdout, log }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process left when it ended.
pub struct Ended {
    pub status: ExitStatus,
    /// What came after the line that says where the server listens.
    pub stdout: String,
    pub log: String,
}
