//! Codes by mail as a second factor: switched on, used, switched off.

use serde_json::json;

use crate::harness::{Home, MailServer, Mode, Person, oathtool};

pub(super) const ME: &str = "/api/users/@me";

pub(super) const LOGIN: &str = "/api/auth/login";

pub(super) const ENABLE: &str = "/api/auth/email/enable";

pub(super) const DISABLE: &str = "/api/auth/email/disable";

pub(super) const CODE: &str = "Your code for Nox";

/// A code that is not this one.
pub(super) fn other_than(code: &str) -> String {
    let first = if code.starts_with('7') { "8" } else { "7" };
    format!("{first}{}", &code[1..])
}

/// The code that is mailed when a login asks for one.
pub(super) fn code_of_login(home: &Home) -> String {
    home.forget_budgets();
    home.log_in().failure(20, 428, LOGIN);
    let mail = home.mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", CODE));
    mail.code()
}

#[test]
fn a_verified_address_alone_is_no_second_factor() {
    let home = Home::new();
    assert_eq!(home.state("email"), false);
    assert_eq!(home.log_in().status, 200);
    home.ada.post(DISABLE, &json!({ "token": "123456" })).failure(5, 400, DISABLE);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn its_first_code_switches_it_on_gives_recovery_codes_and_ends_the_other_sessions() {
    let home = Home::new();
    let other = Person::log_in(&home.server, "ada");
    let code = home.code_for(&home.ada);
    home.ada.post(ENABLE, &json!({})).failure(5, 400, ENABLE);
    home.ada.post(ENABLE, &json!({ "token": other_than(&code) })).failure(5, 400, ENABLE);
    home.ada.post(ENABLE, &json!({ "token": "ABCDE-FGHJK" })).failure(5, 400, ENABLE);
    assert_eq!((home.state("email"), other.get(ME).status), (json!(false), 200));

    let data = home.ada.post(ENABLE, &json!({ "token": code })).data();
    assert_eq!(data["enabled"], true);
    assert!(data["message"].is_string());
    assert_eq!(data["backup_codes"].as_array().unwrap().len(), 10);
    assert_eq!(home.state("email"), true);
    assert_eq!(home.state("recovery_codes"), 10);
    assert_eq!(home.ada.get(ME).data()["twofa_enabled"], true);
    other.get(ME).failure(7, 401, ME);
    home.ada.post(ENABLE, &json!({ "token": code })).failure(17, 400, ENABLE);
    // That code cannot log in.
    home.log_in_with(&code).failure(5, 400, LOGIN);
    let events = home.instance.events("ada");
    assert_eq!(
        events.iter().filter(|line| line["event"] == "email_factor.enabled").count(),
        1,
        "{events:?}"
    );
}

#[test]
fn an_address_that_is_not_verified_gets_no_code_and_no_factor() {
    let home = Home::new();
    let code = home.code_for(&home.ada);
    home.set(&["--verified", "false"]);
    let send = "/api/auth/email/send";
    let message = home.ada.ask(send).failure(5, 400, send);
    assert!(message.starts_with("Invalid field: email, "), "{message}");
    let message = home.ada.post(ENABLE, &json!({ "token": code })).failure(5, 400, ENABLE);
    assert!(message.starts_with("Invalid field: email, "), "{message}");
    assert_eq!(home.state("email"), false);
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn where_an_app_is_on_too_a_login_mails_nothing_by_itself() {
    let (home, _) = Home::with_factor();
    let secret = home.instance.enroll("ada");
    assert_eq!(home.mails.next_mail().subject(), "Nox: An authenticator app was switched on");
    let asked = home.log_in();
    asked.failure(20, 428, LOGIN);
    let methods = &asked.json()["data"]["methods"];
    assert_eq!((&methods[0]["enabled"], &methods[1]["enabled"]), (&json!(true), &json!(true)));
    home.log_in_with(&oathtool(&secret, 0)).token();
    assert_eq!(home.rest(), [""; 0]);
}

#[test]
fn it_is_switched_off_by_a_code_alone() {
    let (home, codes) = Home::with_factor();
    let asked = home.ada.post(DISABLE, &json!({}));
    asked.failure(20, 428, DISABLE);
    assert_eq!(asked.json()["data"]["methods"][0]["enabled"], true);
    let code = home.mails.next_mail().code();
    home.ada.post(DISABLE, &json!({ "token": other_than(&code) })).failure(5, 400, DISABLE);
    assert_eq!(home.state("email"), true);
    let data = home.ada.post(DISABLE, &json!({ "token": code })).data();
    assert_eq!(data["disabled"], true);
    assert_eq!((home.state("email"), home.state("recovery_codes")), (json!(false), json!(0)));
    assert_eq!(home.log_in().status, 200);
    assert_eq!(home.mails.next_mail().subject(), "Nox: Codes by mail were switched off");

    // A recovery code does it, too; the ones until now are worth nothing.
    home.forget_budgets();
    let fresh = home.switch_on();
    home.ada.post(DISABLE, &json!({ "token": codes[0] })).failure(5, 400, DISABLE);
    home.ada.post(DISABLE, &json!({ "token": fresh[0] })).data();
    assert_eq!(home.state("email"), false);
}

#[test]
fn a_user_cannot_drop_it_by_another_address() {
    let (home, codes) = Home::with_factor();
    let body = json!({ "email": "new@b.example", "factor_code": codes[0] });
    let message = home.ada.post(ME, &body).failure(5, 400, ME);
    assert!(message.starts_with("Invalid field: email, "), "{message}");
    let me = home.ada.get(ME).data();
    assert_eq!(
        (&me["email"], &me["methods"]["email"]),
        (&json!("ada@b.example"), &json!("verified"))
    );
    // The address that it is already is no change.
    home.ada.post(ME, &json!({ "email": "ada@b.example", "bio": "x" })).data();
}

#[test]
fn an_operator_who_changes_the_address_switches_it_off_and_the_audit_log_says_so() {
    let (home, _) = Home::with_factor();
    home.set(&["--email", "new@b.example", "--verified", "true"]);
    home.ada.get(ME).failure(7, 401, ME);
    let data = home.log_in().data();
    assert_eq!(
        (&data["user"]["methods"]["email"], &data["user"]["twofa_enabled"]),
        (&json!("verified"), &json!(false))
    );
    let events = home.instance.events("ada");
    let off: Vec<_> =
        events.iter().filter(|line| line["event"] == "email_factor.disabled").collect();
    assert_eq!(off.len(), 1, "{events:?}");
    assert_eq!(off[0]["by"], "operator");
    let mut told =
        [home.mails.next_mail(), home.mails.next_mail()].map(|mail| (mail.to().to_owned(), mail));
    told.sort_by_key(|(_, mail)| mail.subject().to_owned());
    let told: Vec<_> = told.iter().map(|(to, mail)| (to.as_str(), mail.subject())).collect();
    let (changed, off) =
        ("Nox: Your email address was changed", "Nox: Codes by mail were switched off");
    assert_eq!(told, [("ada@b.example", off), ("ada@b.example", changed)]);
}

#[test]
fn without_the_mail_server_the_factor_still_holds_and_lets_in_by_other_codes() {
    let (home, codes) = Home::with_factor();
    let Home { server, instance, .. } = home;
    server.stop();
    instance.configure("");
    let server = instance.serve();
    let client = server.client();
    let asked = client.log_in("ada", "hunter22");
    asked.failure(20, 428, LOGIN);
    // Its field is where recovery codes and the operator's code go.
    for (method, enabled) in
        asked.json()["data"]["methods"].as_array().unwrap().iter().zip([true, false])
    {
        assert_eq!(
            (&method["enabled"], &method["can_send"]),
            (&json!(enabled), &json!(false)),
            "{method}"
        );
        assert_eq!(method["details"]["sendable"], false, "{method}");
    }
    assert_eq!(asked.json()["data"]["methods"][0]["type"], "email");
    // Asked without saying for whom, it is answered as if sent.
    client.get("/api/auth/email/send", &[]).data();
    client.log_in_with_code("ada", "hunter22", &codes[0]).token();
    client.log_in_with_code("ada", "hunter22", &instance.issue_code("ada")).token();
    client.log_in("ada", "hunter22").failure(20, 428, LOGIN);
}

#[test]
fn a_mail_server_that_is_silent_holds_up_no_second_factor() {
    let (home, codes) = Home::with_factor();
    let Home { server, instance, .. } = home;
    server.stop();
    let mails = MailServer::start(Mode::Silent);
    instance.configure(&mails.settings());
    let server = instance.serve();
    server.client().log_in("ada", "hunter22").failure(20, 428, LOGIN);
    server.client().log_in_with_code("ada", "hunter22", &codes[0]).token();
    mails.connected();
}
