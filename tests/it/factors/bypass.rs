//! Ways around a second factor, none of which may lead anywhere.

use std::fs;
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, LOGIN, Person, Server, oathtool};

pub(super) const ME: &str = "/api/users/@me";

pub(super) const SEND: &str = "/api/auth/email/send";

/// The challenge that a login is answered with.
pub(super) fn challenge(server: &Server, name: &str) -> String {
    let due = server.client().log_in(name, "hunter22");
    due.failure(20, 428, LOGIN);
    due.json()["data"]["methods"][1]["send_data"]["challenge"].as_str().unwrap().into()
}

/// An instance with a mail server that never answers; the listener must be kept.
pub(super) fn with_silent_mail() -> (TcpListener, Instance) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let settings = format!(
        "[mail]\nhost = '127.0.0.1'\nport = {port}\ntls = 'none'\nfrom = 'nox@example.org'\n"
    );
    (silent, Instance::with(&settings))
}

/// What a caller can tell answers apart by.
fn shown(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut envelope = answer.json();
    envelope["time"] = Value::Null;
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (answer.status, envelope, headers)
}

#[test]
fn nothing_that_lets_somebody_in_changes_without_a_code() {
    let (_instance, server, ada, _) = Person::with_codes("");
    let before = ada.get(ME).data();
    for change in [
        json!({ "username": "lovelace" }),
        json!({ "email": "new@b.example" }),
        json!({ "password": "hunter33", "current_password": "hunter22" }),
        json!({ "bio": "x", "email": "new@b.example" }),
    ] {
        for path in [ME, "/api/v2/users/@me", "/api/v2/api/users/@me"] {
            for code in [
                json!({}),
                json!({ "twofa_token": null, "factor_code": null }),
                json!({ "token": "123456" }),
            ] {
                let mut body = change.clone();
                body.as_object_mut().unwrap().extend(code.as_object().unwrap().clone());
                assert_eq!(
                    (ada.post(path, &body).status, ada.patch(path, &body).status),
                    (428, 428),
                    "{body}"
                );
            }
        }
    }
    // Nor do the fields that only a server writes.
    let wishes =
        json!({ "twofa_enabled": false, "methods": { "totp": "disabled" }, "has_totp": false });
    assert_eq!(ada.post(ME, &wishes).status, 200);
    assert_eq!(ada.get(ME).data(), before);
    assert_eq!(server.client().log_in("ada", "hunter22").status, 428);
}

#[test]
fn every_way_to_log_in_asks_for_it() {
    let (instance, server, _ada, _) = Person::with_codes("[users]\nregistration = 'open'");
    instance.ok(&["user", "set", "ada", "--email", "a@b.example", "--verified", "true"], "");
    let client = server.client();
    for identifier in [json!("ada"), json!(" ADA "), json!(1), json!("1"), json!("a@b.example")] {
        assert_eq!(client.log_in(identifier.clone(), "hunter22").status, 428, "{identifier}");
    }
    let body =
        |code: Value| json!({ "identifier": "ada", "password": "hunter22", "factor_code": code });
    for path in [LOGIN, "/api/v2/auth/login", "/api/v2/api/auth/login"] {
        assert_eq!(client.post(path, &body(Value::Null)).status, 428);
        for code in [json!(""), json!(0), json!(true), json!([]), json!({}), json!("000000 ")] {
            assert!(
                [400, 422].contains(&client.post(path, &body(code.clone())).status),
                "{path} {code}"
            );
        }
    }
    let taken = json!({ "username": "ada", "password": "hunter22" });
    client.post("/api/auth/register", &taken).failure(6, 409, "/api/auth/register");
}

#[test]
fn no_other_endpoint_and_no_dialect_switches_it_off() {
    let (_instance, _server, ada, (secret, _)) = Person::with_codes("");
    for prefix in ["/api", "/api/v2", "/api/v2/api"] {
        for path in ["auth/totp/disable", "auth/methods/totp/disable"] {
            let path = format!("{prefix}/{path}");
            assert_eq!(ada.post(&path, &json!({})).status, 428, "{path}");
            assert!(
                [405, 501].contains(&ada.get(&path).status)
                    && [405, 501].contains(&ada.delete(&path).status)
            );
        }
        let refused = ada.post(
            &format!("{prefix}/auth/email/disable"),
            &json!({ "token": oathtool(&secret, 1) }),
        );
        assert!(refused.text.contains("must be a method that is enabled"), "{}", refused.text);
    }
    let me = ada.get(ME).data();
    assert_eq!(
        me["methods"],
        json!({ "totp": "enabled", "email": "disabled", "recovery_codes": "10" })
    );
}

#[test]
fn a_live_secret_is_not_replaced() {
    let (_instance, server, ada, (secret, _)) = Person::with_codes("");
    for prefix in ["/api/auth", "/api/auth/methods"] {
        let (setup, enable) = (format!("{prefix}/totp/setup"), format!("{prefix}/totp/enable"));
        let message = ada.post(&setup, &json!({})).failure(17, 400, &setup);
        assert_eq!(message, "Already validated.");
        ada.post(&enable, &json!({ "token": oathtool(&secret, 1) })).failure(17, 400, &enable);
    }
    assert_eq!(ada.codes_left(), 10);
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
}

#[test]
fn a_secret_that_waits_replaces_none_that_came_meanwhile() {
    let (instance, server, ada) = Person::at_home("");
    let waiting = ada.set_up_app();
    let live = instance.enroll("ada");
    let ada = Person::log_in_by(&server, &oathtool(&live, 0));
    let path = "/api/auth/totp/enable";
    ada.post(path, &json!({ "token": oathtool(&waiting, 0) })).failure(17, 400, path);
    server.client().ada_by(&oathtool(&waiting, 0)).refused_code();
    assert_eq!(server.client().ada_by(&oathtool(&live, 1)).status, 200);
}

