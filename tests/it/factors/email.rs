//! Codes by mail as a second factor: switched on, used, switched off.

use serde_json::json;

use crate::harness::{
    ALREADY_VALID, INVALID_FIELD, LOGIN, ME, MailServer, Mode, NOT_LOGGED, TestApp,
    VERIFICATION_REQUIRED, oathtool,
};

pub(super) const ENABLE: &str = "/api/auth/email/enable";

pub(super) const DISABLE: &str = "/api/auth/email/disable";

pub(super) const CODE: &str = "Your code for Nox";

/// A different code of the same form.
pub(super) fn other_than(code: &str) -> String {
    let first = if code.starts_with('7') { "8" } else { "7" };
    format!("{first}{}", &code[1..])
}

/// The code that is mailed when a login asks for one.
pub(super) fn code_of_login(app: &TestApp) -> String {
    app.instance.reset_limits();
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", CODE));
    mail.code()
}

#[test]
fn verified_address_alone_is_no_second_factor() {
    let app = TestApp::builder().mail().serve();
    assert_eq!(app.instance.factor("email"), false);
    assert_eq!(app.try_password().status, 200);
    app.ada.post(DISABLE, &json!({ "token": "123456" })).refused(INVALID_FIELD, DISABLE);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn enabling_email_gives_recovery_codes_and_ends_other_sessions() {
    let app = TestApp::builder().mail().serve();
    let other = app.log_in("ada");
    let code = app.mailed_code(&app.ada);
    app.ada.post(ENABLE, &json!({})).refused(INVALID_FIELD, ENABLE);
    app.ada.post(ENABLE, &json!({ "token": other_than(&code) })).refused(INVALID_FIELD, ENABLE);
    app.ada.post(ENABLE, &json!({ "token": "ABCDE-FGHJK" })).refused(INVALID_FIELD, ENABLE);
    assert_eq!((app.instance.factor("email"), other.get(ME).status), (json!(false), 200));

    let data = app.ada.post(ENABLE, &json!({ "token": code })).data();
    assert_eq!(
        (&data["enabled"], &data["message"]),
        (&json!(true), &json!("Codes by mail are on."))
    );
    assert_eq!(data["backup_codes"].as_array().unwrap().len(), 10);
    assert_eq!(app.instance.factor("email"), true);
    assert_eq!(app.instance.factor("recovery_codes"), 10);
    assert_eq!(app.ada.me()["twofa_enabled"], true);
    other.get(ME).refused(NOT_LOGGED, ME);
    app.ada.post(ENABLE, &json!({ "token": code })).refused(ALREADY_VALID, ENABLE);
    // That code cannot log in.
    app.try_code(&code).refused(INVALID_FIELD, LOGIN);
    let events = app.instance.events("ada");
    assert_eq!(
        events.iter().filter(|line| line["event"] == "email_factor.enabled").count(),
        1,
        "{events:?}"
    );
}

#[test]
fn unverified_address_gets_no_code_and_no_factor() {
    let app = TestApp::builder().mail().serve();
    let code = app.mailed_code(&app.ada);
    app.nox("user set ada --verified false");
    let send = "/api/auth/email/send";
    app.ada.post_nothing(send).refused_field("email", send);
    app.ada.post(ENABLE, &json!({ "token": code })).refused_field("email", ENABLE);
    assert_eq!(app.instance.factor("email"), false);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn login_with_an_app_enabled_mails_no_code_by_itself() {
    let app = TestApp::builder().email_factor().serve();
    let secret = app.instance.enroll("ada");
    assert_eq!(app.mails().next_mail().subject(), "Nox: An authenticator app was set up");
    let asked = app.try_password();
    asked.refused(VERIFICATION_REQUIRED, LOGIN);
    let methods = &asked.json()["data"]["methods"];
    assert_eq!((&methods[0]["enabled"], &methods[1]["enabled"]), (&json!(true), &json!(true)));
    app.try_code(&oathtool(&secret, 0)).token();
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn email_factor_is_disabled_by_a_code_alone() {
    let mut app = TestApp::builder().email_factor().serve();
    let asked = app.ada.post(DISABLE, &json!({}));
    asked.refused(VERIFICATION_REQUIRED, DISABLE);
    assert_eq!(asked.json()["data"]["methods"][0]["enabled"], true);
    let code = app.mails().next_mail().code();
    app.ada.post(DISABLE, &json!({ "token": other_than(&code) })).refused(INVALID_FIELD, DISABLE);
    assert_eq!(app.instance.factor("email"), true);
    let data = app.ada.post(DISABLE, &json!({ "token": code })).data();
    assert_eq!(data["disabled"], true);
    assert_eq!(
        (app.instance.factor("email"), app.instance.factor("recovery_codes")),
        (json!(false), json!(0))
    );
    assert_eq!(app.try_password().status, 200);
    assert_eq!(app.mails().next_mail().subject(), "Nox: Codes by mail were turned off");

    // A recovery code disables it as well; the former recovery codes are void.
    app.instance.reset_limits();
    let former = app.ada.recovery_codes[0].clone();
    app.enable_email_factor();
    app.ada.post(DISABLE, &json!({ "token": former })).refused(INVALID_FIELD, DISABLE);
    app.ada.post(DISABLE, &json!({ "token": app.ada.recovery_codes[0] })).data();
    assert_eq!(app.instance.factor("email"), false);
}

#[test]
fn email_factor_is_not_dropped_by_another_address() {
    let app = TestApp::builder().email_factor().serve();
    let body = json!({ "email": "new@b.example", "factor_code": app.ada.recovery_codes[0] });
    app.ada.post(ME, &body).refused_field("email", ME);
    let me = app.ada.me();
    assert_eq!(
        (&me["email"], &me["methods"]["email"]),
        (&json!("ada@b.example"), &json!("verified"))
    );
    // The current address is no change.
    app.ada.post(ME, &json!({ "email": "ada@b.example", "bio": "x" })).data();
}

#[test]
fn operator_changing_the_address_disables_its_factor_and_audits_it() {
    let app = TestApp::builder().email_factor().serve();
    app.nox("user set ada --email new@b.example --verified true");
    app.ada.get(ME).refused(NOT_LOGGED, ME);
    let data = app.try_password().data();
    assert_eq!(
        (&data["user"]["methods"]["email"], &data["user"]["twofa_enabled"]),
        (&json!("verified"), &json!(false))
    );
    let events = app.instance.events("ada");
    let off: Vec<_> =
        events.iter().filter(|line| line["event"] == "email_factor.disabled").collect();
    assert_eq!(off.len(), 1, "{events:?}");
    assert!(off[0]["by"].as_str().unwrap().starts_with("operator:"), "{events:?}");
    let mut told =
        [app.mails().next_mail(), app.mails().next_mail()].map(|mail| (mail.to().to_owned(), mail));
    told.sort_by_key(|(_, mail)| mail.subject().to_owned());
    let told: Vec<_> = told.iter().map(|(to, mail)| (to.as_str(), mail.subject())).collect();
    let (changed, off) =
        ("Nox: Your email address was changed", "Nox: Codes by mail were turned off");
    assert_eq!(told, [("ada@b.example", off), ("ada@b.example", changed)]);
}

#[test]
fn email_factor_without_mail_server_takes_other_codes() {
    let app = TestApp::builder().email_factor().serve();
    app.instance.configure("");
    let app = app.restart();
    let asked = app.try_password();
    asked.refused(VERIFICATION_REQUIRED, LOGIN);
    // Clients take recovery codes and codes of the operator in the field of this method.
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
    // A request without a challenge is answered as if a code had been sent.
    app.client().get("/api/auth/email/send", &[]).data();
    app.try_code(&app.ada.recovery_codes[0]).token();
    app.try_code(&app.instance.issue_code("ada")).token();
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
}

#[test]
fn silent_mail_server_delays_no_second_factor() {
    let app = TestApp::builder().email_factor().serve();
    let mails = MailServer::start(Mode::Silent);
    app.instance.configure(&mails.settings());
    let app = app.restart();
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
    app.try_code(&app.ada.recovery_codes[0]).token();
    mails.connected();
}
