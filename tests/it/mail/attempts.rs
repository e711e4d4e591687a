//! Mails that a server does not take at once: tried again, or given up and said to who waits.

use serde_json::json;

use crate::harness::{Mode, TOO_MANY_REQUESTS, TestApp};

const RESEND: &str = "/api/email/resend";
const SETUP: &str = "/api/auth/methods/email/setup";
const SEND: &str = "/api/auth/email/send";

/// What `nox doctor` says of mail.
fn found(app: &TestApp) -> String {
    let found = app.instance.run(&["doctor"], "").stdout;
    found.lines().filter(|line| line.contains("\tmail\t")).collect::<Vec<_>>().join("\n")
}

#[test]
fn mail_that_is_greylisted_is_tried_again() {
    let app = TestApp::builder().mail_server(Mode::Busy).session().serve();
    let set = app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert!(set["message"].as_str().unwrap().contains("takes no mail at the moment"), "{set}");
    assert_eq!(app.mails().refused(), "ada@b.example");
    let mail = app.mails().next_mail();
    assert_eq!(mail.to(), "ada@b.example");
    app.client().get(&format!("/api/email/confirmation?token={}", mail.token()), &[]).data();
    assert!(found(&app).contains("no mail was given up"), "{}", found(&app));
    let log = app.log();
    assert!(log.contains("is tried again") && log.contains("451 4.7.1 greylisted"), "{log}");
}

#[test]
fn mail_that_waits_for_its_next_attempt_gets_it_when_the_server_stops() {
    let app = TestApp::builder().mail_server(Mode::Busy).session().serve();
    app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert_eq!(app.mails().refused(), "ada@b.example");
    assert_eq!(app.stop().subjects, ["Confirm your address for Nox"]);
}

#[test]
fn mail_server_that_is_down_at_the_stop_is_told_by_log_and_doctor() {
    let mut app = TestApp::builder().mail_server(Mode::Plain).session().serve();
    app.end_mail_server();
    let set = app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert!(set["message"].as_str().unwrap().contains("takes no mail at the moment"), "{set}");
    let TestApp { server, instance, .. } = app;
    let log = server.stop().log;
    assert!(log.contains("is tried again") && log.contains("a mail was not sent"), "{log}");
    let found = instance.run(&["doctor"], "").stdout;
    let words = ["warning\tmail\t1 mail(s) were given up", "Connection refused", "127.0.0.1:"];
    assert!(words.iter().all(|words| found.contains(words)), "{found}");
}

#[test]
fn refused_mail_is_told_to_who_waits_and_does_not_count_for_the_minute() {
    let app = TestApp::builder().mail_server(Mode::Refusing).session().serve();
    for _ in 0..3 {
        let set = app.ada.post(SETUP, &json!({ "email": "bad@b.example" })).data();
        let message = set["message"].as_str().unwrap();
        assert!(message.contains("no link"), "{message}");
        assert!(message.contains("must be one that mail can be sent to"), "{message}");
        app.ada.post_nothing(RESEND).refused_field("email", RESEND);
    }
    app.nox("user set ada --verified true");
    for _ in 0..3 {
        app.ada.post_nothing(SEND).refused_field("email", SEND);
    }
    assert!(found(&app).starts_with("warning\tmail\t9 mail(s) were given up"), "{}", found(&app));
    assert!(found(&app).contains("nobody of that name lives here"), "{}", found(&app));
    // The limit for a day still counts them.
    for _ in 3..10 {
        app.ada.post_nothing(SEND).refused_field("email", SEND);
    }
    app.ada.post_nothing(SEND).refused(TOO_MANY_REQUESTS, SEND);
}

#[test]
fn settings_that_no_server_accepts_are_told_to_who_waits() {
    let settings = "user = 'nox'\npassword = 'x'";
    let app = TestApp::with(settings).mail_server(Mode::Plain).session().serve();
    let set = app.ada.post(SETUP, &json!({ "email": "ada@b.example" })).data();
    assert!(set["message"].as_str().unwrap().contains("trying to send the mail"), "{set}");
    let refused = app.ada.post_nothing(RESEND);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (500, &json!(9)));
    assert!(refused.text.contains("trying to send the mail"), "{}", refused.text);
    assert!(found(&app).contains("offers no login"), "{}", found(&app));
}
