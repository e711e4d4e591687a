//! The server, and requests to it.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

const PASSWORD: &str = "correct horse battery";

/// A server in a folder of its own, killed and waited for when dropped.
pub struct Server {
    folder: TempDir,
    child: Child,
    address: String,
    agent: Agent,
}

/// What the server answers.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Server {
    /// A server at an address on the internet, and a user.
    pub fn new(settings: &str, user: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fast = "[password]\nmemory_kib = 1024\niterations = 1\n";
        fs::write(folder.path().join("nox.toml"), format!("{fast}{settings}")).unwrap();
        let nox = || {
            let mut command = Command::new(env::var_os("NOX").expect("NOX is the path of nox"));
            command.current_dir(folder.path());
            command
        };
        let mut add = nox()
            .args(["--quiet", "user", "add", user, "--password-stdin"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(add.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(add.wait().unwrap().success());
        let mut child = nox()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { folder, child, address, agent }
    }

    /// Sends a request to the API, with a session's token if there is one.
    pub fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        let mut request = Request::post(format!("{}/api/auth{path}", self.address))
            .header("Content-Type", "application/json");
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = self.agent.run(request.body(body.to_string()).unwrap()).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        let status = response.status().as_u16();
        Answer { status, body: serde_json::from_str(&text).unwrap() }
    }

    /// Opens a session by password.
    pub fn log_in(&self, user: &str) -> String {
        let body = json!({ "identifier": user, "password": PASSWORD });
        self.post("/login", "", &body).token()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Answer {
    /// What a successful answer holds.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.body);
        &self.body["data"]
    }

    /// The token of a session that was opened.
    #[track_caller]
    pub fn token(&self) -> String {
        self.data()["token"].as_str().unwrap().to_owned()
    }

    /// Status and code of a refusal.
    pub fn refusal(&self) -> (u16, i64) {
        (self.status, self.body["error"]["code"].as_i64().unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
