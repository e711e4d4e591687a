//! A mail server, and what arrives there.

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long a mail may take to arrive.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(20);

/// How the server behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Plain,
    StartTls,
    Tls,
    /// STARTTLS, then a login as `nox` with `letters and 7 stamps`.
    Login,
    /// 550 to every recipient.
    Refusing,
    /// 451 to the first recipient, as a server does that greylists.
    Busy,
    /// 504 to a greeting by a name without a dot, or an address without brackets.
    Picky,
    /// TLS with a self-signed certificate, as openssl makes it by default: marked as an authority.
    SelfSigned,
    /// Accepts connections and never answers.
    Silent,
}

/// The server, killed and waited for when dropped.
pub struct MailServer {
    child: Child,
    lines: Mutex<Receiver<Value>>,
    folder: TempDir,
    mode: Mode,
    pub port: u16,
}

/// A mail that arrived.
#[derive(Debug)]
pub struct Mail(Value);

impl MailServer {
    pub const USER: &str = "nox";
    pub const PASSWORD: &str = "letters and 7 stamps";

    pub fn start(mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        match mode {
            Mode::StartTls | Mode::Tls | Mode::Login => make_certificates(folder.path()),
            Mode::SelfSigned => self_signed(folder.path(), "server", &[]),
            _ => (),
        }
        let certificate = ["server.pem", "server.key"].map(|name| folder.path().join(name));
        // Debian's, since the package with the server is Debian's.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.py"));
        match mode {
            Mode::Plain => &mut command,
            Mode::StartTls => command.arg("--starttls").args(certificate),
            Mode::Tls | Mode::SelfSigned => command.arg("--tls").args(certificate),
            Mode::Login => command.arg("--starttls").args(certificate).args([
                "--login",
                Self::USER,
                Self::PASSWORD,
            ]),
            Mode::Refusing => command.arg("--refuse"),
            Mode::Busy => command.args(["--busy", "1"]),
            Mode::Picky => command.arg("--picky"),
            Mode::Silent => command.arg("--silent"),
        };
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let port = first.trim_end().parse().unwrap_or_else(|_| panic!("no mail server: {first:?}"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, lines: Mutex::new(lines), folder, mode, port }
    }

    /// `[mail]` with all that it takes to send.
    pub fn settings(&self) -> String {
        let mut settings = self.with_tls(match self.mode {
            Mode::StartTls | Mode::Login => "starttls",
            Mode::Tls | Mode::SelfSigned => "required",
            _ => "none",
        });
        if self.ca().exists() {
            writeln!(settings, "ca_file = '{}'", self.ca().display()).unwrap();
        }
        if self.mode == Mode::Login {
            writeln!(settings, "user = '{}'\npassword = '{}'", Self::USER, Self::PASSWORD).unwrap();
        }
        settings
    }

    /// `[mail]` with this much encryption, and neither an authority nor a login.
    pub fn with_tls(&self, tls: &str) -> String {
        let port = self.port;
        format!(
            "[mail]\nhost = '127.0.0.1'\nport = {port}\ntls = '{tls}'\n\
             from = 'Nox <nox@test.example>'\n"
        )
    }

    /// The authority that signed the certificate.
    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Waits for the next mail, with a link that sets a password, and returns the link's path.
    #[track_caller]
    pub fn next_password_link(&self) -> String {
        let mail = self.next_mail();
        let link = mail.text().split_once("/reset/").unwrap_or_else(|| panic!("{mail:?}")).1;
        format!("/reset/{}", link.split_whitespace().next().unwrap())
    }

    /// Waits for the next mail.
    #[track_caller]
    pub fn next_mail(&self) -> Mail {
        Mail(self.lines.lock().unwrap().recv_timeout(ARRIVAL_TIMEOUT).unwrap())
    }

    /// The certificate of the server.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// Makes another self-signed certificate for 127.0.0.1, and puts it into the place of the file
    /// that the server was started with.
    pub fn other_certificate(&self, options: &[&str]) -> PathBuf {
        self_signed(self.folder.path(), "other", options);
        self.folder.path().join("other.pem")
    }

    /// Waits until a busy server has refused a recipient.
    #[track_caller]
    pub fn refused(&self) -> String {
        let line = self.lines.lock().unwrap().recv_timeout(ARRIVAL_TIMEOUT).unwrap();
        line["refused"].as_str().unwrap().into()
    }

    /// Waits until a client connects to a silent server.
    #[track_caller]
    pub fn connected(&self) {
        assert_eq!(
            self.lines.lock().unwrap().recv_timeout(ARRIVAL_TIMEOUT).unwrap()["connected"],
            true
        );
    }

    /// The subjects of the mails that the test has not taken; no mail may be under way any more.
    pub fn rest(mut self) -> Vec<String> {
        self.end();
        // Ends with the server's stdout.
        self.lines.lock().unwrap().iter().map(|mail| Mail(mail).subject().into()).collect()
    }

    fn end(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl Mail {
    pub fn to(&self) -> &str {
        assert_eq!(self.0["to"].as_array().unwrap().len(), 1, "{self:?}");
        self.0["to"][0].as_str().unwrap()
    }

    /// The sender of the envelope, beside the header.
    pub fn sender(&self) -> &str {
        self.0["from"].as_str().unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.0["headers"][name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    pub fn subject(&self) -> &str {
        self.header("subject")
    }

    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap()
    }

    pub fn html(&self) -> &str {
        self.0["html"].as_str().unwrap()
    }

    /// The name of the greeting.
    pub fn hello(&self) -> &str {
        self.0["hello"].as_str().unwrap()
    }

    pub fn is_encrypted(&self) -> bool {
        self.0["encrypted"].as_bool().unwrap()
    }

    /// The code on a line of its own.
    #[track_caller]
    pub fn code(&self) -> String {
        let is_code =
            |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let code = self.text().lines().map(str::trim).find(is_code);
        code.unwrap_or_else(|| panic!("no code: {self:?}")).into()
    }

    /// The token of the link.
    #[track_caller]
    pub fn token(&self) -> String {
        let link =
            self.text().lines().find_map(|line| line.split_once("/email/confirmation?token="));
        link.unwrap_or_else(|| panic!("no link: {self:?}")).1.into()
    }
}

const NAMES: &str = "subjectAltName=IP:127.0.0.1";

/// An authority, and a certificate for 127.0.0.1.
fn make_certificates(folder: &Path) {
    let authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=An authority"];
    make_certificate(folder, &authority);
    let files = ["-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=localhost"];
    let not_ca = ["-addext", NAMES, "-addext", "basicConstraints=CA:FALSE"];
    let signed = ["-CA", "ca.pem", "-CAkey", "ca.key"];
    make_certificate(folder, &[&files[..], &signed, &not_ca].concat());
}

/// A self-signed certificate for 127.0.0.1, which openssl marks as an authority.
fn self_signed(folder: &Path, name: &str, options: &[&str]) {
    let [key, pem] = ["key", "pem"].map(|ending| format!("{name}.{ending}"));
    let files = ["-keyout", &key, "-out", &pem, "-subj", "/CN=localhost", "-addext", NAMES];
    make_certificate(folder, &[&files[..], options].concat());
}

fn make_certificate(folder: &Path, args: &[&str]) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    command.args(["-nodes", "-days", "2"]).args(args).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
