//! `/api/auth/methods/email`: one's address, as the front of 2026 sets it.

use serde_json::{Value, json};

use crate::harness::{Home, MailServer, Mode, Person};

const ME: &str = "/api/users/@me";
const SETUP: &str = "/api/auth/methods/email/setup";
const ENABLE: &str = "/api/auth/methods/email/enable";
const SEND: &str = "/api/auth/methods/email/send";
const DISABLE: &str = "/api/auth/methods/email/disable";
const LINK: &str = "Confirm your address for Nox";
const CODE: &str = "Your code for Nox";

fn address(person: &Person) -> Value {
    let me = person.get(ME).data();
    json!([me["email"], me["email_verified"], me["methods"]["email"]])
}

#[test]
fn an_address_is_set_confirmed_by_its_link_without_a_session_and_removed() {
    let mails = MailServer::start(Mode::Plain);
    let (_instance, server, ada) = Person::at_home(&mails.settings());
    assert_eq!(address(&ada), json!([null, false, "disabled"]));
    let set = ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert_eq!(set["success"], true);
    assert_eq!(address(&ada), json!(["ada@b.example", false, "unverified"]));
    let mail = mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", LINK));
    for nobodys in ["123456", "x", ""] {
        server.client().post(ENABLE, &json!({ "token": nobodys })).failure(3, 404, ENABLE);
    }
    server.client().post(ENABLE, &json!({})).failure(7, 401, ENABLE);
    let confirmed = server.client().post(ENABLE, &json!({ "token": mail.token() })).data();
    assert_eq!((&confirmed["enabled"], &confirmed["backup_codes"]), (&json!(true), &json!([])));
    assert_eq!(address(&ada), json!(["ada@b.example", true, "verified"]));
    server.client().post(ENABLE, &json!({ "token": mail.token() })).failure(3, 404, ENABLE);
    ada.post(SETUP, &json!({ "email": "ada@b.example" })).failure(17, 400, SETUP);

    assert_eq!(ada.ask(DISABLE).data()["disabled"], true);
    assert_eq!(address(&ada), json!([null, false, "disabled"]));
    ada.post(DISABLE, &json!({})).failure(5, 400, DISABLE);
}

#[test]
fn a_link_is_mailed_again_once_a_minute_while_the_address_is_not_confirmed() {
    let mails = MailServer::start(Mode::Plain);
    let (instance, _server, ada) = Person::at_home(&mails.settings());
    ada.post(SEND, &json!({ "type": "email", "target": 1 })).failure(5, 400, SEND);
    ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert_eq!(mails.next_mail().subject(), LINK);
    let refused =
        ada.post("/api/v2/auth/methods/email/send", &json!({ "type": "email", "target": 1 }));
    refused.named_failure("RATE_LIMITED", 429);
    ada.post(SETUP, &json!({ "email": "ada@b.example" })).failure(1001, 429, SETUP);
    instance.forget_minutes();
    assert_eq!(ada.post(SEND, &json!({ "type": "email", "target": 1 })).data()["success"], true);
    assert_eq!(mails.next_mail().subject(), LINK);
    // Another address is kept all the same, and the answer says that nothing is on its way.
    let set = ada.post(SETUP, &json!({ "email": "new@b.example" })).data();
    assert!(set["message"].as_str().unwrap().contains("no link"), "{set}");
    assert_eq!(address(&ada), json!(["new@b.example", false, "unverified"]));
}

#[test]
fn links_and_codes_do_not_wait_for_each_other() {
    let home = Home::new();
    home.code_for(&home.ada);
    home.ada.ask(SEND).data();
    assert_eq!(home.mails.next_mail().subject(), CODE, "a confirmed address gets a code");
    home.set(&["--verified", "false"]);
    home.ada.ask(SEND).data();
    assert_eq!(home.mails.next_mail().subject(), LINK);
}

#[test]
fn six_digits_with_a_session_switch_codes_by_mail_on() {
    let home = Home::new();
    let code = home.code_for(&home.ada);
    // They are a link's where nobody is logged in, and no link of ours.
    home.server.client().post(ENABLE, &json!({ "token": code })).failure(3, 404, ENABLE);
    let enabled = home.ada.post(ENABLE, &json!({ "token": code })).data();
    assert_eq!(
        (&enabled["enabled"], enabled["backup_codes"].as_array().unwrap().len()),
        (&json!(true), 10)
    );
    assert_eq!(home.state("email"), true);
}