#[test]
fn a_secret_that_waits_lets_nobody_in_and_locks_nobody_out() {
    let (_instance, server, ada) = Person::at_home("");
    let secret = ada.set_up_app();
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
    assert_eq!(
        ada.post("/api/auth/totp/verify", &json!({ "token": oathtool(&secret, 0) })).data()["verified"],
        false
    );
    let (live, _) = ada.enable_app();
    server.client().ada_by(&oathtool(&secret, 0)).refused_code();
    assert_eq!(server.client().ada_by(&oathtool(&live, 1)).status, 200);
}

#[test]
fn a_factor_that_comes_while_a_password_is_hashed_counts_for_that_login() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    // The hash is made anew, slowly, after the password was found right.
    fs::write(instance.path("nox.toml"), "[password]\nmemory_kib = 131072\niterations = 20\n")
        .unwrap();
    let server = instance.serve();
    let client = server.client();
    let slow = thread::spawn(move || client.log_in("ada", "hunter22").status);
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    let counted = || {
        database.query_row("SELECT count(*) FROM budgets", [], |row| row.get::<_, u32>(0)).unwrap()
            > 0
    };
    while !counted() {
        thread::yield_now();
    }
    instance.enroll("ada");
    assert_ne!(slow.join().unwrap(), 200);
    assert_eq!(instance.ok(&["session", "list"], ""), "");
}

#[test]
fn an_address_that_is_a_factor_is_not_dropped_by_changing_it() {
    let (_silent, instance) = with_silent_mail();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    instance.ok(&["user", "set", "ada", "--email", "a@b.example", "--verified", "true"], "");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE users SET has_email_factor = 1", []).unwrap();
    for code in [Value::Null, instance.issue_code("ada").into()] {
        let refused = ada
            .post(ME, &json!({ "email": "new@b.example", "factor_code": code }))
            .failure(5, 400, ME);
        assert_eq!(refused, "Invalid field: email, is a second factor: switch that off first.");
    }
    ada.post(ME, &json!({ "email": "" })).failure(20, 428, ME);
    assert_eq!(ada.post("/api/auth/email/disable", &json!({})).status, 428);
    let me = ada.get(ME).data();
    assert_eq!((&me["email"], &me["twofa_enabled"]), (&json!("a@b.example"), &json!(true)));
    assert_eq!(server.client().log_in("ada", "hunter22").status, 428);
}

#[test]
fn before_the_right_password_nobody_learns_who_has_a_factor() {
    for settings in ["", "[login]\nhide_unknown_users = true"] {
        let (instance, server, ada, (secret, codes)) = Person::with_codes(settings);
        instance.add_user("bob", "hunter22");
        let client = server.client();
        let wrong =
            |name: &str, code: &str| shown(&client.log_in_with_code(name, "wrong password", code));
        assert_eq!(
            shown(&client.log_in("ada", "wrong password")),
            shown(&client.log_in("bob", "wrong password"))
        );
        let of_bob = wrong("bob", "123456");
        assert_eq!(of_bob.0, 400);
        for code in ["123456", &oathtool(&secret, 1), &codes[0]] {
            assert_eq!(wrong("ada", code), of_bob);
        }
        // Nothing of it was used up, and nothing counted as a wrong code.
        assert_eq!(client.ada_by(&codes[0]).status, 200);
        assert_eq!(client.ada_by(&oathtool(&secret, 1)).status, 200);
        for name in ["ada", "u:1"] {
            let public = client.get(&format!("/api/users/{name}"), &[]);
            assert_eq!(public.status, 200);
            assert!(
                !public.text.contains("twofa") && !public.text.contains("methods"),
                "{}",
                public.text
            );
        }
        drop(ada);
    }
}

#[test]
fn a_disabled_account_is_not_asked_for_a_code() {
    let (instance, server, _ada, (secret, codes)) = Person::with_codes("");
    instance.ok(&["user", "disable", "ada"], "");
    server.client().log_in("ada", "hunter22").failure(8, 401, LOGIN);
    for code in [&oathtool(&secret, 1), &codes[0]] {
        server.client().ada_by(code).failure(8, 401, LOGIN);
    }
    instance.ok(&["user", "enable", "ada"], "");
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
}

#[test]
fn a_session_alone_does_not_put_an_app_in_the_place_of_mail() {
    let (_silent, instance) = with_silent_mail();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    instance.ok(&["user", "set", "ada", "--email", "a@b.example", "--verified", "true"], "");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE users SET has_email_factor = 1", []).unwrap();
    let recovery = instance.ok(&["totp", "recovery", "ada"], "");
    // Whoever stole the session has an app, and neither the mailbox nor a recovery code.
    ada.post("/api/auth/totp/setup", &json!({})).failure(20, 428, "/api/auth/totp/setup");
    ada.send("POST", "/api/auth/totp/setup", &[], b"").failure(20, 428, "/api/auth/totp/setup");
    ada.post("/api/auth/totp/setup", &json!({ "token": "000000" })).failure(
        5,
        400,
        "/api/auth/totp/setup",
    );
    ada.post("/api/auth/totp/enable", &json!({ "token": "000000" })).failure(
        5,
        400,
        "/api/auth/totp/enable",
    );
    // Its owner has one.
    let code = recovery.lines().next().unwrap();
    ada.post("/api/auth/totp/setup", &json!({ "factor_code": code })).data();
}
