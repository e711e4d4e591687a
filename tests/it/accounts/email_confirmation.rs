//! `/api/email`: addresses are confirmed by a mailed link.

use serde_json::json;

use crate::harness::{
    ALREADY_VALID, Answer, Client, ME, NOT_FOUND, NOT_LOGGED, SERVICE_DISABLED, TOO_MANY_REQUESTS,
    TestApp, User,
};

const RESEND: &str = "/api/email/resend";
const CONFIRMATION: &str = "/api/email/confirmation";
const SUBJECT: &str = "Confirm your address for Nox";

/// A server that sends mail and is open to registrations.
fn open() -> TestApp {
    TestApp::with(
        "[users]
registration = 'open'
",
    )
    .mail()
    .serve()
}

/// Registers `eve`, with this address or none.
fn register(app: &TestApp, address: Option<&str>) -> User {
    let body = json!({ "username": "eve", "password": "hunter22", "email": address });
    let answer = app.client().post("/api/auth/register", &body);
    assert_eq!(answer.data()["user"]["email_verified"], false);
    User::new(app.client(), answer.token())
}

fn confirm(client: &Client, token: &str) -> Answer {
    client.get(&format!("{CONFIRMATION}?token={token}"), &[])
}

#[track_caller]
fn assert_void(client: &Client, token: &str) {
    confirm(client, token).refused(NOT_FOUND, &format!("{CONFIRMATION}?token={token}"));
}

fn is_verified(person: &User) -> bool {
    person.me()["email_verified"].as_bool().unwrap()
}

#[test]
fn registered_address_is_confirmed_by_a_link_that_works_once() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("eve@b.example", SUBJECT));
    let (client, token) = (app.client(), mail.token());
    assert!(token.len() >= 22, "too short to be a secret: {token}");
    let link = format!("http://localhost:53032/email/confirmation?token={token}");
    assert!(mail.text().contains(&link) && mail.html().contains(&link), "{mail:?}");

    let data = confirm(&client, &token).data();
    assert_eq!((&data["success"], &data["verified"]), (&json!(true), &json!(true)));
    assert_eq!(data["message"], "The address is confirmed.");
    assert!(is_verified(&eve));
    assert_eq!(client.log_in("eve@b.example", "hunter22").status, 200);
    assert_void(&client, &token);
    assert!(is_verified(&eve));
    let events = app.instance.events("eve");
    assert!(
        events.iter().any(|line| line["event"] == "email.confirmed" && line["by"] == "user"),
        "{events:?}"
    );
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn registration_without_an_address_mails_no_link() {
    let app = open();
    let eve = register(&app, None);
    eve.post_nothing(RESEND).refused_field("email", RESEND);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn wrong_token_confirms_nothing() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let (client, token) = (app.client(), app.mails().next_mail().token());
    client.get(CONFIRMATION, &[]).refused_field("token", CONFIRMATION);
    let mut broken = token.clone();
    broken.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    for other in ["x", &token[1..], &broken, &token.to_lowercase()] {
        assert_void(&client, other);
    }
    assert!(!is_verified(&eve));
    confirm(&client, &token).data();
}

#[test]
fn head_request_confirms_nothing() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let token = app.mails().next_mail().token();
    let path = format!("{CONFIRMATION}?token={token}");
    assert_eq!(app.client().send("HEAD", &path, &[], b"").status, 405);
    assert!(!is_verified(&eve));
    confirm(&app.client(), &token).data();
}

#[test]
fn link_to_a_former_address_confirms_nothing() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let first = app.mails().next_mail().token();
    app.instance.reset_limits();
    eve.post(ME, &json!({ "email": "new@b.example" })).data();
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("new@b.example", SUBJECT));
    let (client, second) = (app.client(), mail.token());
    assert_void(&client, &first);
    assert!(!is_verified(&eve));

    // The link stays void when the address is set again.
    app.nox("user set eve --email other@b.example");
    assert_void(&client, &second);
    app.nox("user set eve --email new@b.example");
    assert_void(&client, &second);
    assert!(!is_verified(&eve));
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn links_of_an_address_end_with_the_first_that_is_used() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let first = app.mails().next_mail().token();
    app.instance.reset_limits();
    let data = eve.post_nothing(RESEND).data();
    assert_eq!(data["success"], true);
    assert_eq!(data["message"], "A link is on its way.");
    let (client, second) = (app.client(), app.mails().next_mail().token());
    assert_ne!(first, second);
    confirm(&client, &second).data();
    assert_void(&client, &first);
    app.instance.reset_limits();
    eve.post_nothing(RESEND).refused(ALREADY_VALID, RESEND);
    client.send("POST", RESEND, &[], b"").refused(NOT_LOGGED, RESEND);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn confirmation_links_are_limited_to_one_a_minute_and_ten_a_day() {
    let app = open();
    let eve = register(&app, Some("eve@b.example"));
    let retry = |longest: u32| {
        let refused = eve.post_nothing(RESEND);
        refused.refused(TOO_MANY_REQUESTS, RESEND);
        let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=longest).contains(&seconds), "{seconds}");
        seconds
    };
    for count in 1..10 {
        retry(60);
        app.instance.reset_short_limits();
        assert_eq!(eve.post_nothing(RESEND).status, 200, "{count}");
    }
    app.instance.reset_short_limits();
    assert!(retry(86_400) > 86_000);
    assert_eq!(app.rest(), [SUBJECT; 10]);
}

#[test]
fn registration_works_and_links_are_disabled_without_a_mail_server() {
    let app = TestApp::with("[users]\nregistration = 'open'").serve();
    let eve = register(&app, Some("eve@b.example"));
    eve.post_nothing(RESEND).refused(SERVICE_DISABLED, RESEND);
}
