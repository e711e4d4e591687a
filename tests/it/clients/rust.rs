//! The Rust client: it can read no envelope that lacks its time or its path.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::envelope::{Done, Due};
use super::request::Request;
use super::user::{LINKS, OwnUser, PublicUser, Session};
use super::{decode, path_of, serve, serve_with};
use crate::harness::{Answer, Client, PASSWORD, TestApp};

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

#[derive(Debug, Deserialize)]
struct Refusal {
    message: String,
    code: i32,
    status: u16,
}

/// What it keeps of a method.
#[derive(Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    enabled: bool,
}

/// What it keeps of a user.
#[derive(Debug, Deserialize, PartialEq)]
struct Player {
    id: u32,
    username: String,
    display: String,
}

/// One that has found the server.
struct Program {
    client: Client,
    base: String,
    bearer: Option<String>,
}

/// What a failure must be.
#[derive(Clone, Copy)]
struct Expected {
    code: i32,
    status: u16,
}

const fn is(code: i32, status: u16) -> Expected {
    Expected { code, status }
}

impl Program {
    /// It takes an `/api` at the end of the gateway away, and puts its own behind it.
    fn discover(app: &TestApp) -> Self {
        let client = app.client();
        let nox: Nox = decode(&client.get("/.well-known/nox", &[]), 200);
        let gateway = path_of(&nox.gateway.api).trim_end_matches('/');
        let base = format!("{}/api", gateway.strip_suffix("/api").unwrap_or(gateway));
        Self { client, base, bearer: None }
    }

    fn call(&self, request: &Request) -> Answer {
        let request = request.clone().below(&self.base);
        match &self.bearer {
            Some(bearer) => request.with("authorization", bearer).send(&self.client),
            None => request.send(&self.client),
        }
    }

    #[track_caller]
    fn success<T: DeserializeOwned>(&self, request: &Request) -> T {
        let envelope: Success<T> = decode(&self.call(request), 200);
        assert_eq!(envelope.request, format!("{}{}", self.base, request.path));
        assert!(envelope.time > 1_700_000_000_000);
        envelope.data
    }

    /// Checks a failure and returns its data.
    #[track_caller]
    fn failure<D: DeserializeOwned>(&self, request: &Request, expected: Expected) -> D {
        let envelope: Failure<D> = decode(&self.call(request), expected.status);
        assert_eq!(
            (envelope.error.code, envelope.error.status),
            (expected.code, expected.status),
            "{:?}",
            envelope.error
        );
        assert_eq!(envelope.request, format!("{}{}", self.base, request.path));
        assert!(envelope.time > 1_700_000_000_000);
        envelope.data
    }
}

#[test]
fn rust_client_reads_every_answer_below_its_base_path() {
    let app = serve();
    let mut program = Program::discover(&app);
    assert_eq!(program.base, "/api/v2/api");
    let mut body = json!({ "identifier": "ada", "password": PASSWORD });
    let due: Due<Method> = program.failure(&Request::post("/auth/login").json(&body), is(20, 428));
    let methods: Vec<_> =
        due.methods.iter().map(|method| (method.kind.as_str(), method.enabled)).collect();
    assert_eq!(methods, [("totp", true), ("email", false)]);
    body["factor_code"] = app.ada.code(0).into();
    let session: Session<String> = program.success(&Request::post("/auth/login").json(&body));
    program.bearer = Some(session.bearer());

    let ada = Player { id: 1, username: "ada".into(), display: "ada".into() };
    for path in ["/users/@me", "/users/ada", "/users/1"] {
        assert_eq!(program.success::<Player>(&Request::get(path)), ada, "{path}");
    }
    let me: OwnUser<String> = program.success(&Request::get("/users/@me"));
    assert_eq!(me.public.links, LINKS);
    let bob: PublicUser<String> = program.success(&Request::get("/users/bob"));
    bob.is(2, "bob");

    assert!(program.success::<Done>(&Request::post("/auth/logout")).success);
    program.failure::<()>(&Request::get("/users/@me"), is(7, 401));
}

#[test]
fn rust_client_reads_every_refusal() {
    let app = serve_with("[users]\ndefault_tags = []\nregistration = 'open'");
    let mut program = Program::discover(&app);
    let login = |body: serde_json::Value| Request::post("/auth/login").json(&body);
    let taken = json!({ "username": "ada", "password": "hunter22!" });
    for (request, expected) in [
        (Request::get("/users/nobody"), is(2, 404)),
        (Request::get("/users/77"), is(2, 404)),
        (Request::get("/users/@me"), is(7, 401)),
        (Request::get("/users?limit=ten"), is(5, 400)),
        (Request::get("/users/ada?fp=x"), is(5, 400)),
        (Request::get("/users/ada/thumbnail"), is(3, 404)),
        (Request::get("/worlds"), is(1, 501)),
        (Request::get(""), is(1, 501)),
        (Request::delete("/users/ada"), is(1004, 405)),
        (Request::post("/auth/login"), is(1003, 415)),
        (Request::post("/auth/login").typed("text/plain", "{}"), is(1003, 415)),
        (Request::post("/auth/login").typed("application/json", "{"), is(16, 400)),
        (login(json!([])), is(16, 400)),
        (login(json!({ "identifier": "ada", "password": "x".repeat(20_000) })), is(1002, 413)),
        (login(json!({ "identifier": "ada", "password": "hunter23" })), is(5, 400)),
        (login(json!({ "identifier": "nobody", "password": "hunter23" })), is(2, 404)),
        (Request::post("/auth/register").json(&taken), is(6, 409)),
        (Request::post("/relays/update"), is(7, 401)),
    ] {
        program.failure::<()>(&request, expected);
    }
    let session: Session<String> =
        program.success(&login(json!({ "identifier": 2, "password": PASSWORD })));
    program.bearer = Some(session.bearer());
    program.failure::<()>(
        &Request::post("/users/@me").json(&json!({ "display": "Bobby" })),
        is(8, 401),
    );
    let nowhere = "/users/@me/sessions/0f8fad5b-d9cb-469f-a165-70867728950e";
    program.failure::<()>(&Request::get(nowhere), is(15, 404));
    program.failure::<()>(&Request::post("/auth/totp/enable").json(&json!({})), is(5, 400));
}

#[test]
fn rust_client_reads_the_refusal_of_too_many_attempts() {
    let app = serve();
    let program = Program::discover(&app);
    let wrong =
        Request::post("/auth/login").json(&json!({ "identifier": "bob", "password": "hunter23" }));
    for _ in 0..5 {
        program.failure::<()>(&wrong, is(5, 400));
    }
    program.failure::<()>(&wrong, is(1001, 429));
}
