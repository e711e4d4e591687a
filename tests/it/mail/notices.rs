//! Notices: mails to a verified address about what happened to the account.

use nox::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Answer, Ended, INVALID_FIELD, JSON, LOGIN, ME, Mode, TestApp};

const NEW_DEVICE: &str = "Nox: New device on your account";
const NEW_PASSWORD: &str = "Nox: Your password was changed";
const ADDRESS: &str = "Nox: Your email address was changed";
const APP_ON: &str = "Nox: An authenticator app was set up";
const APP_OFF: &str = "Nox: The authenticator app was turned off";
const CODES_OFF: &str = "Nox: Codes by mail were turned off";
const RECOVERY_USED: &str = "Nox: A recovery code was used";
const RECOVERY_NEW: &str = "Nox: New recovery codes were made";
/// The upper bound of a login that waits for nothing.
const QUICK: i64 = 2_000;

fn log_in_with(app: &TestApp, agent: &str) -> Answer {
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    app.client().send("POST", LOGIN, &[JSON, ("User-Agent", agent)], body.as_bytes())
}

fn new_password() -> Value {
    json!({ "password": "hunter33", "current_password": "hunter22" })
}

/// Checks that the next mail to the old address has this subject.
#[track_caller]
fn expect_notice(app: &TestApp, subject: &str) {
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", subject), "{mail:?}");
}

