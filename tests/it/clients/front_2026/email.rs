//! The page of one's address: its methods stand below `auth/methods/email/`.

use serde_json::{Value, json};

use super::Front;
use crate::clients::envelope::{Disabled, Enabled, EnabledWithCodes, Told};
use crate::clients::request::Request;
use crate::clients::user::{Address, Link, OwnUser};
use crate::clients::{Stage, data};
use crate::harness::{MailServer, Mode};

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
fn the_front_of_2026_sets_an_address_confirms_it_without_a_session_and_removes_it() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    let mut front = Front::open(&stage);
    front.enter("bob", None);
    front.refused(Request::post(SETUP), "BAD_REQUEST", 415);
    front.refused(Request::post(SETUP).json(&json!({ "email": "bob" })), "VALIDATION_ERROR", 422);
    assert!(front.post::<Told>(SETUP, &json!({ "email": "bob@b.example" })).success);
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Unverified, false));
    let first = mails.next_mail();
    assert_eq!(first.to(), "bob@b.example");
    first.token();
    front.refused(Request::post(SEND).json(&target()), "RATE_LIMITED", 429);
    stage.instance.forget_budgets();
    assert!(front.post::<Told>(SEND, &target()).success);
    let link = mails.next_mail().token();

    let mut elsewhere = Front::open(&stage);
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
fn the_front_of_2026_switches_codes_by_mail_on_by_six_digits_and_off_with_the_address() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    stage
        .instance
        .ok(&["user", "set", "bob", "--email", "bob@b.example", "--verified", "true"], "");
    let mut front = Front::open(&stage);
    front.enter("bob", None);
    assert!(front.post::<Told>("auth/email/send", &json!({ "type": "email" })).success);
    let enabled: EnabledWithCodes =
        front.post(ENABLE, &json!({ "token": mails.next_mail().code() }));
    assert!(enabled.enabled && !enabled.backup_codes.is_empty());
    mails.next_mail();
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Verified, true));

    stage.instance.forget_budgets();
    let due = Front::due(&front.call(Request::post(DISABLE)));
    assert!(data::<Told>(&front.call(due[0].send())).success);
    let disabled: Disabled =
        front.retry(Request::post(DISABLE), json!({}), &mails.next_mail().code());
    assert!(disabled.disabled);
    assert_eq!(front.address(), (None, Address::Disabled, false));
}

#[test]
fn the_front_of_2026_is_asked_for_a_code_before_an_address_changes_where_there_is_an_app() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    let mut front = Front::open(&stage);
    front.enter("ada", Some(&stage.code(0)));
    let body = json!({ "email": "ada@b.example" });
    assert_eq!(Front::due_kinds(&front.call(Request::post(SETUP).json(&body))), ["totp"]);
    let told: Told = front.retry(Request::post(SETUP), body, &stage.another_code());
    assert!(told.success);
    let link = mails.next_mail().token();
    assert!(front.post::<Enabled>(ENABLE, &json!({ "token": link })).enabled);
    assert_eq!(front.address(), (Some("ada@b.example".into()), Address::Verified, true));
    for request in [Request::post(DISABLE), Request::post(DISABLE).json(&json!({}))] {
        assert_eq!(Front::due_kinds(&front.call(request)), ["totp"]);
    }
    let disabled: Disabled = front.retry(Request::post(DISABLE), json!({}), &stage.code(1));
    assert!(disabled.disabled);
    assert_eq!(front.address(), (None, Address::Disabled, true));
}

#[test]
fn the_front_of_2026_switches_codes_by_mail_off_and_keeps_the_address() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    stage.let_bob_have_codes_by_mail(&mails);
    let mut front = Front::open(&stage);
    Front::due(&front.log_in("bob"));
    front.enter("bob", Some(&mails.next_mail().code()));
    stage.instance.forget_budgets();
    assert_eq!(Front::due_kinds(&front.call(Request::post("auth/email/disable"))), ["email"]);
    let code = mails.next_mail().code();
    let disabled: Disabled = front.retry(Request::post("auth/email/disable"), json!({}), &code);
    assert!(disabled.disabled);
    assert_eq!(front.address(), (Some("bob@b.example".into()), Address::Verified, false));
}
