//! `DELETE /api/users/@me`: a user deletes their account.

use serde_json::{Value, json};

use crate::harness::{Answer, Home, Instance, Person, Server, oathtool};

const ME: &str = "/api/users/@me";

fn delete(person: &Person, body: &Value) -> Answer {
    person.send("DELETE", ME, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

/// Rows that are about the user with the id 1.
fn rows(instance: &Instance) -> u32 {
    let count = "SELECT (SELECT count(*) FROM users WHERE id = 1) + (SELECT count(*) FROM sessions WHERE user_id = 1)
        + (SELECT count(*) FROM pictures) + (SELECT count(*) FROM devices WHERE user_id = 1)
        + (SELECT count(*) FROM totp_factors) + (SELECT count(*) FROM recovery_codes)
        + (SELECT count(*) FROM sent_codes) + (SELECT count(*) FROM email_confirmations)";
    rusqlite::Connection::open(instance.path("nox.db"))
        .unwrap()
        .query_row(count, [], |row| row.get(0))
        .unwrap()
}

#[track_caller]
fn assert_gone(instance: &Instance, server: &Server, answer: &Answer) {
    assert_eq!(answer.data(), json!({ "success": true }));
    assert!(answer.header("set-cookie").unwrap().starts_with("_uid=;"), "{:?}", answer.headers);
    assert_eq!(rows(instance), 0);
    server.client().get("/api/users/1", &[]).failure(2, 404, "/api/users/1");
    server.client().log_in("ada", "hunter22").failure(2, 404, "/api/auth/login");
    let events = instance.events("ada");
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["by"], &last["id"]),
        (&json!("account.deleted"), &json!("user"), &json!(1))
    );
}

#[test]
fn without_a_factor_the_password_deletes_the_account_and_its_id_is_never_given_again() {
    for field in ["current_password", "password"] {
        let (instance, server, ada) = Person::at_home("");
        let other = Person::log_in(&server, "ada");
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
        ada.send("POST", "/api/users/@me/banner", &[("Content-Type", "image/png")], png).data();
        assert!(
            delete(&ada, &json!({}))
                .failure(5, 400, ME)
                .starts_with("Invalid field: current_password, ")
        );
        ada.delete(ME).failure(5, 400, ME);
        let wrong = delete(&ada, &json!({ field: "hunter23" })).failure(5, 400, ME);
        assert_eq!(wrong, format!("Invalid field: {field}, is not correct."));
        delete(&ada, &json!({ field: 7 })).failure(5, 400, ME);
        assert!(rows(&instance) > 3);

        assert_gone(&instance, &server, &delete(&ada, &json!({ field: "hunter22" })));
        for person in [&ada, &other] {
            person.get(ME).failure(7, 401, ME);
        }
        instance.add_user("ada", "hunter22");
        assert_eq!(Person::log_in(&server, "ada").get(ME).data()["id"], 2);
    }
}

#[test]
fn with_a_factor_a_code_is_asked_for_with_and_without_a_body() {
    let (instance, server, ada, (secret, codes)) = Person::with_codes("");
    for due in
        [ada.delete(ME), delete(&ada, &json!({})), delete(&ada, &json!({ "password": "hunter22" }))]
    {
        due.failure(20, 428, ME);
        assert_eq!(due.json()["data"]["methods"][0]["type"], "totp");
    }
    delete(&ada, &json!({ "password": "hunter23", "factor_code": codes[0] })).failure(5, 400, ME);
    delete(&ada, &json!({ "factor_code": oathtool(&secret, 9) })).failure(5, 400, ME);
    delete(&ada, &json!({ "factor_code": "12345" })).failure(5, 400, ME);
    let names = ada.delete("/api/v2/users/@me");
    names.named_failure("VERIFICATION_REQUIRED", 428);
    assert_gone(&instance, &server, &delete(&ada, &json!({ "factor_code": oathtool(&secret, 1) })));
}

#[test]
fn a_user_with_a_confirmed_address_is_told() {
    let (home, codes) = Home::with_factor();
    home.ada.delete(ME).failure(20, 428, ME);
    assert_eq!(home.mails.next_mail().subject(), "Your code for Nox");
    assert_eq!(delete(&home.ada, &json!({ "token": codes[0] })).data()["success"], true);
    let mut subjects =
        [home.mails.next_mail(), home.mails.next_mail()].map(|mail| mail.subject().to_owned());
    subjects.sort();
    assert_eq!(subjects, ["Nox: A recovery code was used", "Nox: Your account was deleted"]);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_cookie_alone_needs_a_page_of_ours_and_wrong_passwords_are_counted() {
    let (_instance, server, ada) = Person::at_home("");
    let cookie = server.client().log_in("ada", "hunter22").cookie();
    let body = br#"{ "password": "hunter22" }"#;
    let json = ("Content-Type", "application/json");
    for origin in [None, Some(("Origin", "https://evil.example"))] {
        let headers: Vec<_> =
            [("Cookie", cookie.as_str()), json].into_iter().chain(origin).collect();
        server.client().send("DELETE", ME, &headers, body).failure(8, 401, ME);
    }
    for _ in 0..5 {
        delete(&ada, &json!({ "password": "wrong password" })).failure(5, 400, ME);
    }
    delete(&ada, &json!({ "password": "hunter22" })).failure(1001, 429, ME);
    assert_eq!(ada.get(ME).status, 200);
}
