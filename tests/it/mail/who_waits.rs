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
    shows(&browser, "This server sends no mail: ask its operator to confirm the address.");
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
