//! Logging in by a passkey.

use serde_json::{Value, json};

use super::{OPTIONS, VERIFY, with_passkey};
use crate::harness::{
    Authenticator, Client, LOGIN, PASSKEYS, SINGLE, TestApp, UNAUTHORIZED, VERIFICATION_REQUIRED,
};

fn options(client: &Client) -> Value {
    client.post(OPTIONS, &json!({})).data()
}

#[test]
fn passkey_logs_in_without_a_name_and_without_a_code() {
    let app = TestApp::builder().totp().serve();
    let mut device = Authenticator::new();
    let proof = json!({ "factor_code": app.ada.recovery_codes[0] });
    let given = app.ada.post("/api/auth/passkey/register/options", &proof).data();
    app.ada.post("/api/auth/passkey/register/verify", &device.create(&given)).data();
    let client = app.client();
    let mut given = options(&client);
    let bare = given.as_object_mut().unwrap().remove("options").unwrap();
    assert_eq!(bare, given);
    assert_eq!(bare["challenge"].as_str().unwrap().len(), 108);
    let expected = json!({
        "challenge": bare["challenge"], "timeout": 300_000, "rpId": "localhost",
        "allowCredentials": [], "userVerification": "required",
    });
    assert_eq!(bare, expected);
    let answer = client.post(VERIFY, &device.get(&bare));
    assert!(answer.cookie().starts_with("_uid="), "{:?}", answer.headers);
    let data = answer.data();
    assert_eq!(data["user"]["username"], "ada");
    let keys: Vec<&String> = data.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "expires", "token", "user"]);
    assert_eq!(client.me(data["token"].as_str().unwrap()).data()["twofa_enabled"], true);
    assert!(app.ada.get(PASSKEYS).data()["items"][0]["last_used_at"].is_i64());
    let log = app.log();
    assert!(log.contains("event=login.succeeded ip=127.0.0.1 user=\"ada\""), "{log}");
    assert!(!log.contains(bare["challenge"].as_str().unwrap()));
}

