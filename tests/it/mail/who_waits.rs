//! The pages tell a user who waits for a mail that none comes.

use serde_json::{Value, json};

use crate::harness::{Browser, LOGIN, Mode, TestApp, VERIFICATION_REQUIRED};

const NO_CODE: &str = "There is no valid code in your mailbox now.";
const MAIL_OFF: &str = "This server sends no mail now. Use a recovery code";

#[track_caller]
fn shows(browser: &Browser, text: &str) {
    assert!(browser.page.contains(text), "{text}: {}", browser.page);
}

/// Changes the address on the account page, and goes where that leads.
fn change_address(browser: &mut Browser, address: &str) {
    browser.get("/account");
    let fields = [("email", address), ("current_password", "hunter22")];
    let changed = browser.submit("/account/email", &fields);
    assert_eq!(changed.status, 303, "{}", changed.text);
    browser.get(changed.header("location").unwrap());
}

#[test]
fn login_whose_code_is_not_mailed_says_so() {
    let app = TestApp::builder().email_factor().serve();
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
    let code = app.mails().next_mail().code();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    shows(&browser, "A code is on its way to your mailbox.");
    shows(&browser, "autofocus");
    app.try_code(&code).token();
    // The next code is mailed in a minute at the earliest.
    browser.get("/login/code");
    shows(&browser, NO_CODE);
    let refused = browser.submit("/login/send", &[]);
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some() && refused.text.contains("Try again in"));
    app.instance.reset_limits();
    browser.get("/login/code");
    browser.submit("/login/send", &[]).leads("/login/code");
    browser.get("/login/code");
    shows(&browser, "A code is on its way to your mailbox.");
}

#[test]
fn login_by_mail_says_where_mail_is_off() {
    let app = TestApp::builder().email_factor().serve();
    app.instance.write("nox.toml", "");
    let app = app.restart();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    shows(&browser, MAIL_OFF);
    let code = app.instance.issue_code("ada");
    let fields = [("identifier", "ada"), ("code", code.as_str())];
    browser.submit("/login/code", &fields).leads("/account");
    browser.get("/account");
    let refused = browser.submit("/account/totp/setup", &[]);
    assert_eq!(refused.status, 428);
    assert!(refused.text.contains(MAIL_OFF), "{}", refused.text);
}

#[test]
fn change_of_the_address_says_what_became_of_its_link() {
    let app = TestApp::builder().mail_server(Mode::Plain).serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    change_address(&mut browser, "ada@b.example");
    shows(&browser, "A link that confirms it is on its way");
    change_address(&mut browser, "new@b.example");
    shows(&browser, "no link was mailed that confirms it, since another one was mailed");
    browser.get("/account");
    let refused = browser.submit("/account/email/resend", &[]);
    assert_eq!(refused.status, 429);

    let app = TestApp::builder().mail_server(Mode::Refusing).serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    change_address(&mut browser, "ada@b.example");
    shows(&browser, "no link could be mailed that confirms it");
    let refused = browser.submit("/account/email/resend", &[]);
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("The mail server refuses your address"), "{}", refused.text);
    app.nox("user set ada --verified true");
    browser.get("/account");
    let refused = browser.submit("/account/mail-codes/send", &[]);
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("The mail server refuses your address"), "{}", refused.text);

    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada");
    change_address(&mut browser, "ada@b.example");
    shows(&browser, "This server sends no mail, and so no link that confirms the address. Ask the");
}

/// What the API says of the link after a change of the address, and after a registration.
fn told(app: &TestApp, change: &Value, name: &str) -> [Option<String>; 2] {
    let registration =
        json!({ "username": name, "password": "hunter22", "email": format!("{name}@b.example") });
    let changed = app.ada.post("/api/users/@me", change).data();
    let registered = app.client().post("/api/auth/register", &registration).data();
    [changed, registered].map(|data| data.get("message").map(Value::to_string))
}

#[test]
fn api_says_what_became_of_the_link_for_a_new_address() {
    const OPEN: &str = "[users]\nregistration = 'open'";
    let change = json!({ "email": "ada@b.example" });
    let app = TestApp::with(OPEN).mail_server(Mode::Plain).session().serve();
    for message in told(&app, &change, "eve") {
        assert!(message.unwrap().contains("a link that confirms it is on its way"));
    }
    let limited = told(&app, &json!({ "email": "new@b.example" }), "eva");
    assert!(limited[0].as_ref().unwrap().contains("Too many attempts"), "{limited:?}");
    // Another change, and the same address again, need no link.
    let again = json!({ "email": "new@b.example", "display": "Ada" });
    assert_eq!(told(&app, &again, "evi")[0], None);

    let app = TestApp::with(OPEN).mail_server(Mode::Refusing).session().serve();
    let off = TestApp::with(OPEN).session().serve();
    for message in [told(&app, &change, "eve"), told(&off, &change, "eve")].concat() {
        let message = message.unwrap();
        assert!(message.contains("no link that confirms it could be sent now"), "{message}");
    }
}

