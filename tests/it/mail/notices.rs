//! Notices: a mail to a verified address for what has happened to the account.

use nox::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Answer, Home, MailServer, Mode, Person, oathtool};

const ME: &str = "/api/users/@me";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const NEW_DEVICE: &str = "Nox: Your account was entered from a new device";
const PASSWORD: &str = "Nox: Your password was changed";
const ADDRESS: &str = "Nox: Your email address was changed";
const APP_ON: &str = "Nox: An authenticator app was switched on";
const APP_OFF: &str = "Nox: The authenticator app was switched off";
const CODES_OFF: &str = "Nox: Codes by mail were switched off";
const RECOVERY_USED: &str = "Nox: A recovery code was used";
const RECOVERY_NEW: &str = "Nox: New recovery codes were made";
/// The slowest login that is held up by nothing.
const QUICK: i64 = 2_000;

fn log_in_with(home: &Home, agent: &str) -> Answer {
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    home.server.client().send(
        "POST",
        "/api/auth/login",
        &[JSON, ("User-Agent", agent)],
        body.as_bytes(),
    )
}

fn new_password() -> Value {
    json!({ "password": "hunter33", "current_password": "hunter22" })
}

/// Checks that the next mail to the old address has this subject.
#[track_caller]
fn is_told(home: &Home, subject: &str) {
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", subject), "{mail:?}");
}