#[test]
fn options_are_the_same_for_everyone_until_the_password_was_right() {
    let app = TestApp::builder().totp().user("bob").serve();
    let mut device = Authenticator::new();
    let proof = json!({ "factor_code": app.ada.recovery_codes[0] });
    let given = app.ada.post("/api/auth/passkey/register/options", &proof).data();
    app.ada.post("/api/auth/passkey/register/verify", &device.create(&given)).data();
    let client = app.client();
    for name in [json!("ada"), json!("bob"), json!("nobody"), json!(7), json!(null), json!("")] {
        let body = json!({ "identifier": name, "challenge": null });
        let given = client.post(OPTIONS, &body).data();
        assert_eq!(given["allowCredentials"], json!([]), "{name}");
    }
    let due = client.log_in("ada", "hunter22");
    due.refused(VERIFICATION_REQUIRED, LOGIN);
    let challenge = &due.json()["data"]["methods"][0]["send_data"]["challenge"];
    let given = client.post(OPTIONS, &json!({ "challenge": challenge })).data();
    assert_eq!(given["allowCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(given["allowCredentials"][0]["transports"], json!(["internal"]));
    client.post(VERIFY, &device.get(&given)).token();
    let stale = client.post(OPTIONS, &json!({ "challenge": "x" }));
    stale.refused(crate::harness::INVALID_CHALLENGE, OPTIONS);
}

#[test]
fn options_of_a_login_are_given_without_a_limit_and_write_nothing() {
    let (app, device) = with_passkey();
    let client = app.client();
    for _ in 0..60 {
        Authenticator::new().log_in(&client).refused_field("credential", VERIFY);
    }
    let written = || -> (u32, u32) {
        let query = "SELECT (SELECT coalesce(sum(count), 0) FROM rate_limits), count(*)
            FROM used_challenges";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        app.instance.database().query_row(query, [], row).unwrap()
    };
    let before = written();
    for _ in 0..300 {
        options(&client);
        assert_eq!(app.browser().get("/login").status, 200);
    }
    assert_eq!(written(), before);
    let answer = client.post(VERIFY, &device.get(&options(&client)));
    answer.refused(crate::harness::TOO_MANY_REQUESTS, VERIFY);
}

#[test]
fn typed_account_must_be_the_one_of_the_passkey() {
    let app = TestApp::builder().session().user("bob").serve();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let client = app.client();
    let log_in = |identifier: Value| {
        let mut body = device.get(&options(&client));
        body["identifier"] = identifier;
        client.post(VERIFY, &body)
    };
    let id = app.ada.me()["id"].clone();
    for own in [json!("ada"), json!(" ADA "), id, json!(null), json!(""), json!("  ")] {
        log_in(own).token();
    }
    for other in [json!("bob"), json!("nobody"), json!(4_000_000_000_u32)] {
        let rule = log_in(other).refused_field("identifier", VERIFY);
        assert_eq!(rule, "must be the account of the passkey.");
    }
    log_in(json!(true)).refused_field("identifier", VERIFY);
    let mut body = device.get(&options(&client));
    body["identifier"] = "bob".into();
    client.post("/api/v2/auth/passkey/login/verify", &body).refused_as("VALIDATION_ERROR", 422);
}

#[test]
fn address_that_must_be_confirmed_comes_before_a_login_by_passkey() {
    let settings = "[users]\nrequire_email = true";
    let app = TestApp::with(settings).mail().serve();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let client = app.client();
    device.log_in(&client).token();
    app.instance.sql("UPDATE users SET email_verified = 0, awaits_confirmation = 1");
    let message = device.log_in(&client).refused(UNAUTHORIZED, VERIFY);
    assert!(message.contains("log in before the email address is confirmed"), "{message}");
    app.instance.sql("UPDATE users SET email_verified = 1");
    device.log_in(&client).token();
}

#[test]
fn disabled_account_is_refused_as_after_the_right_password() {
    let (app, device) = with_passkey();
    app.nox("user disable ada --reason spam");
    let said = device.log_in(&app.client()).refused(UNAUTHORIZED, VERIFY);
    assert_eq!(said, "You are not authorized to log in.");
    app.nox("user enable ada");
    device.log_in(&app.client()).token();
    let count = app.instance.database().query_row(
        "SELECT coalesce(sum(count), 0) FROM rate_limits WHERE kind = 'address'",
        [],
        |row| row.get::<_, u32>(0),
    );
    assert_eq!(count.unwrap(), 0, "a right passkey is not counted");
}

#[test]
fn hidden_names_stay_hidden_from_a_disabled_account() {
    let app = TestApp::with("[login]\nhide_unknown_users = true").session().serve();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    app.nox("user disable ada");
    let rule = device.log_in(&app.client()).refused_field("credential", VERIFY);
    assert_eq!(rule, "is not one of this server.");
}

#[test]
fn passkey_meets_the_demand_for_a_second_factor() {
    let app = TestApp::logged_in();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    app.instance.configure("[login]\nrequire_second_factor = 'everybody'");
    let app = app.restart();
    app.try_password().refused(UNAUTHORIZED, LOGIN);
    assert_eq!(device.log_in(&app.client()).data()["user"]["username"], "ada");
}

#[test]
fn copy_of_a_passkey_that_cannot_be_copied_is_refused_and_told() {
    let app = TestApp::builder().mail().serve();
    let mut device = Authenticator { flags: SINGLE, counter: 7, ..Authenticator::new() };
    device.add_to(&app.ada);
    app.mails().next_mail();
    let client = app.client();
    device.counter = 8;
    device.log_in(&client).token();
    for counter in [8, 7, 0] {
        device.counter = counter;
        let given = options(&client);
        client.post(VERIFY, &device.get(&given)).refused_field("credential", VERIFY);
        device.counter = 9;
        let again = client.post(VERIFY, &device.get(&given));
        again.refused(crate::harness::INVALID_CHALLENGE, VERIFY);
    }
    let subjects: Vec<String> =
        (0..3).map(|_| app.mails().next_mail().subject().to_owned()).collect();
    assert!(
        subjects.iter().all(|subject| subject == "Nox: A copy of your passkey was refused"),
        "{subjects:?}"
    );
    device.log_in(&client).token();
    let events = app.instance.events("ada");
    let cloned = events.iter().filter(|line| line["event"] == "passkey.cloned").count();
    assert_eq!(cloned, 3);
    assert!(app.log().contains("user=\"ada\" reason=wrong_passkey"));
}

#[test]
fn passkey_that_is_copied_may_count_as_it_likes() {
    let app = TestApp::logged_in();
    let mut device = Authenticator { counter: 7, ..Authenticator::new() };
    device.add_to(&app.ada);
    for counter in [0, 7, 3, 9, 9] {
        device.counter = counter;
        device.log_in(&app.client()).token();
    }
    let counter: u32 = app
        .instance
        .database()
        .query_row("SELECT counter FROM passkeys", [], |row| row.get(0))
        .unwrap();
    assert_eq!(counter, 9, "it never goes down");
    // Sync that was switched off, and on again.
    for (flags, kind, synced) in
        [(SINGLE, "singleDevice", false), (0x0d, "multiDevice", false), (0x1d, "multiDevice", true)]
    {
        device.flags = flags;
        device.counter += 10;
        device.log_in(&app.client()).token();
        let listed = app.ada.get(PASSKEYS).data()["items"][0].clone();
        assert_eq!((&listed["device_type"], &listed["synced"]), (&kind.into(), &synced.into()));
    }
}

#[test]
fn imported_passkey_logs_in_by_the_handle_of_the_old_server() {
    let (app, mut device) = with_passkey();
    // The handle that the old server gave it, which is not in its tables.
    device.handle = Some("b2xkIHVzZXI".into());
    let client = app.client();
    device.log_in(&client).refused_field("credential", VERIFY);
    // The version 8 in its id says that it was imported.
    app.instance.sql("UPDATE passkeys SET id = x'0192f0c12b3c8d4e8f5a6b7c8d9e0f1a'");
    device.log_in(&client).token();
    let mut newer = Authenticator::new();
    newer.add_to(&app.ada);
    newer.log_in(&client).token();
    device.log_in(&client).token();
    Authenticator { handle: device.handle, ..newer }
        .log_in(&client)
        .refused_field("credential", VERIFY);
}
