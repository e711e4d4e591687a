//! A passkey as a second factor.

use serde_json::{Value, json};

use super::{OPTIONS, VERIFY, with_passkey};
use crate::harness::{
    ALREADY_VALID, Authenticator, LOGIN, ME, NOT_LOGGED, PASSKEYS, PASSWORD, SERVICE_DISABLED,
    TestApp, VERIFICATION_REQUIRED, at_once, texts,
};

const ENABLE: &str = "/api/auth/passkey/enable";
const DISABLE: &str = "/api/auth/passkey/disable";

fn methods(app: &TestApp) -> Vec<Value> {
    let due = app.try_password();
    due.refused(VERIFICATION_REQUIRED, LOGIN);
    due.json()["data"]["methods"].as_array().unwrap().clone()
}

#[test]
fn switched_on_it_asks_for_a_passkey_or_a_code_and_ends_the_other_sessions() {
    let (app, device) = with_passkey();
    let other = app.try_password().token();
    let enabled = app.ada.post(ENABLE, &json!({})).data();
    let codes = texts(&enabled["backup_codes"]);
    assert_eq!((enabled["enabled"].as_bool(), codes.len()), (Some(true), 10));
    app.client().me(&other).refused(NOT_LOGGED, ME);
    assert_eq!(app.ada.me()["twofa_enabled"], true);
    app.ada.post(ENABLE, &json!({})).refused(ALREADY_VALID, ENABLE);
    let methods = methods(&app);
    let kinds: Vec<&Value> = methods.iter().map(|method| &method["type"]).collect();
    assert_eq!(kinds, ["passkey", "totp", "email"], "the enabled ones first");
    let passkey = &methods[0];
    assert_eq!(
        (&passkey["name"], &passkey["description"]),
        (&"Passkey".into(), &"Approve with a passkey".into())
    );
    assert_eq!((&passkey["enabled"], &passkey["can_send"]), (&true.into(), &false.into()));
    assert_eq!(passkey["details"]["code"], json!({ "length": 6, "type": "numeric" }));
    assert_eq!(
        passkey["details"]["input"],
        json!({ "type": "passkey", "base": "/auth/passkey/login" })
    );
    assert_eq!(
        methods[1]["details"]["input"],
        json!({ "type": "code", "length": 6, "charset": "numeric" })
    );
    assert_eq!(passkey["send_data"], passkey["details"]["data"]);
    device.log_in(&app.client()).token();
    // A client that knows no passkeys takes a code of another device.
    let code = |app: &TestApp| {
        let options = app.ada.post(OPTIONS, &json!({})).data();
        app.ada.post(VERIFY, &device.get(&options)).data()["code"].as_str().unwrap().to_owned()
    };
    let first = code(&app);
    app.try_code(&first).token();
    app.try_code(&first).refused_code();
    app.try_code(&codes[0]).token();
    let off = app.ada.post(DISABLE, &json!({}));
    off.refused(VERIFICATION_REQUIRED, DISABLE);
    app.ada.post(DISABLE, &json!({ "factor_code": code(&app) })).data();
    app.try_password().token();
    app.ada.post(DISABLE, &json!({})).refused_field("type", DISABLE);
}

#[test]
fn switch_needs_a_passkey_and_goes_with_the_last_one() {
    let app = TestApp::logged_in();
    assert_eq!(
        app.ada.post(ENABLE, &json!({})).refused_field("passkey", ENABLE),
        "must be added first."
    );
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let enabled = app.ada.post("/api/auth/methods/passkey/enable", &json!({})).data();
    let code = texts(&enabled["backup_codes"])[0].clone();
    let id = app.ada.get(PASSKEYS).data()["items"][0]["id"].clone();
    let path = format!("{PASSKEYS}/{}", id.as_str().unwrap());
    let body = json!({ "factor_code": code }).to_string();
    app.ada.send("DELETE", &path, &[crate::harness::JSON], body.as_bytes()).data();
    app.try_password().token();
    let shown = app.instance.user("ada");
    assert_eq!(
        (&shown["factors"]["passkey"], &shown["factors"]["recovery_codes"]),
        (&false.into(), &0.into())
    );
    let events = app.instance.events("ada");
    let has = |name: &str| events.iter().any(|line| line["event"] == name);
    assert!(
        has("passkey_factor.enabled") && has("passkey_factor.disabled") && has("passkey.removed")
    );
}

