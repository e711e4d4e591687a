//! `POST /api/users/@me` where the username, the email or the password changes.

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, INVALID_FIELD, LOGIN, ME, NOT_LOGGED, TOO_MANY_REQUESTS, TestApp,
    VERIFICATION_REQUIRED,
};

/// `ada` has an authenticator app and a session by a code of the operator.
fn with_app() -> TestApp {
    let mut app = TestApp::builder().enrolled().serve();
    app.ada = app.log_in_by(&app.instance.issue_code("ada"));
    app
}

fn new_password(current: &str) -> Value {
    json!({ "password": "hunter33", "current_password": current })
}

fn sensitive() -> [Value; 3] {
    [
        json!({ "username": "lovelace" }),
        json!({ "email": "new@b.example" }),
        new_password("hunter22"),
    ]
}

#[test]
fn new_password_needs_the_current_password() {
    let app = TestApp::logged_in();
    for body in [
        json!({ "password": "hunter33" }),
        json!({ "password": "hunter33", "current_password": null }),
        json!({ "password": "hunter33", "current_password": 7 }),
        new_password(""),
        new_password("hunter33"),
        new_password("Hunter22"),
        new_password("hunter22 "),
    ] {
        app.ada.post(ME, &body).refused_field("current_password", ME);
    }
    app.ada.post("/api/v2/users/@me", &new_password("wrong")).refused_as("VALIDATION_ERROR", 422);
    assert_eq!(app.try_password().status, 200);
    assert_eq!(
        app.ada.post(ME, &json!({ "bio": "x", "current_password": "wrong" })).data()["bio"],
        "x"
    );
}

#[test]
fn new_password_ends_all_sessions_but_the_current_one() {
    let app = TestApp::builder().user("bob").session().serve();
    let (other, bob) = (app.log_in("ada"), app.log_in("bob"));
    app.ada.post(ME, &new_password("hunter22")).data();
    other.get(ME).refused(NOT_LOGGED, ME);
    assert_eq!((app.ada.get(ME).status, bob.get(ME).status), (200, 200));
    let refused = app.try_password().refused(INVALID_FIELD, LOGIN);
    assert!(refused.contains("password"));
    assert_eq!(app.client().log_in("ada", "hunter33").status, 200);
}

#[test]
fn new_password_is_used_exactly_as_it_was_sent() {
    let app = TestApp::logged_in();
    let mut current = "hunter22".to_owned();
    for new in [" pass wörd ", &"🌙☀".repeat(64), "11235814"] {
        app.ada.post(ME, &json!({ "password": new, "current_password": current })).data();
        assert_eq!(app.client().log_in("ada", new).status, 200);
        current = new.into();
    }
}

#[test]
fn other_profile_changes_end_no_session() {
    let app = TestApp::logged_in();
    let other = app.log_in("ada");
    app.ada.post(ME, &json!({ "username": "lovelace", "email": "a@b.example", "bio": "x" })).data();
    assert_eq!(other.me()["username"], "lovelace");
}

#[test]
fn password_guesses_in_a_stolen_session_are_limited() {
    let app = TestApp::logged_in();
    let statuses: Vec<_> = (0..12)
        .map(|guess| app.ada.post(ME, &new_password(&format!("guess {guess}"))).status)
        .collect();
    assert_eq!((statuses[0], statuses[11]), (400, 429), "{statuses:?}");
    let refused = app.ada.post(ME, &new_password("hunter22"));
    refused.refused(TOO_MANY_REQUESTS, ME);
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    app.ada.post("/api/v2/users/@me", &new_password("hunter22")).refused_as("RATE_LIMITED", 429);
    assert_eq!((app.ada.get(ME).status, app.client().me(&app.ada.token).status), (200, 200));
}

