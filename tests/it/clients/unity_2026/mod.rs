//! Unity builds of 2026.

pub mod discovery;
mod others;
mod profile;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::envelope::{Done, Due, Failure, Refusal, Told};
use super::lists::{OpenSession, SessionList};
use super::request::Request;
use super::user::{Link, OwnUser, Session};
use super::values::Map;
use super::{
    ADDRESS, PUBLIC_KEY, data, failure, let_bob_have_codes_by_mail, refusal, serve, serve_with_mail,
};
use crate::harness::{Answer, Client, PASSWORD, TestApp};
use discovery::{Nox, discover};

#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
    details: Details,
}

#[derive(Debug, Deserialize)]
struct Details {
    sendable: bool,
    data: Map,
    code: Shape,
}

#[derive(Debug, Deserialize)]
struct Shape {
    length: u32,
    #[serde(rename = "type")]
    kind: String,
}

/// One that has found the server.
struct Unity {
    client: Client,
    base: String,
    bearer: Option<String>,
}

impl Unity {
    fn discover(app: &TestApp) -> Self {
        Self::discover_by(app).0
    }

    fn discover_by(app: &TestApp) -> (Self, Nox) {
        let client = app.client();
        let (base, nox) = discover(&client);
        (Self { client, base, bearer: None }, nox)
    }

    fn call(&self, request: Request) -> Answer {
        let noise = [("x-nox-user", "2@nox.example"), ("x-uuid", "7"), ("x-nox-mods", "[]")];
        let request =
            noise.into_iter().fold(request, |request, (name, value)| request.with(name, value));
        match &self.bearer {
            Some(bearer) => {
                request.with("authorization", bearer).below(&self.base).send(&self.client)
            }
            None => request.below(&self.base).send(&self.client),
        }
    }

    #[track_caller]
    fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        data(&self.call(Request::get(path)))
    }

    fn log_in(&self, name: &str, code: Option<&str>) -> Answer {
        let body = json!({
            "identifier": name, "password": PASSWORD, "public_key": PUBLIC_KEY, "factor_code": code,
        });
        self.call(Request::post("auth/login").json(&body))
    }

    /// A login that must succeed. It files the token under what the player typed, and looks for it
    /// under what the server says.
    #[track_caller]
    fn enter(&mut self, name: &str, code: Option<&str>) {
        let session: Session<Link> = data(&self.log_in(name, code));
        assert_eq!(
            (session.user.public.server.as_str(), session.user.public.username.as_str()),
            (ADDRESS, name)
        );
        self.bearer = Some(session.bearer());
    }

    /// The methods that it offers. It asks for a code where the name is exactly this.
    #[track_caller]
    fn due(answer: &Answer) -> Vec<Method> {
        let due: Failure<String, Due<Method>> = failure(answer, 428);
        assert!(
            due.error.code == "VERIFICATION_REQUIRED" && due.data.verification_required,
            "{due:?}"
        );
        assert!(due.data.methods.iter().all(|method| method.enabled), "{due:?}");
        due.data.methods
    }

    /// Checks a failure.
    #[track_caller]
    fn refused(&self, request: Request, code: &str, status: u16) {
        let refusal: Refusal<String> = refusal(&self.call(request), status);
        assert_eq!(refusal.code, code, "{}", refusal.message);
    }
}

#[test]
fn unity_2026_reads_every_answer_from_login_to_logout() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.refused(Request::get("users/@me"), "UNAUTHORIZED", 401);
    let methods = Unity::due(&unity.log_in("ada", None));
    let [Method { kind, can_send: false, details, .. }] = &methods[..] else {
        panic!("{methods:?}")
    };
    let code = (details.code.length, details.code.kind.as_str());
    assert_eq!((kind.as_str(), code, details.sendable), ("totp", (6, "numeric"), false));
    let wrong: Refusal<String> = refusal(&unity.log_in("ada", Some("000000")), 422);
    assert_eq!(wrong.code, "VALIDATION_ERROR");
    unity.enter("ada", Some(&app.ada.code(0)));

    let me: OwnUser<Link> = unity.get("users/@me");
    me.is(1, "ada");
    assert!(me.twofa_enabled && me.public.links == Link::of_ada(), "{me:?}");
    let sessions: SessionList = unity.get("users/@me/sessions");
    let current: OpenSession = unity.get("users/@me/session");
    assert_eq!(current.id, sessions.current().id);
    assert_eq!(current.public_key, PUBLIC_KEY.to_owned().try_into().unwrap());

    assert!(data::<Done>(&unity.call(Request::post("auth/logout"))).success);
    unity.refused(Request::get("users/@me"), "UNAUTHORIZED", 401);
    unity.refused(Request::post("auth/logout"), "UNAUTHORIZED", 401);
    unity.bearer = None;
    unity.enter("bob", None);
    assert!(!unity.get::<OwnUser<Link>>("users/@me").twofa_enabled);
}

#[test]
fn unity_2026_asks_for_a_code_by_the_challenge_of_its_login() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    let mut unity = Unity::discover(&app);
    let methods = Unity::due(&unity.log_in("bob", None));
    let [Method { kind, can_send: true, details, .. }] = &methods[..] else {
        panic!("{methods:?}")
    };
    assert_eq!((kind.as_str(), details.sendable), ("email", true));
    let told: Told = unity.get(&format!("auth/{kind}/send"));
    assert!(told.success);
    let code = app.mails().next_mail().code();
    unity.enter("bob", Some(&code));
    let notice = "Nox: New device on your account";
    assert_eq!(app.rest(), [notice], "no other code");
}

#[test]
fn unity_2026_lists_mail_as_only_factor_without_a_mail_server() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    app.instance.configure(super::SETTINGS);
    let app = app.restart();
    let mut unity = Unity::discover(&app);
    let methods = Unity::due(&unity.log_in("bob", None));
    let [Method { kind, can_send: false, details, .. }] = &methods[..] else {
        panic!("{methods:?}")
    };
    assert_eq!((kind.as_str(), details.sendable), ("email", false));
    unity.enter("bob", Some(&app.instance.issue_code("bob")));
}
