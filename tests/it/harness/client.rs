//! A client of the API, as programs write them.

use serde_json::{Value, json};
use ureq::http::{Method, Request};

use super::{Answer, JSON, LOGIN, ME};

/// A program that talks to one server, and keeps no cookie by itself.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
}

impl Client {
    pub fn new(address: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true);
        Self { agent: config.build().into(), base: format!("http://{address}") }
    }

    /// Sends a request with these headers and this body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// The same, where the server may be gone before it answers.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Answer> {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
        request = request.uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body).unwrap()).ok()?;
        Some(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            // A picture is no text.
            text: String::from_utf8_lossy(&response.body_mut().read_to_vec().ok()?).into(),
        })
    }

    /// Whether a GET is answered at all.
    pub fn try_get(&self, path: &str) -> bool {
        self.agent.get(format!("{}{path}", self.base)).call().is_ok()
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, body.to_string())
    }

    /// Posts a body that is said to be JSON, whatever it is.
    pub fn post_text(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, &[JSON], body.as_ref())
    }

    pub fn log_in(&self, identifier: impl Into<Value>, password: &str) -> Answer {
        let body = json!({ "identifier": identifier.into(), "password": password });
        self.post(LOGIN, &body)
    }

    pub fn log_in_with_code(&self, identifier: &str, password: &str, code: &str) -> Answer {
        let body = json!({ "identifier": identifier, "password": password, "factor_code": code });
        self.post(LOGIN, &body)
    }

    /// `GET /api/users/@me` with a bearer token.
    pub fn me(&self, token: &str) -> Answer {
        self.get(ME, &[("Authorization", &format!("Bearer {token}"))])
    }
}
