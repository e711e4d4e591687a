//! `login.require_second_factor`: who logs in only after a second factor is set up.

use serde_json::{Value, json};

use crate::harness::{
    Answer, Browser, Builder, INVALID_FIELD, LOGIN, Mode, PASSWORD, TestApp, UNAUTHORIZED, oathtool,
};

const REGISTER: &str = "/api/auth/register";

pub(super) fn demanding(of: &str, more: &str) -> Builder {
    TestApp::with(&format!("[login]\nrequire_second_factor = '{of}'\n{more}")).user("bob")
}

fn log_in(app: &TestApp, name: &str) -> Answer {
    app.client().log_in(name, PASSWORD)
}

#[track_caller]
fn is_told_where_to_go(app: &TestApp, name: &str) {
    let refused = log_in(app, name);
    let message = refused.refused(UNAUTHORIZED, LOGIN);
    let sentence = "You are not authorized to log in before a second factor is set up at ";
    assert_eq!(message, format!("{sentence}http://localhost:53032/login."));
    assert_eq!((&refused.json()["data"], refused.header("set-cookie")), (&Value::Null, None));
}

pub(super) fn to_set_up(app: &TestApp, name: &str) -> Browser {
    let mut browser = app.browser();
    browser.log_in(name).leads("/login/set-up");
    browser.get("/login/set-up");
    browser
}

pub(super) fn finish(browser: &mut Browser, name: &str, code: &str) -> Answer {
    browser.submit("/login/set-up", &[("identifier", name), ("code", code)])
}

#[test]
fn demand_is_of_administrators_or_of_everybody() {
    for (of, ada, bob) in
        [("nobody", 200, 200), ("administrators", 401, 200), ("everybody", 401, 401)]
    {
        let app = demanding(of, "").nox("user set ada --admin true").serve();
        assert_eq!((log_in(&app, "ada").status, log_in(&app, "bob").status), (ada, bob), "{of}");
    }
}

#[test]
fn api_opens_no_session_and_names_the_page_in_both_dialects() {
    let app = demanding("everybody", "").serve();
    is_told_where_to_go(&app, "ada");
    let body = json!({ "identifier": "ada", "password": PASSWORD });
    app.client().post("/api/v2/auth/login", &body).refused_as("FORBIDDEN", 403);
    // Only the right password learns of it, and it counts as no failure.
    let wrong = app.client().log_in("ada", "hunter23");
    assert_eq!(wrong.refused(INVALID_FIELD, LOGIN), "Invalid field: password, is not correct.");
    for _ in 0..20 {
        is_told_where_to_go(&app, "ada");
    }
    let events = app.instance.events("ada");
    assert!(events.iter().all(|line| line["event"] != "session.opened"), "{events:?}");
    let log = app.log();
    assert!(log.contains("user=\"ada\" reason=second_factor_missing"), "{log}");
}

#[test]
fn page_leads_through_the_set_up_of_an_app_before_the_session_opens() {
    let app = demanding("everybody", "").serve();
    let mut browser = app.browser();
    browser.get("/login?return_to=%2Faccount%3Fx");
    let typed = [("identifier", "ada"), ("password", PASSWORD), ("return_to", "/account?x")];
    browser.submit("/login", &typed).leads("/login/set-up?return_to=%2Faccount%3Fx");
    let page = browser.get("/login/set-up?return_to=%2Faccount%3Fx");
    assert!(!page.text.contains("by=mail"), "without an address: {}", page.text);
    let secret = browser.secret();
    let wrong = finish(&mut browser, "ada", &oathtool(&secret, 900));
    assert_eq!(wrong.status, 400);
    assert_eq!(browser.secret(), secret, "the same app is shown again");
    let code = oathtool(&secret, 0);
    let typed = [("identifier", "ada"), ("code", code.as_str()), ("return_to", "/account?x")];
    browser
        .submit("/login/set-up", &typed)
        .leads("/account/recovery-codes?return_to=%2Faccount%3Fx");
    let codes = browser.get("/account/recovery-codes?return_to=%2Faccount%3Fx");
    assert_eq!(codes.text.matches("<li><code>").count(), 10, "{}", codes.text);
    let mark = browser.value("codes").unwrap();
    let kept = [("codes", mark.as_str()), ("return_to", "/account?x")];
    browser.submit("/account/recovery-codes", &kept).leads("/account?x");
    assert_eq!(browser.get("/account").status, 200);
    // From now on, a login asks for a code of this app.
    let mut other = app.browser();
    other.log_in("ada").leads("/login/code");
    let session = app.client().log_in_with_code("ada", PASSWORD, &oathtool(&secret, 1));
    assert_eq!(session.status, 200);
}

#[test]
fn confirmed_address_can_get_codes_by_mail_instead() {
    let app = demanding("everybody", "")
        .mail_server(Mode::Plain)
        .nox("user set ada --email ada@b.example --verified true")
        .serve();
    let mut browser = to_set_up(&app, "ada");
    assert!(browser.page.contains("href=\"/login/set-up?by=mail\""), "{}", browser.page);
    browser.get("/login/set-up?by=mail");
    browser.submit("/login/set-up/mail", &[("by", "mail")]).leads("/login/set-up?by=mail");
    let code = app.mails().next_mail().code();
    browser.get("/login/set-up?by=mail");
    let typed = |code| [("by", "mail"), ("identifier", "ada"), ("code", code)];
    assert_eq!(browser.submit("/login/set-up", &typed("000000")).status, 400);
    browser.submit("/login/set-up", &typed(&code)).leads("/account/recovery-codes");
    assert_eq!(browser.get("/account/recovery-codes").status, 200);
    assert_eq!(app.instance.user("ada")["factors"]["email"], true);
}

