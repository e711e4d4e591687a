//! Unity builds up to January 2026.

use serde::Deserialize;
use serde_json::{Value, json};

use super::documents::ServerFacts;
use super::envelope::{Done, Due, Refusal};
use super::lists::{Found, SessionList, UserList};
use super::request::Request;
use super::user::{LINKS, OwnUser, Pictured, PublicUser, Session};
use super::{PUBLIC_KEY, data, failure, refusal, serve};
use crate::harness::{Answer, Client, PASSWORD, PNG, TestApp};

/// A method as it is documented.
#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
}

/// One that has found the server.
struct Unity {
    client: Client,
    bearer: Option<String>,
}

impl Unity {
    /// By any answer of the document's address that is a success.
    fn discover(app: &TestApp) -> Self {
        let client = app.client();
        let found = Request::get("/.well-known/nox").send(&client);
        assert!((200..300).contains(&found.status), "{}", found.text);
        Self { client, bearer: None }
    }

    /// It says who it thinks it is in every request, which must count for nothing: here it is
    /// wrong.
    fn call(&self, request: Request) -> Answer {
        let noise = [
            ("x-nox-user", "2@nox.example"),
            ("x-uuid", "0f8fad5b-d9cb-469f-a165"),
            ("x-nox-mods", "[]"),
        ];
        let request =
            noise.into_iter().fold(request, |request, (name, value)| request.with(name, value));
        let bearer = self.bearer.iter().map(|bearer| ("authorization", bearer.clone()));
        bearer
            .fold(request, |request, (name, value)| request.with(name, value))
            .below("/api/")
            .send(&self.client)
    }

    fn log_in(&self, name: &str, code: Option<&str>) -> Answer {
        let body = json!({
            "identifier": name, "password": PASSWORD, "public_key": PUBLIC_KEY, "factor_code": code,
        });
        self.call(Request::post("auth/login").json(&body))
    }

    /// Checks a failure.
    #[track_caller]
    fn refused(&self, request: Request, code: u32, status: u16) -> Refusal<u32> {
        let refusal: Refusal<u32> = refusal(&self.call(request), status);
        assert_eq!(refusal.code, code, "{}", refusal.message);
        refusal
    }
}

fn change(body: &Value) -> Request {
    Request::post("users/@me").json(body)
}

#[test]
fn unity_january_reads_every_answer_from_login_to_logout() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    data::<ServerFacts>(&unity.call(Request::get("server"))).is_ours();

    let due = failure::<u32, Due<Method>>(&unity.log_in("ada", None), 428);
    assert!(due.error.code == 20 && due.data.verification_required, "{due:?}");
    let methods: Vec<_> =
        due.data.methods.iter().map(|method| (method.kind.as_str(), method.enabled)).collect();
    assert_eq!(methods, [("totp", true), ("email", false)]);
    assert_eq!(refusal::<u32>(&unity.log_in("ada", Some("00000x")), 400).code, 5);

    let session: Session<String> = data(&unity.log_in("ada", Some(&app.ada.code(0))));
    session.user.is(1, "ada");
    unity.bearer = Some(session.bearer());
    let me: OwnUser<String> = data(&unity.call(Request::get("users/@me")));
    me.is(1, "ada");
    assert!(me.public.links == LINKS && me.twofa_enabled, "{me:?}");
    let sessions: SessionList = data(&unity.call(Request::get("users/@me/sessions")));
    assert!(sessions.current().active);
    data::<UserList<String>>(&unity.call(Request::get("users/@me/friends")));

    assert!(data::<Done>(&unity.call(Request::get("auth/logout"))).success);
    unity.refused(Request::get("users/@me"), 7, 401);
    unity.refused(Request::get("auth/logout"), 7, 401);
}

#[test]
fn unity_january_finds_others_without_a_session() {
    let app = serve();
    let unity = Unity::discover(&app);
    for path in ["users/1", "users/ada", "users/u:1", "users/u:ada", "users/1@nox.example"] {
        let ada: PublicUser<String> = data(&unity.call(Request::get(path)));
        ada.is(1, "ada");
        assert_eq!(ada.links, LINKS);
    }
    let found: Found<String> = data(&unity.call(Request::get("users?query=bo&limit=5")));
    assert_eq!((found.total, found.limit, found.names()), (1, 5, vec!["bob".into()]));
    for path in ["users/7", "users/nobody", "users/1@elsewhere.example"] {
        unity.refused(Request::get(path), 2, 404);
    }
    unity.refused(Request::get("worlds/1"), 1, 501);
    unity.refused(Request::delete("users/1"), 1004, 405);
}

#[test]
fn unity_january_changes_a_profile_and_clears_it_by_null() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.bearer = Some(data::<Session<String>>(&unity.log_in("bob", None)).bearer());
    let wanted = json!({
        "display": "Bob B.", "bio": "Builds.", "links": ["https://bob.example/"], "home": "1@::",
    });
    let bob: OwnUser<String> = data(&unity.call(change(&wanted)));
    assert_eq!((bob.public.display.as_str(), bob.public.bio.text()), ("Bob B.", Some("Builds.")));
    assert_eq!(
        (bob.public.links, bob.home.text()),
        (vec!["https://bob.example/".into()], Some("1@nox.example"))
    );
    let cleared = json!({ "display": null, "bio": null, "links": null, "home": null });
    let bob: OwnUser<String> = data(&unity.call(change(&cleared)));
    assert_eq!(
        (bob.public.display.as_str(), bob.public.bio.text(), bob.home.text()),
        ("Bob B.", None, None)
    );
    assert!(bob.public.links.is_empty());

    let picture = Request::post("users/@me/thumbnail").typed("image/png", PNG);
    let pictured: Pictured<String> = data(&unity.call(picture));
    assert_eq!(pictured.user.public.thumbnail.text(), Some(pictured.url.as_str()));
    let message = unity.refused(change(&json!({ "display": "" })), 5, 400).message;
    assert!(message.starts_with("Invalid field: display, "), "{message}");
    unity.refused(change(&json!([])), 16, 400);
    unity.refused(Request::post("users/@me").typed("text/plain", "{}"), 1003, 415);
}
