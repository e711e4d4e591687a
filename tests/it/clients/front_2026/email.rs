//! The page of the address, whose endpoints are below `auth/methods/email/`.

use serde_json::{Value, json};

use super::Front;
use crate::clients::envelope::{Disabled, Enabled, EnabledWithCodes, Told};
use crate::clients::request::Request;
use crate::clients::user::{Address, Link, OwnUser};
use crate::clients::{data, let_bob_have_codes_by_mail, serve_with_mail};

const SETUP: &str = "auth/methods/email/setup";
const ENABLE: &str = "auth/methods/email/enable";
const SEND: &str = "auth/methods/email/send";
const DISABLE: &str = "auth/methods/email/disable";

/// What the page sends for another link: it names the user, which must count for nothing.
fn target() -> Value {
    json!({ "type": "email", "target": 1 })
}

impl Front {
    #[track_caller]
    fn address(&mut self) -> (Option<String>, Address, bool) {
        let me: OwnUser<Link> = self.get("users/@me");
        (me.email.0, me.methods.email, me.twofa_enabled)
    }
}

#[test]
fn front_2026_sets_confirms_and_removes_an_address() {
    let app = serve_with_mail();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    front.refused(Request::post(SETUP), "BAD_REQUEST", 415);
    front.refused(Request::post(SETUP).json(&json!({ "email": "bob" })), "VALIDATION_ERROR", 422);
    assert!(front.post::<Told>(SETUP, &json!({ "email": "bob@b.example" })).success);
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Unverified, false));
    let first = app.mails().next_mail();
    assert_eq!(first.to(), "bob@b.example");
    first.token();
    front.refused(Request::post(SEND).json(&target()), "RATE_LIMITED", 429);
    app.instance.reset_limits();
    assert!(front.post::<Told>(SEND, &target()).success);
    let link = app.mails().next_mail().token();

    let mut elsewhere = Front::open(&app);
    let enabled: Enabled = elsewhere.post(ENABLE, &json!({ "token": link }));
    assert!(enabled.enabled);
    elsewhere.refused(Request::post(ENABLE).json(&json!({ "token": link })), "NOT_FOUND", 404);
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Verified, false));
    // Without a body, and then once more where there is nothing to remove.
    assert!(front.ask::<Disabled>(DISABLE).disabled);
    assert_eq!(front.address(), (None, Address::Disabled, false));
    front.refused(Request::post(DISABLE).json(&json!({})), "VALIDATION_ERROR", 422);
}

#[test]
fn front_2026_enables_codes_by_mail_and_disables_them_with_the_address() {
    let app = serve_with_mail();
    app.nox("user set bob --email bob@b.example --verified true");
    let mut front = Front::open(&app);
    front.enter("bob", None);
    assert!(front.post::<Told>("auth/email/send", &json!({ "type": "email" })).success);
    let enabled: EnabledWithCodes =
        front.post(ENABLE, &json!({ "token": app.mails().next_mail().code() }));
    assert!(enabled.enabled && !enabled.backup_codes.is_empty());
    app.mails().next_mail();
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Verified, true));

    app.instance.reset_limits();
    let due = Front::due(&front.call(Request::post(DISABLE)));
    assert!(data::<Told>(&front.call(due[0].send())).success);
    let disabled: Disabled =
        front.retry(Request::post(DISABLE), json!({}), &app.mails().next_mail().code());
    assert!(disabled.disabled);
    assert_eq!(front.address(), (None, Address::Disabled, false));
}

#[test]
fn front_2026_needs_a_code_to_change_the_address_of_a_totp_user() {
    let app = serve_with_mail();
    let mut front = Front::open(&app);
    front.enter("ada", Some(&app.ada.code(0)));
    let body = json!({ "email": "ada@b.example" });
    assert_eq!(Front::due_kinds(&front.call(Request::post(SETUP).json(&body))), ["totp"]);
    let told: Told = front.retry(Request::post(SETUP), body, &app.instance.issue_code("ada"));
    assert!(told.success);
    let link = app.mails().next_mail().token();
    assert!(front.post::<Enabled>(ENABLE, &json!({ "token": link })).enabled);
    assert_eq!(front.address(), (Some("ada@b.example".into()), Address::Verified, true));
    for request in [Request::post(DISABLE), Request::post(DISABLE).json(&json!({}))] {
        assert_eq!(Front::due_kinds(&front.call(request)), ["totp"]);
    }
    let disabled: Disabled = front.retry(Request::post(DISABLE), json!({}), &app.ada.code(1));
    assert!(disabled.disabled);
    assert_eq!(front.address(), (None, Address::Disabled, true));
}

#[test]
fn front_2026_disables_codes_by_mail_and_keeps_the_address() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    let mut front = Front::open(&app);
    Front::due(&front.log_in("bob"));
    front.enter("bob", Some(&app.mails().next_mail().code()));
    app.instance.reset_limits();
    assert_eq!(Front::due_kinds(&front.call(Request::post("auth/email/disable"))), ["email"]);
    let code = app.mails().next_mail().code();
    let disabled: Disabled = front.retry(Request::post("auth/email/disable"), json!({}), &code);
    assert!(disabled.disabled);
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Verified, false));
}