#[test]
fn login_from_a_new_device_is_notified_once() {
    let app = TestApp::builder().mail().serve();
    log_in_with(&app, "Unity 7").token();
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", NEW_DEVICE));
    for part in
        ["Hello ada,", "127.0.0.1", "Unity", " UTC", "http://localhost:53032/account#devices"]
    {
        assert!(mail.text().contains(part) && mail.html().contains(part), "{part}: {mail:?}");
    }
    log_in_with(&app, "Unity 7").token();
    app.try_password().token();
    log_in_with(&app, "Unity 8").token();
    expect_notice(&app, NEW_DEVICE);
    let events = app.instance.events("ada");
    let count = |name: &str| events.iter().filter(|line| line["event"] == name).count();
    assert_eq!((count("session.opened.new_device"), count("session.opened")), (2, 3), "{events:?}");
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn first_login_and_failed_login_are_not_notified() {
    let app = TestApp::builder().user("bob").mail().serve();
    app.nox("user set bob --email bob@b.example --verified true");
    app.log_in("bob");
    let body = json!({ "identifier": "ada", "password": "hunter33" }).to_string();
    let client = app.client();
    let failed = client.send("POST", LOGIN, &[JSON, ("User-Agent", "Unity 7")], body.as_bytes());
    assert_eq!(failed.status, 400);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn new_password_is_notified_by_user_and_operator() {
    let app = TestApp::builder().mail().serve();
    app.ada.post(ME, &new_password()).data();
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", NEW_PASSWORD));
    assert!(mail.text().contains("IP address: 127.0.0.1"), "{mail:?}");
    app.instance.set_password("ada", "hunter44");
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", NEW_PASSWORD));
    assert!(mail.text().contains("The operator of Nox did this."), "{mail:?}");
    for secret in ["hunter33", "hunter44"] {
        assert!(!mail.text().contains(secret) && !mail.html().contains(secret), "{mail:?}");
    }
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn new_address_is_notified_at_the_old_one() {
    let app = TestApp::builder().mail().serve();
    app.ada.post(ME, &json!({ "email": "new@b.example" })).data();
    let mut told = [app.mails().next_mail(), app.mails().next_mail()]
        .map(|m| (m.to().to_owned(), m.subject().to_owned()));
    told.sort();
    let link = ("new@b.example".to_owned(), "Confirm your address for Nox".to_owned());
    assert_eq!(told, [("ada@b.example".into(), ADDRESS.into()), link]);
    assert_eq!(app.rest(), [""; 0]);

    let app = TestApp::builder().mail().serve();
    app.instance.ok(&["user", "set", "ada", "--email", ""], "");
    expect_notice(&app, ADDRESS);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn change_of_the_app_is_notified() {
    let mut app = TestApp::builder().mail().serve();
    app.ada.enable_app();
    expect_notice(&app, APP_ON);
    app.ada.post("/api/auth/totp/disable", &json!({ "token": app.ada.code(1) })).data();
    expect_notice(&app, APP_OFF);
    app.instance.enroll("ada");
    expect_notice(&app, APP_ON);
    app.nox("totp reset ada");
    expect_notice(&app, APP_OFF);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn disabling_codes_by_mail_is_notified() {
    // The builder has taken the notice that codes by mail were switched on.
    let mut app = TestApp::builder().email_factor().serve();
    app.ada
        .post("/api/auth/email/disable", &json!({ "token": app.instance.issue_code("ada") }))
        .data();
    expect_notice(&app, CODES_OFF);
    app.enable_email_factor();
    app.nox("totp reset ada");
    expect_notice(&app, CODES_OFF);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn used_and_renewed_recovery_codes_are_notified() {
    let app = TestApp::builder().email_factor().serve();
    app.try_code(&app.ada.recovery_codes[0]).token();
    expect_notice(&app, RECOVERY_USED);
    app.try_code(&app.ada.recovery_codes[0]).refused(INVALID_FIELD, LOGIN);
    let renew = "/api/auth/recovery/renew";
    app.ada.post(renew, &json!({ "token": app.instance.issue_code("ada") })).data();
    expect_notice(&app, RECOVERY_NEW);
    app.nox("totp recovery ada");
    expect_notice(&app, RECOVERY_NEW);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn refused_changes_and_an_unchanged_name_are_not_notified() {
    let app = TestApp::builder().mail().serve();
    app.ada.post(ME, &json!({ "username": "ada" })).data();
    let mut wrong = new_password();
    wrong["current_password"] = "hunter44".into();
    assert_eq!(app.ada.post(ME, &wrong).status, 400);
    app.instance.enroll("ada");
    expect_notice(&app, APP_ON);
    let ada = app.log_in_by(&app.instance.issue_code("ada"));
    assert_eq!(ada.post(ME, &json!({ "email": "new@b.example" })).status, 428);
    assert_eq!(ada.post("/api/auth/totp/disable", &json!({ "token": "ABCDE-FGHJK" })).status, 400);
    assert_eq!(ada.post(ME, &json!({ "bio": "x" })).status, 200);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn new_name_by_the_user_or_the_operator_is_notified() {
    let app = TestApp::builder().mail().serve();
    app.ada.post(ME, &json!({ "username": "countess" })).data();
    expect_notice(&app, "Nox: Your username was changed");
    app.ada.post(ME, &json!({ "username": "ada" })).data();
    expect_notice(&app, "Nox: Your username was changed");
    app.nox("user rename ada ada");
    app.nox("user rename ada lovelace");
    expect_notice(&app, "Nox: Your username was changed");
    app.nox("user set lovelace --admin true");
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn unverified_address_gets_no_notice_and_changes_are_audited() {
    let app = TestApp::builder().mail().serve();
    app.nox("user set ada --verified false");
    log_in_with(&app, "Unity 7").token();
    app.ada.post(ME, &new_password()).data();
    app.instance.enroll("ada");
    app.nox("totp recovery ada");
    app.nox("totp reset ada");
    app.nox("user set ada --email new@b.example");
    let events = app.instance.events("ada");
    for (name, count) in [
        ("session.opened.new_device", 1),
        ("password.changed", 1),
        ("totp.enabled", 1),
        ("recovery_codes.renewed", 1),
        ("totp.disabled", 1),
        ("email.changed", 2),
    ] {
        assert_eq!(
            events.iter().filter(|line| line["event"] == name).count(),
            count,
            "{name}: {events:?}"
        );
    }
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn silent_mail_server_delays_neither_logins_nor_shutdown() {
    let app = TestApp::builder().mail_server(Mode::Silent).confirmed().serve();
    for number in 0..8 {
        let before = Timestamp::now().millis();
        log_in_with(&app, &format!("Unity {number}")).token();
        let took = Timestamp::now().millis() - before;
        assert!(took < QUICK, "{took} ms");
    }
    app.mails().connected();
    let before = Timestamp::now().millis();
    let Ended { status, log, .. } = app.server.stop();
    let took = Timestamp::now().millis() - before;
    assert_eq!(status.code(), Some(0));
    assert!(took < 10_000, "{took} ms");
    assert!(log.contains("mails were still being sent"), "{log}");
    let found = app.instance.run(&["doctor"], "").stdout;
    assert!(found.contains("mails were still being sent"), "{found}");
}

#[test]
fn shutdown_waits_for_queued_mail_and_a_second_signal_ends_it() {
    for (grace, signals) in [("1s", 1), ("1h", 2)] {
        let settings = format!("[limits]\nshutdown_grace = '{grace}'");
        let app = TestApp::with(&settings).mail_server(Mode::Silent).confirmed().serve();
        log_in_with(&app, "Unity 7").token();
        app.mails().connected();
        let before = Timestamp::now().millis();
        for _ in 1..signals {
            app.server.signal(rustix::process::Signal::TERM);
            // The first signal has been handled once no connection is accepted any more.
            let client = app.client();
            while client.try_get("/healthz") {
                assert!(Timestamp::now().millis() - before < 4_000, "the server still listens");
            }
        }
        assert_eq!(app.server.stop().status.code(), Some(0));
        let took = Timestamp::now().millis() - before;
        assert!(took < 4_000, "{grace}: {took} ms");
    }
}

#[test]
fn refused_mail_is_logged_with_its_cause_and_delays_nothing() {
    let app = TestApp::builder().mail_server(Mode::Refusing).confirmed().serve();
    log_in_with(&app, "Unity 7").token();
    let log = app.log();
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains("a mail was not sent")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(
        lines[0].contains("WARN") && lines[0].contains("nobody of that name lives here"),
        "{log}"
    );

    let mut app = TestApp::builder().mail().serve();
    app.end_mail_server();
    let before = Timestamp::now().millis();
    log_in_with(&app, "Unity 7").token();
    assert!(Timestamp::now().millis() - before < QUICK);
    let log = app.log();
    assert!(log.contains("a mail was not sent") && log.contains("Connection refused"), "{log}");
}

#[test]
fn queued_mail_is_sent_at_shutdown() {
    let app = TestApp::builder().mail().serve();
    for number in 0..12 {
        log_in_with(&app, &format!("Unity {number}")).token();
    }
    assert_eq!(app.rest(), [NEW_DEVICE; 12]);
}

#[test]
fn notices_are_limited_to_thirty_a_day() {
    let app = TestApp::builder().mail().serve();
    for number in 0..32 {
        log_in_with(&app, &format!("Unity {number}")).token();
    }
    let stopped = app.stop();
    assert_eq!(stopped.subjects, [NEW_DEVICE; 30]);
    let log = stopped.log;
    assert_eq!(
        log.lines().filter(|line| line.contains("a notice was not mailed")).count(),
        2,
        "{log}"
    );
}
