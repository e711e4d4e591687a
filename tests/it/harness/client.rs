//! A client of the API, as programs write them.

use serde_json::{Value, json};
use ureq::http::{Method, Request};

/// Talks to one server; keeps no cookie by itself.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
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
        self.send(
            "POST",
            path,
            &[("Content-Type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    pub fn log_in(&self, identifier: impl Into<Value>, password: &str) -> Answer {
        self.post(
            "/api/auth/login",
            &json!({ "identifier": identifier.into(), "password": password }),
        )
    }

    pub fn log_in_with_code(&self, identifier: &str, password: &str, code: &str) -> Answer {
        let body = json!({ "identifier": identifier, "password": password, "factor_code": code });
        self.post("/api/auth/login", &body)
    }

    /// `GET /api/users/@me` with a bearer token.
    pub fn me(&self, token: &str) -> Answer {
        self.get("/api/users/@me", &[("Authorization", &format!("Bearer {token}"))])
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    /// The token of a login that must have succeeded.
    pub fn token(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"]["token"].as_str().unwrap().into()
    }

    /// `name=value` of the cookie that is set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().into()
    }

    /// Checks that it is the failure of this code and status, in a whole envelope for `path`, and
    /// returns its message.
    #[track_caller]
    pub fn failure(&self, code: u16, status: u16, path: &str) -> String {
        let envelope = self.json();
        assert_eq!(
            (self.status, &envelope["error"]["code"]),
            (status, &json!(code)),
            "{}",
            self.text
        );
        assert_eq!(envelope["error"]["status"], status, "{}", self.text);
        assert_eq!(envelope["request"], path, "{}", self.text);
        assert!(envelope["time"].as_i64().unwrap() > 1_700_000_000_000, "{}", self.text);
        assert!(envelope.as_object().unwrap().contains_key("data"), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        envelope["error"]["message"].as_str().unwrap().into()
    }
}