#[test]
fn an_address_that_is_removed_takes_its_factor_with_it_by_a_code_alone() {
    let (home, codes) = Home::with_factor();
    let other = Person::log_in_by(&home.server, &codes[1]);
    let due = home.ada.ask(DISABLE);
    due.failure(20, 428, DISABLE);
    assert_eq!(due.json()["data"]["methods"][0]["type"], "email");
    home.ada
        .post(SETUP, &json!({ "email": "new@b.example", "factor_code": codes[0] }))
        .failure(5, 400, SETUP);
    home.ada.post(DISABLE, &json!({ "factor_code": "ABCDE-FGHJK" })).failure(5, 400, DISABLE);
    assert_eq!(address(&home.ada), json!(["ada@b.example", true, "verified"]));
    assert_eq!(
        home.ada.post(DISABLE, &json!({ "factor_code": codes[0] })).data()["disabled"],
        true
    );
    assert_eq!(address(&home.ada), json!([null, false, "disabled"]));
    assert_eq!((home.state("email"), home.state("recovery_codes")), (json!(false), json!(0)));
    other.get(ME).failure(7, 401, ME);
    assert_eq!(home.log_in().status, 200);
    let events = home.instance.events("ada");
    for event in ["email.changed", "email_factor.disabled"] {
        assert!(
            events.iter().any(|line| line["event"] == event && line["by"] == "user"),
            "{event}: {events:?}"
        );
    }
}

#[test]
fn setting_an_address_needs_what_changing_it_needs() {
    let (instance, _server, ada, (_, codes)) = Person::with_codes("");
    instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    ada.post(SETUP, &json!({ "email": "ada@b.example" })).failure(20, 428, SETUP);
    for bad in
        [json!({}), json!({ "email": null }), json!({ "email": "nobody" }), json!({ "email": 7 })]
    {
        assert!(ada.post(SETUP, &bad).failure(5, 400, SETUP).starts_with("Invalid field: email, "));
    }
    ada.post(SETUP, &json!({ "email": "BOB@b.example", "factor_code": codes[0] }))
        .failure(6, 409, SETUP);
    let set = ada.post(SETUP, &json!({ "email": "ada@b.example", "factor_code": codes[0] })).data();
    assert!(set["message"].as_str().unwrap().contains("no link"), "there is no mail server: {set}");
    assert_eq!(address(&ada), json!(["ada@b.example", false, "unverified"]));
    ada.ask(SEND).failure(4, 403, SEND);

    let (_instance, _server, ada) = Person::at_home("[users]\ndefault_tags = []");
    ada.post(SETUP, &json!({ "email": "ada@b.example" })).failure(8, 401, SETUP);
    ada.ask("/api/v2/auth/methods/email/disable").named_failure("VALIDATION_ERROR", 422);
}

#[test]
fn a_code_that_a_login_mailed_is_not_asked_for_in_vain() {
    let (home, _) = Home::with_factor();
    let client = home.server.client();
    for path in [SEND, "/api/auth/email/send"] {
        home.forget_budgets();
        let due = home.log_in();
        let code = home.mails.next_mail().code();
        let data = due.json()["data"]["methods"][0]["details"]["data"].clone();
        let mut body = data.clone();
        body["type"] = "email".into();
        // Any challenge of the account will do, as often as a dialog opens.
        for body in [&body, &data, &home.log_in().json()["data"]["methods"][0]["send_data"]] {
            assert_eq!(client.post(path, body).data()["success"], true);
        }
        home.log_in_with(&code).token();
        // Once it is used, another has to wait its minute.
        client.post(path, &body).failure(1001, 429, path);
    }
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn clearing_the_address_takes_the_factor_along_and_needs_a_code() {
    for nothing in [json!(""), Value::Null] {
        let (home, codes) = Home::with_factor();
        home.ada.post(ME, &json!({ "email": nothing })).failure(20, 428, ME);
        home.ada
            .post(ME, &json!({ "email": nothing, "factor_code": "aaaaa-aaaaa" }))
            .failure(5, 400, ME);
        assert_eq!(home.ada.get(ME).data()["email"], "ada@b.example");
        let me = home.ada.post(ME, &json!({ "email": nothing, "factor_code": codes[0] })).data();
        assert_eq!((&me["email"], &me["twofa_enabled"]), (&Value::Null, &json!(false)));
        assert_eq!(home.log_in().status, 200);
        let mut told = [(); 4].map(|()| home.mails.next_mail().subject().to_owned());
        told.sort();
        let [code, used, off, changed] = told;
        assert_eq!(
            [code, used],
            ["Nox: A recovery code was used", "Nox: Codes by mail were switched off"]
        );
        assert_eq!([off, changed], ["Nox: Your email address was changed", "Your code for Nox"]);
    }
}
