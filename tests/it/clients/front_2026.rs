//! The web front of 2026: it keeps the token in its local storage, and forgets it at any 401.

use serde::Deserialize;
use serde_json::{Value, json};

use super::browser::Browser;
use super::{
    Done, Due, Failure, Link, Method, Session, Somebody, Stage, User, assert_app_is_due, data, decode, path_of,
};
use crate::common::Answer;

#[derive(Deserialize)]
struct Nox {
    gateway: Gateway,
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Gateway {
    api: String,
}

#[derive(Deserialize)]
struct Endpoints {
    configs: String,
}

#[derive(Deserialize)]
struct Found {
    users: Vec<Somebody>,
}

/// One that has found the server.
struct Front {
    browser: Browser,
    base: String,
    token: Option<String>,
}

impl Front {
    fn discover(stage: &Stage) -> (Self, Nox) {
        let mut browser = Browser::without_credentials(&stage.server);
        let nox: Nox = decode(&browser.fetch(("GET", "/.well-known/nox"), &[], None), 200);
        let base = path_of(&nox.gateway.api).to_owned();
        (Self { browser, base, token: None }, nox)
    }

    fn fetch(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        let answer = self.browser.fetch((method, &format!("{}{path}", self.base)), &headers, body);
        if answer.status == 401 {
            self.token = None;
        }
        answer
    }

    fn log_in(&mut self, name: &str, code: Option<&str>) -> Answer {
        let mut body = json!({ "identifier": name, "password": "hunter22" });
        if let Some(code) = code {
            body["factor_code"] = code.into();
        }
        let answer = self.fetch("POST", "auth/login", Some(&body));
        if answer.status == 200 {
            self.token = Some(data::<Session<Link>>(&answer).token);
        }
        answer
    }
}

/// The code of a failure: it is put in upper case before it is looked at, which a number cannot be.
#[track_caller]
fn code(answer: &Answer, status: u16) -> String {
    decode::<Failure<String>>(answer, status).error.code.to_uppercase()
}

#[test]
fn the_front_of_2026_logs_in_with_a_code_and_out_again_by_its_token() {
    let stage = Stage::new();
    let (mut front, nox) = Front::discover(&stage);
    let configs = front.browser.fetch(("GET", path_of(&nox.endpoints.configs)), &[], None);
    data::<serde_json::Map<String, Value>>(&configs);

    let due: Failure<String, Due<Method>> = decode(&front.log_in("ada", None), 428);
    assert_eq!(due.error.code.to_uppercase(), "VERIFICATION_REQUIRED");
    let methods = [0, 1].map(|index: usize| &due.data.methods[index]);
    assert_app_is_due(methods.map(|method| (method.kind.as_str(), method.enabled)));
    assert_eq!(front.log_in("ada", Some(&stage.code(0))).status, 200);

    let user: User<Link> = data(&front.fetch("GET", "users/@me", None));
    assert_eq!((user.id, user.username.as_str()), (1, "ada"));
    let found: Found = data(&front.fetch("GET", "users?q=bo", None));
    assert_eq!(found.users, [Somebody { id: 2, username: "bob".into(), display: "bob".into() }]);

    let token = front.token.clone();
    assert!(data::<Done>(&front.fetch("POST", "auth/logout", None)).success);
    assert_eq!((code(&front.fetch("GET", "users/@me", None), 401).as_str(), &front.token), ("UNAUTHORIZED", &None));
    front.token = token;
    assert_eq!(code(&front.fetch("POST", "auth/logout", None), 401), "UNAUTHORIZED");
}

#[test]
fn the_front_of_2026_stays_logged_in_where_it_lacks_a_right() {
    let stage = Stage::with("[users]\ndefault_tags = []");
    let (mut front, _) = Front::discover(&stage);
    assert_eq!(front.log_in("bob", None).status, 200);
    let refused = front.fetch("POST", "users/@me", Some(&json!({ "display": "Bobby" })));
    assert_eq!(code(&refused, 403), "FORBIDDEN");
    assert_eq!(data::<User<Link>>(&front.fetch("GET", "users/@me", None)).display, "bob");
}

#[test]
fn the_front_of_2026_is_not_told_that_it_is_logged_out_where_it_may_not_log_in() {
    let stage = Stage::new();
    stage.instance.ok(&["user", "disable", "bob"], "");
    let (mut front, _) = Front::discover(&stage);
    assert_eq!(code(&front.log_in("bob", None), 403), "FORBIDDEN");
    assert_eq!(code(&front.log_in("ada", Some("12345x")), 422), "VALIDATION_ERROR");
}
