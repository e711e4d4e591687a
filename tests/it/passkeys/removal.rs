//! Removing passkeys.

use serde_json::{Value, json};

use super::{VERIFY, age_sessions, with_passkey};
use crate::harness::{
    Answer, Authenticator, JSON, ME, NOT_FOUND, NOT_LOGGED, PASSKEYS, TestApp, UNAUTHORIZED, User,
    VERIFICATION_REQUIRED,
};

/// The path of the oldest passkey of a user.
fn first(user: &User) -> String {
    let id = user.get(PASSKEYS).data()["items"][0]["id"].clone();
    format!("{PASSKEYS}/{}", id.as_str().unwrap())
}

fn remove(user: &User, path: &str, body: &Value) -> Answer {
    user.send("DELETE", path, &[JSON], body.to_string().as_bytes())
}

#[test]
fn removed_passkey_logs_nobody_in_and_ends_every_other_session() {
    let (app, device) = with_passkey();
    let other = device.log_in(&app.client()).token();
    let path = first(&app.ada);
    let removed = app.ada.delete(&path).data();
    assert_eq!(removed, json!({ "success": true, "removed": true }));
    app.client().me(&other).refused(NOT_LOGGED, ME);
    assert_eq!(app.ada.me()["methods"]["passkey"], "disabled");
    device.log_in(&app.client()).refused_field("credential", VERIFY);
    app.ada.delete(&path).refused(NOT_FOUND, &path);
    // The same device may be added again.
    device.clone().add_to(&app.ada);
}

#[test]
fn removal_needs_a_young_session_or_the_password_or_a_code() {
    let (app, _device) = with_passkey();
    age_sessions(&app);
    let path = first(&app.ada);
    let said = app.ada.delete(&path).refused(UNAUTHORIZED, &path);
    assert_eq!(said, "You are not authorized to remove a passkey with an old session.");
    let wrong = remove(&app.ada, &path, &json!({ "current_password": "hunter33" }));
    wrong.refused_field("current_password", &path);
    remove(&app.ada, &path, &json!({ "current_password": "hunter22" })).data();
}

#[test]
fn passkey_proves_an_old_session_by_its_code_once() {
    let (app, device) = with_passkey();
    Authenticator::new().add_to(&app.ada);
    age_sessions(&app);
    let options = app.ada.post(super::OPTIONS, &json!({})).data();
    let given = app.ada.post(VERIFY, &device.get(&options)).data();
    assert_eq!(given["verified"], true);
    assert_eq!((&given["code"], given["code"].as_str().unwrap().len()), (&given["factor_code"], 6));
    assert!(given["expires"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(given.as_object().unwrap().len(), 4, "no new session: {given}");
    assert_eq!(app.ada.get("/api/users/@me/sessions").data()["total"], 1);
    let path = first(&app.ada);
    let wrong = remove(&app.ada, &path, &json!({ "factor_code": "abcdef" }));
    wrong.refused_field("factor_code", &path);
    remove(&app.ada, &path, &json!({ "factor_code": given["code"] })).data();
    let path = first(&app.ada);
    let again = remove(&app.ada, &path, &json!({ "factor_code": given["code"] }));
    again.refused_field("factor_code", &path);
}

#[test]
fn bearer_of_another_user_does_not_keep_a_passkey_from_logging_in() {
    let app = TestApp::builder().session().user("bob").serve();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let bob = app.log_in("bob");
    let options = bob.post(super::OPTIONS, &json!({})).data();
    let opened = bob.post(VERIFY, &device.get(&options)).data();
    assert_eq!(opened["user"]["username"], "ada");
    bob.me();
    // A session that has ended is none.
    app.ada.post("/api/auth/logout", &json!({})).data();
    let options = app.client().post(super::OPTIONS, &json!({})).data();
    assert_eq!(app.ada.post(VERIFY, &device.get(&options)).data()["user"]["username"], "ada");
}

#[test]
fn removal_needs_a_code_where_a_second_factor_is_on() {
    let mut app = TestApp::logged_in();
    Authenticator::new().add_to(&app.ada);
    app.ada.enable_app();
    let path = first(&app.ada);
    app.ada.delete(&path).refused(VERIFICATION_REQUIRED, &path);
    let body = json!({ "current_password": "hunter22" });
    remove(&app.ada, &path, &body).refused(VERIFICATION_REQUIRED, &path);
    remove(&app.ada, &path, &json!({ "token": app.ada.recovery_codes[0] })).data();
}

#[test]
fn passkey_of_another_user_does_not_exist() {
    let app = TestApp::builder().session().user("bob").serve();
    Authenticator::new().add_to(&app.ada);
    let bob = app.log_in("bob");
    let path = first(&app.ada);
    bob.delete(&path).refused(NOT_FOUND, &path);
    bob.patch(&path, &json!({ "name": "mine" })).refused(NOT_FOUND, &path);
    assert_eq!(bob.get(PASSKEYS).data()["total"], 0);
}
