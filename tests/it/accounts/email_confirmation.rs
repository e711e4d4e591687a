//! `/api/email`: addresses are confirmed by a mailed link.

use serde_json::json;

use crate::harness::{Client, Instance, MailServer, Mode, Person, Server};

const ME: &str = "/api/users/@me";
const RESEND: &str = "/api/email/resend";
const CONFIRMATION: &str = "/api/email/confirmation";
const SUBJECT: &str = "Confirm your address for Nox";

/// A server where `ada` registers with this address.
fn registered(address: Option<&str>) -> (Server, MailServer, Instance, Person) {
    let mails = MailServer::start(Mode::Plain);
    let instance = Instance::with(&format!("{}[users]\nregistration = 'open'\n", mails.settings()));
    let server = instance.serve();
    let body = json!({ "username": "ada", "password": "hunter22", "email": address });
    let answer = server.client().post("/api/auth/register", &body);
    assert_eq!(answer.data()["user"]["email_verified"], false);
    let ada = Person::log_in(&server, "ada");
    (server, mails, instance, ada)
}

fn confirm(client: &Client, token: &str) -> crate::harness::Answer {
    client.get(&format!("{CONFIRMATION}?token={token}"), &[])
}

#[track_caller]
fn is_worth_nothing(client: &Client, token: &str) {
    confirm(client, token).failure(3, 404, &format!("{CONFIRMATION}?token={token}"));
}

fn is_verified(person: &Person) -> bool {
    person.get(ME).data()["email_verified"].as_bool().unwrap()
}

#[test]
fn whoever_registers_with_an_address_confirms_it_by_a_link_that_works_once() {
    let (server, mails, instance, ada) = registered(Some("ada@b.example"));
    let mail = mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", SUBJECT));
    let (client, token) = (server.client(), mail.token());
    assert!(token.len() >= 22, "too short to be a secret: {token}");
    let link = format!("http://localhost:53032/email/confirmation?token={token}");
    assert!(mail.text().contains(&link) && mail.html().contains(&link), "{mail:?}");

    let data = confirm(&client, &token).data();
    assert_eq!((&data["success"], &data["verified"]), (&json!(true), &json!(true)));
    assert!(data["message"].is_string());
    assert!(is_verified(&ada));
    assert_eq!(client.log_in("ada@b.example", "hunter22").status, 200);
    is_worth_nothing(&client, &token);
    assert!(is_verified(&ada));
    let events = instance.events("ada");
    assert!(
        events.iter().any(|line| line["event"] == "email.confirmed" && line["by"] == "user"),
        "{events:?}"
    );
    server.stop();
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn whoever_registers_without_an_address_gets_no_mail_and_can_ask_for_none() {
    let (server, mails, _instance, ada) = registered(None);
    let message = ada.ask(RESEND).failure(5, 400, RESEND);
    assert!(message.starts_with("Invalid field: email, "), "{message}");
    server.stop();
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn a_token_that_is_none_confirms_nothing() {
    let (server, mails, _instance, ada) = registered(Some("ada@b.example"));
    let (client, token) = (server.client(), mails.next_mail().token());
    let message = client.get(CONFIRMATION, &[]).failure(5, 400, CONFIRMATION);
    assert!(message.starts_with("Invalid field: token, "), "{message}");
    let mut broken = token.clone();
    broken.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    for other in ["x", &token[1..], &broken, &token.to_lowercase()] {
        is_worth_nothing(&client, other);
    }
    assert!(!is_verified(&ada));
    confirm(&client, &token).data();
}

#[test]
fn a_head_request_confirms_nothing() {
    let (server, mails, _instance, ada) = registered(Some("ada@b.example"));
    let token = mails.next_mail().token();
    let path = format!("{CONFIRMATION}?token={token}");
    assert_eq!(server.client().send("HEAD", &path, &[], b"").status, 405);
    assert!(!is_verified(&ada));
    confirm(&server.client(), &token).data();
}

#[test]
fn a_link_to_an_address_that_is_the_users_no_more_is_worth_nothing() {
    let (server, mails, instance, ada) = registered(Some("ada@b.example"));
    let first = mails.next_mail().token();
    instance.forget_budgets();
    ada.post(ME, &json!({ "email": "new@b.example" })).data();
    let mail = mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("new@b.example", SUBJECT));
    let (client, second) = (server.client(), mail.token());
    is_worth_nothing(&client, &first);
    assert!(!is_verified(&ada));

    // Not even where the address comes back.
    instance.ok(&["user", "set", "ada", "--email", "other@b.example"], "");
    is_worth_nothing(&client, &second);
    instance.ok(&["user", "set", "ada", "--email", "new@b.example"], "");
    is_worth_nothing(&client, &second);
    assert!(!is_verified(&ada));
    server.stop();
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn another_link_is_mailed_on_request_and_both_end_with_the_first_that_is_used() {
    let (server, mails, instance, ada) = registered(Some("ada@b.example"));
    let first = mails.next_mail().token();
    instance.forget_budgets();
    let data = ada.ask(RESEND).data();
    assert_eq!(data["success"], true);
    assert!(data["message"].is_string());
    let (client, second) = (server.client(), mails.next_mail().token());
    assert_ne!(first, second);
    confirm(&client, &second).data();
    is_worth_nothing(&client, &first);
    instance.forget_budgets();
    ada.ask(RESEND).failure(17, 400, RESEND);
    client.send("POST", RESEND, &[], b"").failure(7, 401, RESEND);
    server.stop();
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn one_link_a_minute_is_mailed_and_ten_a_day() {
    let (server, mails, instance, ada) = registered(Some("ada@b.example"));
    let retry = |longest: u32| {
        let refused = ada.ask(RESEND);
        refused.failure(1001, 429, RESEND);
        let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=longest).contains(&seconds), "{seconds}");
        seconds
    };
    for count in 1..10 {
        retry(60);
        instance.forget_minutes();
        assert_eq!(ada.ask(RESEND).status, 200, "{count}");
    }
    instance.forget_minutes();
    assert!(retry(86_400) > 86_000);
    server.stop();
    assert_eq!(mails.rest(), [SUBJECT; 10]);
}

#[test]
fn without_a_mail_server_the_service_is_disabled_and_registering_works() {
    let instance = Instance::with("[users]\nregistration = 'open'");
    let server = instance.serve();
    let body = json!({ "username": "ada", "password": "hunter22", "email": "ada@b.example" });
    assert_eq!(server.client().post("/api/auth/register", &body).status, 200);
    Person::log_in(&server, "ada").ask(RESEND).failure(4, 403, RESEND);
}
