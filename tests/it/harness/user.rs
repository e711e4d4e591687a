//! A user of the instance.

use serde_json::{Value, json};

use super::{Answer, Client, JSON, ME, oathtool, texts};

/// A user, who sends every request with the bearer token of their session.
///
/// What the test did not ask for is empty: a user without a session has no token, and one without
/// a second factor neither a secret nor recovery codes.
#[derive(Clone)]
pub struct User {
    pub client: Client,
    pub token: String,
    /// The secret of the authenticator app, in base32.
    pub secret: String,
    pub recovery_codes: Vec<String>,
}

impl User {
    /// A user with the session of this token, or with none where it is empty.
    pub fn new(client: Client, token: String) -> Self {
        Self { client, token, secret: String::new(), recovery_codes: Vec::new() }
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

    pub fn post_nothing(&self, path: &str) -> Answer {
        self.send("POST", path, &[], b"")
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[JSON], body.to_string().as_bytes())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = self.bearer();
        self.client.send(method, path, &[headers, &[("Authorization", &bearer)]].concat(), body)
    }

    /// The value of the header `Authorization`.
    pub fn bearer(&self) -> String {
        assert!(!self.token.is_empty(), "the user has no session: see TestApp::logged_in");
        format!("Bearer {}", self.token)
    }

    /// What the API says of the user.
    #[track_caller]
    pub fn me(&self) -> Value {
        self.get(ME).data()
    }

    /// The code of the authenticator app, this many steps of 30 seconds from now.
    pub fn code(&self, steps: i64) -> String {
        assert!(!self.secret.is_empty(), "the user has no authenticator app: see Builder::totp");
        oathtool(&self.secret, steps)
    }

    /// Draws a secret, which waits for its first code, and returns it.
    pub fn set_up_app(&self) -> String {
        self.post("/api/auth/totp/setup", &json!({})).data()["secret"].as_str().unwrap().into()
    }

    /// Switches an authenticator app on by the code of now.
    pub fn enable_app(&mut self) {
        self.secret = self.set_up_app();
        let code = json!({ "token": self.code(0) });
        let enabled = self.post("/api/auth/totp/enable", &code).data();
        self.recovery_codes = texts(&enabled["backup_codes"]);
    }

    /// How many recovery codes are left.
    pub fn codes_left(&self) -> u64 {
        self.me()["methods"]["recovery_codes"].as_str().unwrap().parse().unwrap()
    }
}