const DELAYED: &str = "The mail server takes no mail at the moment";
const RETARDE: &str = "Le serveur de messagerie n’accepte pas de message pour le moment";

/// Submits a form of the account page that mails something, and goes where that leads.
fn ask_for_mail(browser: &mut Browser, form: &str) {
    browser.get("/account");
    let asked = browser.submit(form, &[]);
    assert_eq!(asked.status, 303, "{}", asked.text);
    browser.get(asked.header("location").unwrap());
}

#[test]
fn account_page_says_that_a_link_is_delayed_while_the_mail_server_is_down() {
    let mut app = TestApp::builder().mail_server(Mode::Plain).serve();
    app.end_mail_server();
    let mut browser = app.browser();
    browser.log_in("ada");
    change_address(&mut browser, "ada@b.example");
    shows(&browser, "The address is changed. The mail server takes no mail at the moment");
    // The link waits, so another try is told so, instead of a limit.
    ask_for_mail(&mut browser, "/account/email/resend");
    shows(&browser, "at the moment. Your link is mailed as soon as it does.");
    // That link is not for the next address.
    change_address(&mut browser, "new@b.example");
    shows(&browser, "no link was mailed that confirms it, since another one was mailed");
    browser.get("/account");
    assert_eq!(browser.submit("/account/email/resend", &[]).status, 429);

    app.nox("user set ada --verified true");
    for _ in 0..2 {
        ask_for_mail(&mut browser, "/account/mail-codes/send");
        shows(&browser, "at the moment. Your code is mailed as soon as it does.");
    }
}

#[test]
fn login_page_says_that_a_code_is_delayed_while_the_mail_server_is_down() {
    let mut app = TestApp::builder().email_factor().serve();
    app.end_mail_server();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    shows(&browser, DELAYED);
    browser.submit("/login/send", &[]).leads("/login/code");
    browser.get("/login/code");
    shows(&browser, DELAYED);
    let headers = [("Accept-Language", "fr")];
    browser.send("GET", "/login/code", &headers, "");
    shows(&browser, RETARDE);
    browser.get("/login/code");

    // A change that demands a code, too.
    let code = app.instance.issue_code("ada");
    let fields = [("identifier", "ada"), ("code", code.as_str())];
    browser.submit("/login/code", &fields).leads("/account");
    app.instance.reset_limits();
    for (form, fields) in
        [("/account/totp/setup", &[][..]), ("/account/delete", &[("current_password", "hunter22")])]
    {
        browser.get("/account");
        let refused = browser.submit(form, fields);
        assert_eq!(refused.status, 428, "{form}");
        let text = "This needs a code, and the mail server takes no mail at the moment.";
        assert!(refused.text.contains(text), "{form}: {}", refused.text);
    }
}

#[test]
fn api_says_that_a_mail_is_delayed_while_the_mail_server_is_down() {
    let mut app = TestApp::with("[users]\nregistration = 'open'")
        .mail_server(Mode::Plain)
        .email_factor()
        .serve();
    app.end_mail_server();
    let message = |data: &Value| data["message"].to_string();
    let asked = app.try_password();
    asked.refused(VERIFICATION_REQUIRED, LOGIN);
    let challenge = &asked.json()["data"]["methods"][0]["send_data"];
    for _ in 0..2 {
        let sent = app.client().post("/api/auth/email/send", challenge).data();
        assert!(message(&sent).contains(DELAYED), "{sent}");
        let sent = app.ada.post_nothing("/api/auth/email/send").data();
        assert!(message(&sent).contains(DELAYED), "{sent}");
    }
    let registration =
        json!({ "username": "eve", "password": "hunter22", "email": "eve@b.example" });
    let eve = app.client().post("/api/auth/register", &registration).data();
    assert!(message(&eve).contains(DELAYED), "{eve}");
    let eve = app.log_in("eve");
    for path in ["/api/email/resend", "/api/auth/methods/email/send"] {
        let sent = eve.post_nothing(path).data();
        assert!(message(&sent).contains(DELAYED), "{path}: {sent}");
    }
    app.instance.reset_limits();
    let address = json!({ "email": "eve@c.example" });
    let set = eve.post("/api/auth/methods/email/setup", &address).data();
    assert!(message(&set).contains(DELAYED), "{set}");
    app.instance.reset_limits();
    let set = eve.post("/api/users/@me", &json!({ "email": "eve@d.example" })).data();
    assert!(message(&set).contains(DELAYED), "{set}");
}

#[test]
fn mail_that_a_busy_server_takes_later_is_told_as_delayed_until_then() {
    let app = TestApp::builder().mail_server(Mode::Busy).serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    change_address(&mut browser, "ada@b.example");
    shows(&browser, DELAYED);
    app.mails().refused();
    app.mails().next_mail();
    browser.get("/account");
    let again = browser.submit("/account/email/resend", &[]);
    assert_eq!(again.status, 429, "{}", again.text);
}