#[test]
fn last_demanded_factor_stays_with_its_last_passkey() {
    let app = TestApp::logged_in();
    Authenticator::new().add_to(&app.ada);
    let enabled = app.ada.post(ENABLE, &json!({})).data();
    let codes = texts(&enabled["backup_codes"]);
    app.instance.configure("[login]\nrequire_second_factor = 'everybody'");
    let app = app.restart();
    let id = app.ada.get(PASSKEYS).data()["items"][0]["id"].clone();
    let path = format!("{PASSKEYS}/{}", id.as_str().unwrap());
    let body = json!({ "factor_code": codes[0] }).to_string();
    let answer = app.ada.send("DELETE", &path, &[crate::harness::JSON], body.as_bytes());
    answer.refused_field("passkey", &path);
    app.ada.post(DISABLE, &json!({ "factor_code": codes[0] })).refused_field("type", DISABLE);
    assert_eq!(app.ada.codes_left(), 10, "no code was used up");
}

#[test]
fn methods_of_a_user_without_a_passkey_are_as_before() {
    let app = TestApp::builder().totp().serve();
    let kinds: Vec<Value> = methods(&app).iter().map(|method| method["type"].clone()).collect();
    assert_eq!(kinds, ["totp", "email"]);
    let proof = json!({ "factor_code": app.ada.recovery_codes[0] });
    let options = app.ada.post("/api/auth/passkey/register/options", &proof).data();
    app.ada.post(super::REGISTER, &Authenticator::new().create(&options)).data();
    // Where any factor is on, a passkey takes the place of a code.
    let on: Vec<(Value, Value)> = methods(&app)
        .iter()
        .map(|method| (method["type"].clone(), method["enabled"].clone()))
        .collect();
    let expected = [("totp", true), ("passkey", true), ("email", false)];
    assert_eq!(on, expected.map(|(kind, is_on)| (kind.into(), is_on.into())));
}

#[test]
fn factor_stays_demanded_where_passkeys_are_switched_off() {
    let (app, device) = with_passkey();
    let codes = texts(&app.ada.post(ENABLE, &json!({})).data()["backup_codes"]);
    app.instance.configure("[passkeys]\nenabled = false");
    let app = app.restart();
    let on: Vec<Value> = methods(&app).iter().map(|method| method["enabled"].clone()).collect();
    assert_eq!(on, [false, false, false]);
    app.try_code(&codes[0]).token();
    app.client()
        .post(VERIFY, &device.get(&json!({ "challenge": "AAAA" })))
        .refused(SERVICE_DISABLED, VERIFY);
    for path in [ENABLE, DISABLE, "/api/auth/passkey/register/options", OPTIONS] {
        app.ada.post(path, &json!({})).refused(SERVICE_DISABLED, path);
    }
    let listed = app.ada.get(PASSKEYS).data()["items"][0].clone();
    assert_eq!(listed["usable"], false);
    let path = format!("{PASSKEYS}/{}", listed["id"].as_str().unwrap());
    app.ada.patch(&path, &json!({ "name": "Old" })).data();
    let body = json!({ "factor_code": codes[1] }).to_string();
    app.ada.send("DELETE", &path, &[crate::harness::JSON], body.as_bytes()).data();
}

#[test]
fn switch_that_is_sent_twice_at_once_is_on_once_and_ends_no_session() {
    let (app, _device) = with_passkey();
    let body = json!({ "current_password": PASSWORD });
    let answers = at_once(5, |_| app.ada.post(ENABLE, &body));
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(refused.len(), 4);
    for answer in refused {
        answer.refused(ALREADY_VALID, ENABLE);
    }
    assert_eq!(app.ada.codes_left(), 10);
}

#[test]
fn passkey_of_another_domain_neither_switches_the_factor_on_nor_takes_the_place_of_a_code() {
    const MOVED: &str = "[server]\npublic_url = 'http://nox.localhost:53032'";
    let (app, _device) = with_passkey();
    app.instance.configure(MOVED);
    let app = app.restart();
    let proof = json!({ "current_password": PASSWORD });
    assert_eq!(
        app.ada.post(ENABLE, &proof).refused_field("passkey", ENABLE),
        "must be added first."
    );
    app.try_password().token();
    app.instance.configure("");
    let app = app.restart();
    app.ada.post(ENABLE, &proof).data();
    let is_on = |app: &TestApp| {
        methods(app).iter().find(|method| method["type"] == "passkey").unwrap()["enabled"].clone()
    };
    assert_eq!(is_on(&app), true);
    app.instance.configure(MOVED);
    assert_eq!(is_on(&app.restart()), false);
}

#[test]
fn code_of_a_passkey_is_worth_nothing_once_passkeys_are_switched_off() {
    let (app, device) = with_passkey();
    app.ada.post(ENABLE, &json!({})).data();
    let options = app.client().post(OPTIONS, &json!({})).data();
    let given = app.ada.post(VERIFY, &device.get(&options)).data();
    let code = given["code"].as_str().unwrap().to_owned();
    app.instance.configure("[passkeys]\nenabled = false");
    let app = app.restart();
    app.try_code(&code).refused_code();
    app.instance.configure("");
    app.restart().try_code(&code).token();
}
