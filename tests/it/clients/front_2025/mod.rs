//! The web front of 2025: it is configured with the server's address, and knows the session by its
//! cookie alone.

mod factors;
mod pages;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::browser::Browser;
use super::envelope::{Done, Due, Failure, Refusal};
use super::request::Request;
use super::user::{LINKS, OwnUser};
use super::values::Map;
use super::{FRONT, data, failure, let_bob_have_codes_by_mail, refusal, serve, serve_with_mail};
use crate::harness::{Answer, PASSWORD, TestApp};

/// It reads no token.
#[derive(Debug, Deserialize)]
struct LoggedIn {
    user: OwnUser<String>,
}

/// A method. The dialog takes the first, and sends back what it finds there.
#[derive(Debug, Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
    cooldown: u32,
    send_data: Map,
}

struct Front {
    browser: Browser,
}

impl Front {
    fn open(app: &TestApp) -> Self {
        // It is of the server's site, as a cookie with `SameSite=Lax` needs it.
        Self { browser: Browser::at(&app.server, FRONT).with_credentials() }
    }

    #[track_caller]
    fn call(&mut self, request: Request) -> Answer {
        self.browser.fetch(request.below("/api/"))
    }

    #[track_caller]
    fn get<T: DeserializeOwned>(&mut self, path: &str) -> T {
        data(&self.call(Request::get(path)))
    }

    #[track_caller]
    fn post<T: DeserializeOwned>(&mut self, path: &str, body: &Value) -> T {
        data(&self.call(Request::post(path).json(body)))
    }

    #[track_caller]
    fn log_in(&mut self, name: &str, code: Option<&str>) -> Answer {
        let mut body = json!({ "identifier": name, "password": PASSWORD });
        if let Some(code) = code {
            body["factor_code"] = code.into();
        }
        self.call(Request::post("auth/login").json(&body))
    }

    /// A login that must succeed.
    #[track_caller]
    fn enter(&mut self, name: &str, code: Option<&str>) -> OwnUser<String> {
        data::<LoggedIn>(&self.log_in(name, code)).user
    }

    /// The method that its dialog takes. It asks for a code where both the status and the number
    /// say so.
    #[track_caller]
    fn due(answer: &Answer) -> Method {
        let due: Failure<u32, Due<Method>> = failure(answer, 428);
        assert!(due.error.code == 20 && due.data.verification_required, "{due:?}");
        let first = due.data.methods.into_iter().next().unwrap();
        assert!(first.enabled, "{first:?}");
        first
    }

    /// Checks a failure.
    #[track_caller]
    fn refused(&mut self, request: Request, code: u32, status: u16) -> Refusal<u32> {
        let refusal: Refusal<u32> = refusal(&self.call(request), status);
        assert_eq!(refusal.code, code, "{}", refusal.message);
        refusal
    }
}

#[test]
fn front_2025_reads_every_answer_from_login_to_logout() {
    let app = serve();
    let mut front = Front::open(&app);
    front.refused(Request::get("users/@me"), 7, 401);
    let wrong = json!({ "identifier": "ada", "password": "hunter23" });
    let message = front.refused(Request::post("auth/login").json(&wrong), 5, 400).message;
    assert!(message.starts_with("Invalid field: password, "), "{message}");

    let method = Front::due(&front.log_in("ada", None));
    assert_eq!((method.kind.as_str(), method.can_send), ("totp", false));
    front.enter("ada", Some(&app.ada.code(0))).is(1, "ada");
    let me: OwnUser<String> = front.get("users/@me");
    me.is(1, "ada");
    assert_eq!(me.public.links, LINKS);

    assert!(front.get::<Done>("auth/logout").success);
    assert_eq!(front.browser.cookies(), 0);
    front.refused(Request::get("users/@me"), 7, 401);
    front.refused(Request::get("auth/logout"), 7, 401);
    front.enter("bob", None).is(2, "bob");
}

#[test]
fn front_2025_repeats_its_login_with_fresh_codes() {
    let app = serve();
    let mut front = Front::open(&app);
    let code = app.ada.code(0);
    front.enter("ada", Some(&code));
    // Five wrong codes would lock the account; six right ones do not.
    for _ in 0..6 {
        let again: Refusal<u32> = refusal(&front.log_in("ada", Some(&code)), 400);
        assert_eq!(again.code, 5);
        assert!(again.message.starts_with("Invalid field: factor_code, "), "{}", again.message);
    }
    // The session that the first one opened still holds.
    front.get::<OwnUser<String>>("users/@me").is(1, "ada");
    Front::open(&app).enter("ada", Some(&app.ada.code(1))).is(1, "ada");
}

#[test]
fn front_2025_asks_for_a_code_by_the_first_methods_data() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    let mut front = Front::open(&app);
    let method = Front::due(&front.log_in("bob", None));
    assert_eq!((method.kind.as_str(), method.can_send, method.cooldown), ("email", true, 60));
    let code = app.mails().next_mail().code();
    assert!(front.post::<super::Told>("auth/email/send", &json!(method.send_data)).success);
    front.enter("bob", Some(&code)).is(2, "bob");
    // It submits a right code twice, also one that was mailed.
    assert_eq!(refusal::<u32>(&front.log_in("bob", Some(&code)), 400).code, 5);
    front.get::<OwnUser<String>>("users/@me").is(2, "bob");
    assert_eq!(app.rest(), [""; 0], "the one that the login has sent is good for both");
}
