//! `DELETE /api/users/@me`: a user deletes their account.

use serde_json::{Value, json};

use crate::harness::{
    Answer, INVALID_FIELD, Instance, JSON, LOGIN, ME, NOT_LOGGED, TOO_MANY_REQUESTS, TestApp,
    UNAUTHORIZED, USER_NOT_FOUND, User, VERIFICATION_REQUIRED,
};

fn delete(person: &User, body: &Value) -> Answer {
    person.send("DELETE", ME, &[JSON], body.to_string().as_bytes())
}

/// The number of rows about the user with the id 1.
fn rows(instance: &Instance) -> u32 {
    let count = "SELECT (SELECT count(*) FROM users WHERE id = 1)
        + (SELECT count(*) FROM sessions WHERE user_id = 1)
        + (SELECT count(*) FROM devices WHERE user_id = 1) + (SELECT count(*) FROM pictures)
        + (SELECT count(*) FROM totp_factors) + (SELECT count(*) FROM recovery_codes)
        + (SELECT count(*) FROM sent_codes) + (SELECT count(*) FROM email_confirmations)";
    instance.database().query_row(count, [], |row| row.get(0)).unwrap()
}

#[track_caller]
fn assert_gone(app: &TestApp, answer: &Answer) {
    assert_eq!(answer.data(), json!({ "success": true }));
    assert!(answer.header("set-cookie").unwrap().starts_with("_uid=;"), "{:?}", answer.headers);
    assert_eq!(rows(&app.instance), 0);
    app.client().get("/api/users/1", &[]).refused(USER_NOT_FOUND, "/api/users/1");
    app.try_password().refused(USER_NOT_FOUND, LOGIN);
    let line = app.instance.nox_json("audit list --event account.deleted --json");
    assert_eq!((&line["by"], &line["id"]), (&json!("user"), &Value::Null));
}

#[test]
fn account_is_deleted_by_password_and_its_id_never_used_again() {
    for field in ["current_password", "password"] {
        let app = TestApp::logged_in();
        let other = app.log_in("ada");
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
        app.ada.send("POST", "/api/users/@me/banner", &[("Content-Type", "image/png")], png).data();
        delete(&app.ada, &json!({})).refused_field("current_password", ME);
        app.ada.delete(ME).refused(INVALID_FIELD, ME);
        let wrong = delete(&app.ada, &json!({ field: "hunter23" })).refused(INVALID_FIELD, ME);
        assert_eq!(wrong, format!("Invalid field: {field}, is not correct."));
        delete(&app.ada, &json!({ field: 7 })).refused(INVALID_FIELD, ME);
        assert!(rows(&app.instance) > 3);

        assert_gone(&app, &delete(&app.ada, &json!({ field: "hunter22" })));
        for person in [&app.ada, &other] {
            person.get(ME).refused(NOT_LOGGED, ME);
        }
        app.instance.add_user("ada", "hunter22");
        assert_eq!(app.log_in("ada").get(ME).data()["id"], 2);
    }
}

#[test]
fn last_administrator_cannot_delete_their_account() {
    let app = TestApp::builder().user("bob").totp().serve();
    app.nox("user set ada --admin true");
    let code = app.ada.recovery_codes[0].as_str();
    let delete_ada = || delete(&app.ada, &json!({ "factor_code": code }));
    for disable in [false, true] {
        if disable {
            app.nox("user set bob --admin true");
            app.nox("user disable bob");
        }
        assert_eq!(
            delete_ada().refused(UNAUTHORIZED, ME),
            "You are not authorized to delete the last administrator."
        );
    }
    app.nox("user enable bob");
    // The code was not used up.
    assert_gone(&app, &delete_ada());
}

#[test]
fn deletion_with_a_factor_asks_for_a_code_with_and_without_a_body() {
    let app = TestApp::builder().totp().serve();
    for due in [
        app.ada.delete(ME),
        delete(&app.ada, &json!({})),
        delete(&app.ada, &json!({ "password": "hunter22" })),
    ] {
        due.refused(VERIFICATION_REQUIRED, ME);
        assert_eq!(due.json()["data"]["methods"][0]["type"], "totp");
    }
    delete(&app.ada, &json!({ "password": "hunter23", "factor_code": app.ada.recovery_codes[0] }))
        .refused(INVALID_FIELD, ME);
    delete(&app.ada, &json!({ "factor_code": app.ada.code(9) })).refused(INVALID_FIELD, ME);
    delete(&app.ada, &json!({ "factor_code": "12345" })).refused(INVALID_FIELD, ME);
    app.ada.delete("/api/v2/users/@me").refused_as("VERIFICATION_REQUIRED", 428);
    assert_gone(&app, &delete(&app.ada, &json!({ "factor_code": app.ada.code(1) })));
}

#[test]
fn deletion_is_notified_at_a_confirmed_address() {
    let app = TestApp::builder().email_factor().serve();
    app.ada.delete(ME).refused(VERIFICATION_REQUIRED, ME);
    assert_eq!(app.mails().next_mail().subject(), "Your code for Nox");
    assert_eq!(
        delete(&app.ada, &json!({ "token": app.ada.recovery_codes[0] })).data()["success"],
        true
    );
    let mut subjects =
        [app.mails().next_mail(), app.mails().next_mail()].map(|mail| mail.subject().to_owned());
    subjects.sort();
    assert_eq!(subjects, ["Nox: A recovery code was used", "Nox: Your account was deleted"]);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn deletion_by_cookie_checks_origin_and_counts_wrong_passwords() {
    let app = TestApp::logged_in();
    let cookie = app.try_password().cookie();
    let body = br#"{ "password": "hunter22" }"#;
    for origin in [None, Some(("Origin", "https://evil.example"))] {
        let headers: Vec<_> =
            [("Cookie", cookie.as_str()), JSON].into_iter().chain(origin).collect();
        app.client().send("DELETE", ME, &headers, body).refused(UNAUTHORIZED, ME);
    }
    for _ in 0..5 {
        delete(&app.ada, &json!({ "password": "wrong password" })).refused(INVALID_FIELD, ME);
    }
    delete(&app.ada, &json!({ "password": "hunter22" })).refused(TOO_MANY_REQUESTS, ME);
    assert_eq!(app.ada.get(ME).status, 200);
}
