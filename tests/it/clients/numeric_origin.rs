//! The build of the front of 2025 of spring 2026: it follows `gateway.api`, but understands only
//! numbers, and objects as links. Its origin alone tells it from the front of 2026.

use serde::Deserialize;
use serde_json::json;

use super::browser::Browser;
use super::envelope::{Done, Due, Failure, Refusal};
use super::lists::{Found, Relations, SessionList};
use super::request::Request;
use super::user::{Link, OwnUser, PublicUser, Session};
use super::{FRONT, data, decode, failure, path_of, refusal, serve_with};
use crate::harness::{Answer, PASSWORD, TestApp};

const SPRING: &str = "https://spring.elsewhere.example";
const SETTINGS: &str = "numeric_origins = ['https://spring.elsewhere.example']";

#[derive(Deserialize)]
struct Nox {
    gateway: Gateway,
}

#[derive(Deserialize)]
struct Gateway {
    api: String,
}

#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    enabled: bool,
    can_send: bool,
}

struct Front {
    browser: Browser,
    base: String,
    bearer: Option<String>,
}

impl Front {
    fn at(app: &TestApp, origin: &'static str) -> Self {
        let mut browser = Browser::at(&app.server, origin);
        let nox: Nox = decode(&browser.fetch(Request::get("/.well-known/nox")), 200);
        Self { browser, base: path_of(&nox.gateway.api).into(), bearer: None }
    }

    #[track_caller]
    fn call(&mut self, request: Request) -> Answer {
        let request = match &self.bearer {
            Some(bearer) => request.with("authorization", bearer),
            None => request,
        };
        self.browser.fetch(request.below(&self.base))
    }

    #[track_caller]
    fn refused(&mut self, request: Request, code: u32, status: u16) {
        let refusal: Refusal<u32> = refusal(&self.call(request), status);
        assert_eq!(refusal.code, code, "{}", refusal.message);
    }
}

fn login(name: &str, code: Option<&str>) -> Request {
    Request::post("auth/login")
        .json(&json!({ "identifier": name, "password": PASSWORD, "factor_code": code }))
}

#[test]
fn numeric_origin_reads_numbers_and_labels() {
    let app = serve_with(SETTINGS);
    let mut front = Front::at(&app, SPRING);
    assert_eq!(front.base, "/api/v2/");
    front.refused(Request::get("users/@me"), 7, 401);
    let due: Failure<u32, Due<Method>> = failure(&front.call(login("ada", None)), 428);
    let methods: Vec<_> =
        due.data.methods.iter().map(|method| (method.kind.as_str(), method.enabled)).collect();
    assert_eq!((due.error.code, methods), (20, vec![("totp", true), ("email", false)]));
    assert_eq!(due.error.message, "Additional verification required.");
    let session: Session<Link> = data(&front.call(login("ada", Some(&app.ada.code(0)))));
    front.bearer = Some(session.bearer());

    let me: OwnUser<Link> = data(&front.call(Request::get("users/@me")));
    me.is(1, "ada");
    assert_eq!(me.public.links, Link::of_ada());
    let ada: PublicUser<Link> = data(&front.call(Request::get("users/ada")));
    assert_eq!(ada.links, Link::of_ada());
    assert_eq!(data::<Found<Link>>(&front.call(Request::get("users?query=ad"))).people(), [ada]);
    data::<SessionList>(&front.call(Request::get("users/@me/sessions"))).current();
    data::<Relations<Link>>(&front.call(Request::get("relations/@me/followers")));
    let links = json!({
        "links": [{ "label": "Mine", "value": "https://ada.example/" }, "https://b.example/"],
    });
    let me: OwnUser<Link> = data(&front.call(Request::post("users/@me").json(&links)));
    let plain = "https://b.example/";
    assert_eq!(
        me.public.links,
        [Link::new("Mine", "https://ada.example/"), Link::new(plain, plain)]
    );

    front.refused(Request::get("users/nobody"), 2, 404);
    front.refused(Request::get("worlds"), 1, 501);
    front.refused(Request::post("users/@me").json(&json!({ "display": "" })), 5, 400);
    assert!(data::<Done>(&front.call(Request::post("auth/logout"))).success);
    front.refused(Request::get("users/@me"), 7, 401);
}

#[test]
fn missing_right_is_401_to_a_numeric_origin_and_403_to_others() {
    let app = serve_with(&format!("{SETTINGS}\n[users]\ndefault_tags = []"));
    for origin in [SPRING, FRONT] {
        let mut front = Front::at(&app, origin);
        front.bearer = Some(data::<Session<Link>>(&front.call(login("bob", None))).bearer());
        let change = Request::post("users/@me").json(&json!({ "display": "Bobby" }));
        if origin == SPRING {
            front.refused(change, 8, 401);
        } else {
            assert_eq!(refusal::<String>(&front.call(change), 403).code, "FORBIDDEN");
        }
    }
}
