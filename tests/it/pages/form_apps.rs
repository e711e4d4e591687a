//! What the forms of the pages need of an instance, and what is typed into them.

use crate::harness::{Browser, Builder, Mode, PASSWORD, TestApp};

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
