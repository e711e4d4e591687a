//! What the forms of the pages need of an instance, and what is typed into them.

use super::form_table::CODES;
use crate::harness::{Authenticator, Browser, Builder, Mode, PASSWORD, TestApp};

pub fn plain() -> Builder {
    TestApp::builder()
}

pub fn totp() -> Builder {
    TestApp::builder().totp()
}

pub fn mail() -> Builder {
    TestApp::builder().mail()
}

pub fn email_factor() -> Builder {
    TestApp::builder().email_factor()
}

pub fn unconfirmed() -> Builder {
    TestApp::builder().mail_server(Mode::Plain).nox("user set ada --email ada@b.example")
}

pub fn demanding() -> Builder {
    TestApp::with("[login]\nrequire_second_factor = 'everybody'")
        .mail_server(Mode::Plain)
        .nox("user set ada --email ada@b.example --verified true")
}

pub fn confirming() -> Builder {
    TestApp::with("[users]\nregistration = 'open'\nrequire_email = true").mail_server(Mode::Plain)
}

/// Logs in, with a recovery code where one is asked for, and opens the account page.
pub fn enter(app: &mut TestApp, browser: &mut Browser) {
    if browser.log_in("ada").header("location") == Some("/login/code") {
        browser.get("/login/code");
        let code = app.ada.recovery_codes.pop().unwrap();
        browser.submit("/login/code", &[("identifier", "ada"), ("code", &code)]).leads("/account");
        app.instance.reset_limits();
    }
    browser.get("/account");
}

pub fn text(name: &'static str, value: impl Into<String>) -> (&'static str, String) {
    (name, value.into())
}

pub fn nothing(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    enter(app, browser);
    Vec::new()
}

pub fn recovery_code(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    enter(app, browser);
    vec![text("code", app.ada.recovery_codes.pop().unwrap())]
}

pub fn password() -> (&'static str, String) {
    text("current_password", PASSWORD)
}

/// Where the form ends that mails a code.
pub const MAILED: &str = "/account?done=code#message";
/// The form that adds a passkey, and where the forms of passkeys end.
const ADD: &str = "/account/passkeys/add";
pub const ADDED: &str = "/account?done=passkey#message";
pub const RENAMED: &str = "/account?done=passkey-renamed#message";
pub const OFF: &str = "/account?done=passkey-factor-off#message";
pub const REMOVED: &str = "/account?done=passkey-removed#message";

/// What a device answers that makes a passkey, for a user who sees the account page.
fn credential(browser: &mut Browser, device: &mut Authenticator) -> String {
    let page = browser.page.clone();
    let options = browser.submit("/account/passkeys/options", &[]).json();
    browser.page = page;
    device.create(&options).to_string()
}

pub fn new_passkey(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    enter(app, browser);
    vec![text("credential", credential(browser, &mut Authenticator::new()))]
}

/// Logs in, adds a passkey, and opens the account page.
pub fn with_passkey(app: &mut TestApp, browser: &mut Browser) -> Authenticator {
    enter(app, browser);
    let mut device = Authenticator::new();
    let credential = credential(browser, &mut device);
    browser.submit(ADD, &[("credential", &credential)]).leads(ADDED);
    browser.get("/account");
    device
}

pub fn old_passkey(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    with_passkey(app, browser);
    vec![text("passkey", browser.value("passkey").unwrap()), text("name", "Phone")]
}

/// One of the recovery codes that the page shows, which are kept then.
pub fn new_code(browser: &mut Browser) -> String {
    let shown = browser.get(CODES).text;
    browser.submit(CODES, &[]).leads("/account");
    browser.get("/account");
    shown.split_once("<li><code>").unwrap().1[..11].into()
}

pub fn no_factor(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    with_passkey(app, browser);
    vec![password()]
}

pub fn passkey_factor(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    with_passkey(app, browser);
    browser.submit("/account/passkeys/enable", &[("current_password", PASSWORD)]).leads(CODES);
    vec![text("code", new_code(browser))]
}

/// What a device answers to the options of a login, which leaves the page as it is.
pub fn assertion(browser: &mut Browser, device: &Authenticator) -> String {
    let page = browser.page.clone();
    let json = [("Content-Type", "application/json")];
    let options = browser.send("POST", "/api/auth/passkey/login/options", &json, "{}").data();
    browser.page = page;
    device.get(&options).to_string()
}

pub fn passkey_code(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    let device = with_passkey(app, browser);
    vec![text("credential", assertion(browser, &device))]
}

/// What a device answers that logs in, on the login page.
pub fn passkey_login(app: &mut TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    let device = with_passkey(app, browser);
    browser.submit("/account/logout", &[]);
    let credential = assertion(browser, &device);
    browser.get("/login");
    vec![text("credential", credential)]
}
