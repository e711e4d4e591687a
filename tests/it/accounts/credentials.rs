//! `POST /api/users/@me` where the username, the email or the password changes.

use serde_json::{Value, json};

use crate::harness::{Instance, Person, Server, oathtool};

const ME: &str = "/api/users/@me";

fn serve() -> (Instance, Server, Person) {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    (instance, server, ada)
}

/// The same with an authenticator app, whose secret comes third.
fn serve_with_app() -> (Instance, Server, String, Person) {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let (secret, ada) = Person::with_app(&instance, &server, "ada");
    (instance, server, secret, ada)
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
fn a_new_password_needs_the_one_until_now() {
    let (_instance, server, ada) = serve();
    for body in [
        json!({ "password": "hunter33" }),
        json!({ "password": "hunter33", "current_password": null }),
        json!({ "password": "hunter33", "current_password": 7 }),
        new_password(""),
        new_password("hunter33"),
        new_password("Hunter22"),
        new_password("hunter22 "),
    ] {
        let message = ada.post(ME, &body).failure(5, 400, ME);
        assert!(message.starts_with("Invalid field: current_password, "), "{body}: {message}");
    }
    ada.post("/api/v2/users/@me", &new_password("wrong")).named_failure("VALIDATION_ERROR", 422);
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
    assert_eq!(
        ada.post(ME, &json!({ "bio": "x", "current_password": "wrong" })).data()["bio"],
        "x"
    );
}

#[test]
fn a_new_password_ends_the_other_sessions_and_not_this_one() {
    let (instance, server, ada) = serve();
    instance.add_user("bob", "hunter22");
    let (other, bob) = (Person::log_in(&server, "ada"), Person::log_in(&server, "bob"));
    ada.post(ME, &new_password("hunter22")).data();
    other.get(ME).failure(7, 401, ME);
    assert_eq!((ada.get(ME).status, bob.get(ME).status), (200, 200));
    let refused = server.client().log_in("ada", "hunter22").failure(5, 400, "/api/auth/login");
    assert!(refused.contains("password"));
    assert_eq!(server.client().log_in("ada", "hunter33").status, 200);
}

#[test]
fn a_new_password_is_used_exactly_as_it_was_sent() {
    let (_instance, server, ada) = serve();
    let mut current = "hunter22".to_owned();
    for new in [" pass wörd ", &"🌙".repeat(128), "12345678"] {
        ada.post(ME, &json!({ "password": new, "current_password": current })).data();
        assert_eq!(server.client().log_in("ada", new).status, 200);
        current = new.into();
    }
}

#[test]
fn other_changes_end_no_session() {
    let (_instance, server, ada) = serve();
    let other = Person::log_in(&server, "ada");
    ada.post(ME, &json!({ "username": "lovelace", "email": "a@b.example", "bio": "x" })).data();
    assert_eq!(other.get(ME).data()["username"], "lovelace");
}

#[test]
fn guessing_the_password_in_a_stolen_session_is_stopped() {
    let (_instance, server, ada) = serve();
    let statuses: Vec<_> = (0..12)
        .map(|guess| ada.post(ME, &new_password(&format!("guess {guess}"))).status)
        .collect();
    assert_eq!((statuses[0], statuses[11]), (400, 429), "{statuses:?}");
    let refused = ada.post(ME, &new_password("hunter22"));
    refused.failure(1001, 429, ME);
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    ada.post("/api/v2/users/@me", &new_password("hunter22")).named_failure("RATE_LIMITED", 429);
    assert_eq!((ada.get(ME).status, server.client().me(&ada.token).status), (200, 200));
}

#[test]
fn where_a_factor_is_on_these_changes_need_it() {
    let (_instance, _server, _secret, ada) = serve_with_app();
    let before = ada.get(ME).data();
    for mut body in sensitive() {
        body["bio"] = "must not be stored".into();
        let refused = ada.post(ME, &body);
        assert_eq!(refused.failure(20, 428, ME), "Additional verification required.");
        let data = &refused.json()["data"];
        assert_eq!(data["verification_required"], true);
        let method = &data["methods"][0];
        assert_eq!((&method["type"], &method["enabled"]), (&json!("totp"), &json!(true)));
        assert_eq!(ada.patch(ME, &body).status, 428);
        ada.post("/api/v2/users/@me", &body).named_failure("VERIFICATION_REQUIRED", 428);
    }
    assert_eq!(ada.get(ME).data(), before);
    assert_eq!(ada.post(ME, &json!({ "bio": "x", "display": "Ada" })).data()["bio"], "x");
}

#[test]
fn with_a_code_these_changes_are_made() {
    for (index, mut body) in sensitive().into_iter().enumerate() {
        for field in ["twofa_token", "factor_code"] {
            let (_instance, _server, secret, ada) = serve_with_app();
            body["twofa_token"] = Value::Null;
            body[field] = oathtool(&secret, 0).into();
            let changed = ada.post(ME, &body).data();
            match index {
                0 => assert_eq!(changed["username"], "lovelace"),
                1 => assert_eq!(changed["email"], "new@b.example"),
                _ => assert_eq!(ada.get(ME).status, 200),
            }
            body[field] = Value::Null;
        }
    }
}

#[test]
fn a_code_works_for_one_change() {
    let (_instance, server, secret, ada) = serve_with_app();
    let code = oathtool(&secret, 0);
    ada.post(ME, &json!({ "username": "lovelace", "factor_code": code })).data();
    for field in ["factor_code", "twofa_token"] {
        let message =
            ada.post(ME, &json!({ "username": "byron", field: code })).failure(5, 400, ME);
        assert!(message.starts_with(&format!("Invalid field: {field}, ")), "{message}");
    }
    let login = server.client().log_in_with_code("lovelace", "hunter22", &code);
    assert!(login.failure(5, 400, "/api/auth/login").contains("factor_code"));
    assert_eq!(ada.get(ME).data()["username"], "lovelace");
}

#[test]
fn a_code_that_came_with_a_refused_change_still_works() {
    let (instance, _server, secret, ada) = serve_with_app();
    instance.add_user("bob", "hunter22");
    let code = oathtool(&secret, 0);
    ada.post(ME, &json!({ "username": "bob", "factor_code": code })).failure(6, 409, ME);
    ada.post(ME, &json!({ "username": "lovelace", "factor_code": code })).data();
}

#[test]
fn what_stays_as_it_is_needs_no_factor() {
    let (instance, _server, _secret, ada) = serve_with_app();
    instance.ok(&["user", "set", "ada", "--email", "a@b.example"], "");
    let whole = json!({ "username": "ada", "email": "a@b.example", "bio": "x" });
    assert_eq!(ada.post(ME, &whole).data()["bio"], "x");
}

#[test]
fn a_code_that_is_none_is_named() {
    let (_instance, _server, secret, ada) = serve_with_app();
    let wrong = oathtool(&secret, 9);
    for field in ["twofa_token", "factor_code"] {
        for value in [json!("12345"), json!("12345a"), json!(123_456), json!(""), json!(wrong)] {
            let body = json!({ "username": "lovelace", field: value });
            let message = ada.post(ME, &body).failure(5, 400, ME);
            assert!(message.starts_with(&format!("Invalid field: {field}, ")), "{body}: {message}");
        }
    }
    assert_eq!(ada.get(ME).data()["username"], "ada");
}

#[test]
fn a_new_address_is_not_verified() {
    let (instance, _server, ada) = serve();
    instance.ok(&["user", "set", "ada", "--email", "a@b.example", "--verified", "true"], "");
    assert_eq!(ada.post(ME, &json!({ "email": "a@b.example" })).data()["email_verified"], true);
    assert_eq!(ada.post(ME, &json!({ "email": "b@b.example" })).data()["email_verified"], false);
}

#[test]
fn guessing_the_password_with_a_session_is_stopped_and_locks_nobody_out() {
    let instance = Instance::new();
    let server = instance.serve();
    instance.add_user("ada", "hunter22");
    let token = server.client().log_in("ada", "hunter22").token();
    let guess = |current: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        let body = serde_json::json!({ "password": "a new secret", "current_password": current })
            .to_string();
        server.client().send("POST", "/api/users/@me", &headers, body.as_bytes())
    };
    for wrong in 0..5 {
        guess(&format!("wrong {wrong}")).failure(5, 400, "/api/users/@me");
    }
    guess("hunter22").failure(1001, 429, "/api/users/@me");
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
}
