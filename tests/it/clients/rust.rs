//! The Rust client: it can read no envelope that lacks its time or its path.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Done, Due, Method, Nullable, Somebody, Stage, User, assert_app_is_due, decode, path_of, send};
use crate::common::{Answer, Client};

#[derive(Deserialize)]
struct Nox {
    gateway: Gateway,
}

#[derive(Deserialize)]
struct Gateway {
    api: String,
}

#[derive(Deserialize)]
struct Success<T> {
    data: T,
    request: String,
    time: i64,
}

#[derive(Deserialize)]
struct Failure<D> {
    error: Refusal,
    data: D,
    request: String,
    time: i64,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    code: i32,
    status: u16,
}

#[derive(Deserialize)]
struct Session {
    token: String,
    user: Somebody,
}

/// One that has found the server.
struct Program {
    client: Client,
    base: String,
    bearer: Option<String>,
}

impl Program {
    /// It takes an `/api` at the end of the gateway away, and puts its own behind it.
    fn discover(stage: &Stage) -> Self {
        let client = stage.server.client();
        let nox: Nox = decode(&client.get("/.well-known/nox", &[]), 200);
        let gateway = path_of(&nox.gateway.api).trim_end_matches('/');
        let base = format!("{}/api", gateway.strip_suffix("/api").unwrap_or(gateway));
        Self { client, base, bearer: None }
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (String, Answer) {
        let headers: Vec<_> = self.bearer.iter().map(|bearer| ("Authorization", bearer.as_str())).collect();
        let path = format!("{}{path}", self.base);
        let answer = send(&self.client, (method, &path), &headers, body);
        (path, answer)
    }

    #[track_caller]
    fn success<T: DeserializeOwned>(&self, method: &str, path: &str, body: Option<&Value>) -> T {
        let (path, answer) = self.send(method, path, body);
        let envelope: Success<T> = decode(&answer, 200);
        assert_eq!(envelope.request, path);
        assert!(envelope.time > 1_700_000_000_000);
        envelope.data
    }

    /// Checks the failure's code and status, and returns its data.
    #[track_caller]
    fn failure<D: DeserializeOwned>(
        &self,
        (method, path): (&str, &str),
        body: Option<&Value>,
        (code, status): (i32, u16),
    ) -> D {
        let (path, answer) = self.send(method, path, body);
        let envelope: Failure<D> = decode(&answer, status);
        assert_eq!((envelope.error.code, envelope.error.status), (code, status), "{}", envelope.error.message);
        assert_eq!(envelope.request, path);
        assert!(envelope.time > 1_700_000_000_000);
        envelope.data
    }
}

#[test]
fn the_rust_client_logs_in_with_a_code_and_out_again_where_it_looks_for_the_api() {
    let stage = Stage::new();
    let mut program = Program::discover(&stage);
    let mut body = json!({ "identifier": "ada", "password": "hunter22" });
    let due: Due<Method> = program.failure(("POST", "/auth/login"), Some(&body), (20, 428));
    let methods = [0, 1].map(|index: usize| &due.methods[index]);
    assert_app_is_due(methods.map(|method| (method.kind.as_str(), method.enabled)));
    body["factor_code"] = stage.code(0).into();
    let session: Session = program.success("POST", "/auth/login", Some(&body));
    program.bearer = Some(format!("Bearer {}", session.token));

    let ada = Somebody { id: 1, username: "ada".into(), display: "ada".into() };
    for path in ["/users/@me", "/users/ada", "/users/1"] {
        assert_eq!(program.success::<Somebody>("GET", path, None), ada, "{path}");
    }
    assert_eq!(session.user, ada);
    let user: User<String> = program.success("GET", "/users/@me", None);
    assert_eq!(user.links, ["https://ada.example/"]);

    assert!(program.success::<Done>("POST", "/auth/logout", None).success);
    program.failure::<Nullable<Value>>(("GET", "/users/@me"), None, (7, 401));
}

#[test]
fn the_rust_client_can_read_every_failure() {
    let stage = Stage::new();
    let program = Program::discover(&stage);
    let wrong = json!({ "identifier": "ada", "password": "hunter23" });
    for (what, body, facts) in [
        (("GET", "/users/nobody"), None, (2, 404)),
        (("GET", "/users/77"), None, (2, 404)),
        (("GET", "/users?limit=0"), None, (5, 400)),
        (("GET", "/worlds"), None, (1, 501)),
        (("DELETE", "/users/ada"), None, (1004, 405)),
        (("POST", "/auth/login"), None, (1003, 415)),
        (("POST", "/auth/login"), Some(&json!([])), (16, 400)),
        (("POST", "/auth/login"), Some(&wrong), (5, 400)),
    ] {
        program.failure::<Nullable<Value>>(what, body, facts);
    }
}