#[test]
fn sensitive_changes_need_a_code_where_a_factor_is_on() {
    let app = with_app();
    let before = app.ada.me();
    for mut body in sensitive() {
        body["bio"] = "must not be stored".into();
        let refused = app.ada.post(ME, &body);
        assert_eq!(refused.refused(VERIFICATION_REQUIRED, ME), "Additional verification required.");
        let data = &refused.json()["data"];
        assert_eq!(data["verification_required"], true);
        let method = &data["methods"][0];
        assert_eq!((&method["type"], &method["enabled"]), (&json!("totp"), &json!(true)));
        assert_eq!(app.ada.patch(ME, &body).status, 428);
        app.ada.post("/api/v2/users/@me", &body).refused_as("VERIFICATION_REQUIRED", 428);
    }
    assert_eq!(app.ada.me(), before);
    assert_eq!(app.ada.post(ME, &json!({ "bio": "x", "display": "Ada" })).data()["bio"], "x");
}

#[test]
fn sensitive_changes_with_a_code_are_made() {
    for (index, mut body) in sensitive().into_iter().enumerate() {
        for field in ["twofa_token", "factor_code"] {
            let app = with_app();
            body["twofa_token"] = Value::Null;
            body[field] = app.ada.code(0).into();
            let changed = app.ada.post(ME, &body).data();
            match index {
                0 => assert_eq!(changed["username"], "lovelace"),
                1 => assert_eq!(changed["email"], "new@b.example"),
                _ => assert_eq!(app.ada.get(ME).status, 200),
            }
            body[field] = Value::Null;
        }
    }
}

#[test]
fn code_is_good_for_one_change() {
    let app = with_app();
    let code = app.ada.code(0);
    app.ada.post(ME, &json!({ "username": "lovelace", "factor_code": code })).data();
    for field in ["factor_code", "twofa_token"] {
        app.ada.post(ME, &json!({ "username": "byron", field: code })).refused_field(field, ME);
    }
    let login = app.client().log_in_with_code("lovelace", "hunter22", &code);
    assert!(login.refused(INVALID_FIELD, LOGIN).contains("factor_code"));
    assert_eq!(app.ada.me()["username"], "lovelace");
}

#[test]
fn code_of_a_refused_change_stays_good() {
    let app = with_app();
    app.instance.add_user("bob", "hunter22");
    let code = app.ada.code(0);
    app.ada
        .post(ME, &json!({ "username": "bob", "factor_code": code }))
        .refused(ALREADY_EXISTS, ME);
    app.ada.post(ME, &json!({ "username": "lovelace", "factor_code": code })).data();
}

#[test]
fn unchanged_sensitive_fields_need_no_code() {
    let app = with_app();
    app.nox("user set ada --email a@b.example");
    let whole = json!({ "username": "ada", "email": "a@b.example", "bio": "x" });
    assert_eq!(app.ada.post(ME, &whole).data()["bio"], "x");
}

#[test]
fn wrong_code_is_refused_by_the_name_of_its_field() {
    let app = with_app();
    let wrong = app.ada.code(9);
    for field in ["twofa_token", "factor_code"] {
        for value in [json!("12345"), json!("12345a"), json!(123_456), json!(""), json!(wrong)] {
            let body = json!({ "username": "lovelace", field: value });
            app.ada.post(ME, &body).refused_field(field, ME);
        }
    }
    assert_eq!(app.ada.me()["username"], "ada");
}

#[test]
fn new_address_is_not_verified() {
    let app = TestApp::logged_in();
    app.nox("user set ada --email a@b.example --verified true");
    assert_eq!(app.ada.post(ME, &json!({ "email": "a@b.example" })).data()["email_verified"], true);
    assert_eq!(
        app.ada.post(ME, &json!({ "email": "b@b.example" })).data()["email_verified"],
        false
    );
}

#[test]
fn password_guesses_with_a_session_lock_no_login_out() {
    let app = TestApp::logged_in();
    for wrong in 0..5 {
        app.ada.post(ME, &new_password(&format!("wrong {wrong}"))).refused(INVALID_FIELD, ME);
    }
    app.ada.post(ME, &new_password("hunter22")).refused(TOO_MANY_REQUESTS, ME);
    assert_eq!(app.try_password().status, 200);
}