#[test]
fn a_login_from_a_new_device_is_told_once() {
    let home = Home::new();
    log_in_with(&home, "Unity 7").token();
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", NEW_DEVICE));
    for part in ["Hello ada,", "From 127.0.0.1, with Unity 7.", " UTC (localhost:53032)."] {
        assert!(mail.text().contains(part) && mail.html().contains(part), "{part}: {mail:?}");
    }
    log_in_with(&home, "Unity 7").token();
    home.log_in().token();
    log_in_with(&home, "Unity 8").token();
    is_told(&home, NEW_DEVICE);
    let events = home.instance.events("ada");
    let count = |name: &str| events.iter().filter(|line| line["event"] == name).count();
    assert_eq!((count("session.opened.new_device"), count("session.opened")), (2, 3), "{events:?}");
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_first_login_and_one_that_fails_are_no_news() {
    let home = Home::new();
    home.instance.add_user("bob", "hunter22");
    home.instance.ok(&["user", "set", "bob", "--email", "bob@b.example", "--verified", "true"], "");
    Person::log_in(&home.server, "bob");
    let body = json!({ "identifier": "ada", "password": "hunter33" }).to_string();
    let client = home.server.client();
    let failed =
        client.send("POST", "/api/auth/login", &[JSON, ("User-Agent", "Unity 7")], body.as_bytes());
    assert_eq!(failed.status, 400);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_new_password_is_told_whoever_set_it() {
    let home = Home::new();
    home.ada.post(ME, &new_password()).data();
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", PASSWORD));
    assert!(mail.text().contains("From 127.0.0.1, with "), "{mail:?}");
    home.instance.ok(&["user", "passwd", "ada", "--password-stdin"], "hunter44");
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", PASSWORD));
    assert!(mail.text().contains("The operator of the server did it."), "{mail:?}");
    for secret in ["hunter33", "hunter44"] {
        assert!(!mail.text().contains(secret) && !mail.html().contains(secret), "{mail:?}");
    }
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_new_address_is_told_at_the_old_one() {
    let home = Home::new();
    home.ada.post(ME, &json!({ "email": "new@b.example" })).data();
    let mut told = [home.mails.next_mail(), home.mails.next_mail()]
        .map(|m| (m.to().to_owned(), m.subject().to_owned()));
    told.sort();
    let link = ("new@b.example".to_owned(), "Confirm your address for Nox".to_owned());
    assert_eq!(told, [("ada@b.example".into(), ADDRESS.into()), link]);
    assert_eq!(home.rest(), [""; 0]);

    let home = Home::new();
    home.set(&["--email", ""]);
    is_told(&home, ADDRESS);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_change_of_the_app_is_told() {
    let home = Home::new();
    let secret = home.ada.ask("/api/auth/totp/setup").data()["secret"].as_str().unwrap().to_owned();
    home.ada.post("/api/auth/totp/enable", &json!({ "token": oathtool(&secret, 0) })).data();
    is_told(&home, APP_ON);
    home.ada.post("/api/auth/totp/disable", &json!({ "token": oathtool(&secret, 1) })).data();
    is_told(&home, APP_OFF);
    home.instance.enroll("ada");
    is_told(&home, APP_ON);
    home.instance.ok(&["totp", "reset", "ada"], "");
    is_told(&home, APP_OFF);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn codes_by_mail_that_are_switched_off_are_told() {
    // That they are switched on is told, too: else the box would have nothing for this.
    let (home, _) = Home::with_factor();
    home.ada
        .post("/api/auth/email/disable", &json!({ "token": home.instance.issue_code("ada") }))
        .data();
    is_told(&home, CODES_OFF);
    home.switch_on();
    home.instance.ok(&["totp", "reset", "ada"], "");
    is_told(&home, CODES_OFF);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_recovery_code_that_was_used_and_new_ones_are_told() {
    let (home, codes) = Home::with_factor();
    home.log_in_with(&codes[0]).token();
    is_told(&home, RECOVERY_USED);
    home.log_in_with(&codes[0]).failure(5, 400, "/api/auth/login");
    let renew = "/api/auth/recovery/renew";
    home.ada.post(renew, &json!({ "token": home.instance.issue_code("ada") })).data();
    is_told(&home, RECOVERY_NEW);
    home.instance.ok(&["totp", "recovery", "ada"], "");
    is_told(&home, RECOVERY_NEW);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn what_was_refused_is_not_told_and_a_new_name_is_no_news() {
    let home = Home::new();
    home.ada.post(ME, &json!({ "username": "lovelace" })).data();
    home.ada.post(ME, &json!({ "username": "ada" })).data();
    let mut wrong = new_password();
    wrong["current_password"] = "hunter44".into();
    assert_eq!(home.ada.post(ME, &wrong).status, 400);
    home.instance.enroll("ada");
    is_told(&home, APP_ON);
    let ada = home.log_in_with(&home.instance.issue_code("ada")).token();
    let ada = Person::with_token(&home.server, ada);
    assert_eq!(ada.post(ME, &json!({ "email": "new@b.example" })).status, 428);
    assert_eq!(ada.post("/api/auth/totp/disable", &json!({ "token": "ABCDE-FGHJK" })).status, 400);
    assert_eq!(ada.post(ME, &json!({ "bio": "x" })).status, 200);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn an_address_that_is_not_verified_gets_no_notice_and_the_audit_log_has_it_all_the_same() {
    let home = Home::new();
    home.set(&["--verified", "false"]);
    log_in_with(&home, "Unity 7").token();
    home.ada.post(ME, &new_password()).data();
    home.instance.enroll("ada");
    home.instance.ok(&["totp", "recovery", "ada"], "");
    home.instance.ok(&["totp", "reset", "ada"], "");
    home.set(&["--email", "new@b.example"]);
    let events = home.instance.events("ada");
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
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn a_mail_server_that_is_silent_holds_up_no_login_and_not_the_end() {
    let home = Home::with(Mode::Silent, "");
    for number in 0..8 {
        let before = Timestamp::now().millis();
        log_in_with(&home, &format!("Unity {number}")).token();
        let took = Timestamp::now().millis() - before;
        assert!(took < QUICK, "{took} ms");
    }
    home.mails.connected();
    let before = Timestamp::now().millis();
    let (status, _, log) = home.server.stop();
    let took = Timestamp::now().millis() - before;
    assert_eq!(status.code(), Some(0));
    assert!(took < 10_000, "{took} ms");
    assert!(log.contains("mails were still on their way"), "{log}");
}

#[test]
fn the_grace_of_a_stop_is_that_of_its_mails_and_a_second_signal_ends_it_at_once() {
    for (grace, signals) in [("1s", 1), ("1h", 2)] {
        let home = Home::with(Mode::Silent, &format!("[limits]\nshutdown_grace = '{grace}'"));
        log_in_with(&home, "Unity 7").token();
        home.mails.connected();
        let before = Timestamp::now().millis();
        for _ in 1..signals {
            home.server.signal(rustix::process::Signal::TERM);
            // The first has been noticed once nobody is let in any more.
            let client = home.server.client();
            while client.try_get("/healthz") {
                assert!(Timestamp::now().millis() - before < 4_000, "it still listens");
            }
        }
        assert_eq!(home.server.stop().0.code(), Some(0));
        let took = Timestamp::now().millis() - before;
        assert!(took < 4_000, "{grace}: {took} ms");
    }
}

#[test]
fn a_mail_that_the_server_does_not_take_is_logged_with_its_cause_and_holds_up_nothing() {
    let home = Home::with(Mode::Refusing, "");
    log_in_with(&home, "Unity 7").token();
    let (log, _) = home.stop();
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains("a mail was not sent")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(
        lines[0].contains("WARN") && lines[0].contains("nobody of that name lives here"),
        "{log}"
    );

    let mails = MailServer::start(Mode::Plain);
    let (instance, server, _) = Person::at_home(&mails.settings());
    instance.ok(&["user", "set", "ada", "--email", "ada@b.example", "--verified", "true"], "");
    drop(mails);
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    let before = Timestamp::now().millis();
    let headers = [JSON, ("User-Agent", "Unity 7")];
    server.client().send("POST", "/api/auth/login", &headers, body.as_bytes()).token();
    assert!(Timestamp::now().millis() - before < QUICK);
    let (_, _, log) = server.stop();
    assert!(log.contains("a mail was not sent") && log.contains("Connection refused"), "{log}");
}

#[test]
fn what_is_queued_when_the_server_is_stopped_is_sent() {
    let home = Home::new();
    for number in 0..12 {
        log_in_with(&home, &format!("Unity {number}")).token();
    }
    assert_eq!(home.rest(), [NEW_DEVICE; 12]);
}

#[test]
fn thirty_notices_a_day_are_mailed_at_most() {
    let home = Home::new();
    for number in 0..32 {
        log_in_with(&home, &format!("Unity {number}")).token();
    }
    let (log, rest) = home.stop();
    assert_eq!(rest, [NEW_DEVICE; 30]);
    assert_eq!(
        log.lines().filter(|line| line.contains("a notice was not mailed")).count(),
        2,
        "{log}"
    );
}
