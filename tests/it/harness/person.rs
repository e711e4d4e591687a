//! Somebody who is logged in.

use serde_json::Value;

use super::{Answer, Client, Instance, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Sends every request with a bearer token.
pub struct Person {
    pub(super) client: Client,
    pub token: String,
}

impl Person {
    /// An instance with these settings, served, and `ada`, who is logged in.
    pub fn at_home(settings: &str) -> (Instance, Server, Self) {
        let instance = Instance::with(settings);
        instance.add_user("ada", "hunter22");
        let server = instance.serve();
        let ada = Self::log_in(&server, "ada");
        (instance, server, ada)
    }

    /// Logs in with the password that all users of these tests have.
    pub fn log_in(server: &Server, name: &str) -> Self {
        let client = server.client();
        let token = client.log_in(name, "hunter22").token();
        Self { client, token }
    }

    /// Somebody with this token.
    pub fn with_token(server: &Server, token: String) -> Self {
        Self { client: server.client(), token }
    }

    /// Gives the user an authenticator app and logs in by another code. Returns the secret, too.
    pub fn with_app(instance: &Instance, server: &Server, name: &str) -> (String, Self) {
        let secret = instance.enroll(name);
        let client = server.client();
        let token = client.log_in_with_code(name, "hunter22", &instance.issue_code(name)).token();
        (secret, Self { client, token })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[JSON], body.to_string().as_bytes())
    }

    /// POST without a body.
    pub fn ask(&self, path: &str) -> Answer {
        self.send("POST", path, &[], b"")
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[JSON], body.to_string().as_bytes())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.client.send(method, path, &[headers, &[("Authorization", &bearer)]].concat(), body)
    }
}

impl Answer {
    /// The data of a success.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].clone()
    }

    /// Checks that it is the failure of this name and status, as the dialect of names writes it.
    #[track_caller]
    pub fn named_failure(&self, name: &str, status: u16) {
        let error = &self.json()["error"];
        assert_eq!((self.status, &error["code"]), (status, &name.into()), "{}", self.text);
        assert_eq!(error["status"], status, "{}", self.text);
    }
}
