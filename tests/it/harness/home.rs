//! Somebody with an address, where there is a mail server.

use std::fs;

use nox::time::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Instance, MailServer, Mode, Person, QUICK, Server};

/// `ada`, who is logged in and whose address `ada@b.example` is verified.
pub struct Home {
    // The server first: it may have mails to send.
    pub server: Server,
    pub mails: MailServer,
    pub instance: Instance,
    pub ada: Person,
}

impl Home {
    pub fn new() -> Self {
        Self::with(Mode::Plain, "")
    }

    pub fn with(mode: Mode, settings: &str) -> Self {
        let mails = MailServer::start(mode);
        let (instance, server, ada) = Person::at_home(&format!("{}{settings}", mails.settings()));
        let home = Self { server, mails, instance, ada };
        home.set(&["--email", "ada@b.example", "--verified", "true"]);
        home
    }

    /// The same with codes by mail switched on; the recovery codes come second.
    pub fn with_factor() -> (Self, Vec<String>) {
        let home = Self::new();
        let codes = home.switch_on();
        (home, codes)
    }

    /// Switches codes by mail on, and takes the notice of it from the box.
    pub fn switch_on(&self) -> Vec<String> {
        let code = self.code_for(&self.ada);
        let codes = self
            .ada
            .post("/api/auth/methods/email/enable", &json!({ "token": code }))
            .data()["backup_codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap().into())
            .collect();
        assert_eq!(self.mails.next_mail().subject(), "Nox: Codes by mail were switched on");
        self.forget_budgets();
        codes
    }

    /// A code that somebody with a session asks for.
    pub fn code_for(&self, person: &Person) -> String {
        person.ask("/api/auth/email/send").data();
        let code = self.mails.next_mail().code();
        self.forget_budgets();
        code
    }

    pub fn set(&self, args: &[&str]) {
        self.instance.ok(&[&["user", "set", "ada"], args].concat(), "");
    }

    pub fn log_in(&self) -> Answer {
        self.server.client().log_in("ada", "hunter22")
    }

    pub fn log_in_with(&self, code: &str) -> Answer {
        self.server.client().log_in_with_code("ada", "hunter22", code)
    }

    /// Whether a factor is on, or how many recovery codes there are, as the operator sees it.
    pub fn state(&self, factor: &str) -> Value {
        self.instance.user("ada")["factors"][factor].clone()
    }

    pub fn forget_budgets(&self) {
        self.instance.forget_budgets();
    }

    /// Stops the server, which sends what is left, and returns the subjects of the mails not looked
    /// at.
    pub fn rest(self) -> Vec<String> {
        self.stop().1
    }

    /// The same with the log first.
    pub fn stop(self) -> (String, Vec<String>) {
        let (status, _, log) = self.server.stop();
        assert_eq!(status.code(), Some(0));
        (log, self.mails.rest())
    }
}

impl Instance {
    /// Forgets all that was counted.
    pub fn forget_budgets(&self) {
        self.sql("DELETE FROM budgets");
    }

    /// Forgets what is counted by the minute.
    pub fn forget_minutes(&self) {
        let limit = Timestamp::now().millis() + 60_000;
        self.sql(&format!("DELETE FROM budgets WHERE resets_at <= {limit}"));
    }

    /// Changes the database by hand.
    pub fn sql(&self, text: &str) {
        rusqlite::Connection::open(self.path("nox.db")).unwrap().execute_batch(text).unwrap();
    }

    /// Adds users `usr1`, `usr2` and so on, who have the password of `ada`.
    pub fn add_crowd(&self, count: u32) {
        self.sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO users (username, display, password_hash, password_changed_at, created_at)
             SELECT 'usr' || i, 'User', password_hash, 1, 1 FROM n, users WHERE username = 'ada'"
        ));
    }

    /// The events of the audit log, the oldest first.
    pub fn events(&self, name: &str) -> Vec<Value> {
        let lines = self.ok(&["audit", "list", name, "--json"], "");
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Puts other settings in the place of those that were there.
    pub fn configure(&self, settings: &str) {
        fs::write(self.path("nox.toml"), format!("{QUICK}{settings}")).unwrap();
    }
}