#[test]
fn unconfirmed_address_gets_no_codes() {
    let app = demanding("everybody", "")
        .mail_server(Mode::Plain)
        .nox("user set ada --email ada@b.example")
        .serve();
    let mut browser = to_set_up(&app, "ada");
    assert!(!browser.page.contains("by=mail"), "{}", browser.page);
    let refused = browser.submit("/login/set-up/mail", &[("by", "mail")]);
    assert_eq!(refused.status, 400);
    assert_eq!(app.rest(), [""; 0]);
}

#[test]
fn last_factor_stays_on_while_it_is_demanded() {
    let app = demanding("everybody", "").nox("user set ada --admin true").serve();
    let mut browser = to_set_up(&app, "ada");
    let secret = browser.secret();
    finish(&mut browser, "ada", &oathtool(&secret, 0));
    browser.get("/account");
    let code = oathtool(&secret, 1);
    let refused = browser.submit("/account/totp/disable", &[("code", &code)]);
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("must have a second factor"), "{}", refused.text);
    let user = app.client().log_in_with_code("ada", PASSWORD, &code).token();
    let ada = crate::harness::User::new(app.client(), user);
    let path = "/api/auth/totp/disable";
    let rule = ada.post(path, &json!({})).refused_field("type", path);
    assert!(rule.starts_with("is the only second factor, and this server demands one"), "{rule}");
    app.nox("totp reset ada");
    to_set_up(&app, "ada");
}

#[test]
fn removing_the_address_keeps_the_last_factor_that_is_demanded() {
    let app = TestApp::with("").email_factor().serve();
    app.instance.configure(&format!(
        "{}[login]\nrequire_second_factor = 'everybody'",
        app.mails().settings()
    ));
    let app = app.restart();
    let path = "/api/auth/methods/email/disable";
    let code = json!({ "token": app.ada.recovery_codes[0] });
    app.ada.post(path, &code).refused_field("email", path);
    let me = "/api/users/@me";
    app.ada.post(me, &json!({ "email": null })).refused_field("email", me);
    assert_eq!(app.ada.me()["twofa_enabled"], true);
}

#[test]
fn grace_begins_with_the_first_login_and_open_sessions_go_on() {
    let app = demanding("everybody", "second_factor_grace = '7d'").serve();
    assert!(app.nox("user show ada").contains("- (demanded)"));
    let token = log_in(&app, "ada").token();
    let shown = app.nox("user show ada");
    assert!(shown.contains("(demanded; logins without one until 20"), "{shown}");
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    let page = browser.get("/account").text;
    assert!(page.contains("Your account needs a second factor. Set one up before"), "{page}");
    // Seven days later.
    app.instance.sql("UPDATE users SET factor_demanded_at = factor_demanded_at - 604800001");
    is_told_where_to_go(&app, "ada");
    assert_eq!(app.client().me(&token).status, 200);
    assert_eq!(browser.get("/account").status, 200);
    // Bob has not logged in yet.
    log_in(&app, "bob").token();
}

#[test]
fn grace_begins_anew_after_a_login_without_the_demand() {
    let app = demanding("nobody", "").serve();
    app.instance.sql("UPDATE users SET factor_demanded_at = 1");
    log_in(&app, "ada").token();
    assert_eq!(app.instance.user("ada")["second_factor_grace_until"], Value::Null);
    app.instance
        .configure("[login]\nrequire_second_factor = 'everybody'\nsecond_factor_grace = '1h'");
    let app = app.restart();
    log_in(&app, "ada").token();
    is_told_where_to_go_at_last(&app);
}

fn is_told_where_to_go_at_last(app: &TestApp) {
    assert_ne!(app.instance.user("ada")["second_factor_grace_until"], Value::Null);
    app.instance.sql("UPDATE users SET factor_demanded_at = factor_demanded_at - 3600001");
    is_told_where_to_go(app, "ada");
}

#[test]
fn new_account_is_led_through_the_set_up_too() {
    let app = demanding("everybody", "[users]\nregistration = 'open'").serve();
    let body = json!({ "username": "eve", "password": PASSWORD });
    let answer = app.client().post(REGISTER, &body);
    let data = answer.data();
    assert_eq!((&data["verification_required"], &data["methods"]), (&json!(true), &json!([])));
    assert_eq!((&data["token"], &data["user"]["username"]), (&Value::Null, &json!("eve")));
    let message = data["message"].as_str().unwrap();
    assert!(message.ends_with("set one up at http://localhost:53032/login"), "{message}");
    assert_eq!(answer.header("set-cookie"), None);
    let mut browser = app.browser();
    browser.get("/register");
    let typed = [("username", "kay"), ("new_password", PASSWORD), ("email", "")];
    browser.submit("/register", &typed).leads("/login/set-up");
    browser.get("/login/set-up");
    let code = oathtool(&browser.secret(), 0);
    finish(&mut browser, "kay", &code).leads("/account/recovery-codes");
}

#[test]
fn doctor_and_the_list_name_who_misses_the_factor() {
    let app = demanding("everybody", "").nox("user set ada --admin true").serve();
    let doctor = app.nox("doctor");
    let line = doctor.lines().find(|line| line.contains("second factor")).unwrap();
    assert!(line.contains("warning") && line.contains("2 account(s) have no second"), "{line}");
    assert!(line.contains("among them the administrators ada:"), "{line}");
    assert_eq!(app.nox("user list --without-2fa").lines().count(), 2);
    app.nox("totp enroll ada --no-confirm");
    app.nox("totp enroll bob --no-confirm");
    assert!(app.nox("doctor").contains("every account that must have a second factor has one"));
}
