//! The web front of 2026: it keeps the token in its local storage, and forgets it at any 401.

mod email;
mod factors;
mod failures;
mod login;
mod pages;
mod profile;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::browser::Browser;
use super::documents::Configs;
use super::envelope::{Due, Failure, Refusal};
use super::request::Request;
use super::user::{Link, Session};
use super::values::Map;
use super::{FRONT, data, decode, failure, path_of, refusal};
use crate::harness::{Answer, PASSWORD, TestApp};

#[derive(Deserialize)]
struct Nox {
    gateway: Gateway,
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Gateway {
    api: String,
    ws: String,
}

#[derive(Deserialize)]
struct Endpoints {
    configs: String,
}

#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
    cooldown: u32,
    details: Details,
}

#[derive(Debug, Deserialize)]
struct Details {
    sendable: bool,
    data: Map,
    code: Shape,
    cooldown: u32,
}

#[derive(Debug, Deserialize)]
struct Shape {
    length: u32,
    #[serde(rename = "type")]
    kind: String,
}

impl Method {
    /// What its dialog sends as it opens.
    fn send(&self) -> Request {
        let mut body = json!(self.details.data);
        body["type"] = self.kind.as_str().into();
        Request::post(format!("auth/methods/{}/send", self.kind)).json(&body)
    }
}

/// One that has found the server.
struct Front {
    browser: Browser,
    base: String,
    configs: Configs,
    token: Option<String>,
}

impl Front {
    #[track_caller]
    fn open(app: &TestApp) -> Self {
        let mut browser = Browser::at(&app.server, FRONT);
        let nox: Nox = decode(&browser.fetch(Request::get("/.well-known/nox")), 200);
        assert_eq!(nox.gateway.ws, "", "it would connect for ever");
        let configs: Configs = data(&browser.fetch(Request::get(path_of(&nox.endpoints.configs))));
        configs.are_true();
        Self { base: path_of(&nox.gateway.api).into(), browser, configs, token: None }
    }

    #[track_caller]
    fn call(&mut self, request: Request) -> Answer {
        let request = match &self.token {
            Some(token) => request.with("authorization", format!("Bearer {token}")),
            None => request,
        };
        let answer = self.browser.fetch(request.below(&self.base));
        if answer.status == 401 {
            self.token = None;
        }
        answer
    }

    #[track_caller]
    fn get<T: DeserializeOwned>(&mut self, path: &str) -> T {
        data(&self.call(Request::get(path)))
    }

    #[track_caller]
    fn post<T: DeserializeOwned>(&mut self, path: &str, body: &Value) -> T {
        data(&self.call(Request::post(path).json(body)))
    }

    /// Without a body.
    #[track_caller]
    fn ask<T: DeserializeOwned>(&mut self, path: &str) -> T {
        data(&self.call(Request::post(path)))
    }

    /// Tries again with a code, which its library sends with a type of its own beside that of the
    /// first try.
    #[track_caller]
    fn retry<T: DeserializeOwned>(&mut self, request: Request, mut body: Value, code: &str) -> T {
        body["factor_code"] = code.into();
        data(&self.call(request.json_said_twice(&body)))
    }

    #[track_caller]
    fn log_in(&mut self, name: &str) -> Answer {
        self.call(Request::post("auth/login").json(&credentials(name)))
    }

    /// A login that must succeed.
    #[track_caller]
    fn enter(&mut self, name: &str, code: Option<&str>) {
        let session: Session<Link> = match code {
            Some(code) => self.retry(Request::post("auth/login"), credentials(name), code),
            None => data(&self.log_in(name)),
        };
        session.bearer();
        assert_eq!(session.user.public.username, name);
        self.token = Some(session.token);
    }

    /// The methods of its dialog. Older builds know that a code is due by these words alone.
    #[track_caller]
    fn due(answer: &Answer) -> Vec<Method> {
        let due: Failure<String, Due<Method>> = failure(answer, 428);
        assert_eq!(due.error.code.to_uppercase(), "VERIFICATION_REQUIRED");
        assert!(
            due.error.message.contains("factor") || due.error.message.contains("2FA"),
            "{}",
            due.error.message
        );
        assert!(
            due.data.verification_required && due.data.methods.iter().all(|method| method.enabled),
            "{due:?}"
        );
        due.data.methods
    }

    /// The kinds of the methods, where a code is due.
    #[track_caller]
    fn due_kinds(answer: &Answer) -> Vec<String> {
        Self::due(answer).into_iter().map(|method| method.kind).collect()
    }

    /// Checks a failure. Its code is put in upper case before it is looked at, which a number
    /// cannot be.
    #[track_caller]
    fn refused(&mut self, request: Request, code: &str, status: u16) -> String {
        let refusal: Refusal<String> = refusal(&self.call(request), status);
        assert_eq!(refusal.code.to_uppercase(), code, "{}", refusal.message);
        refusal.message
    }
}

fn credentials(name: &str) -> Value {
    json!({ "identifier": name, "password": PASSWORD })
}
