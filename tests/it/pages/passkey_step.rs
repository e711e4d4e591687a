//! A passkey in the place of a code, on the page that asks for one after the password.

use serde_json::{Value, json};

use crate::harness::{Authenticator, Browser, PASSKEYS, PASSWORD, TestApp};

const FORM: &str = "/login/passkey";
const PAGE: &str = "/login/code";
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];
const OPTIONS: &str = "/api/auth/passkey/login/options";

/// An account whose passkey is asked for after the password, with its device.
fn with_factor(app: &TestApp) -> Authenticator {
    let user = app.log_in("ada");
    let mut device = Authenticator::new();
    device.add_to(&user);
    user.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    device
}

/// A browser that has typed the password, and is asked for a code.
fn at_code(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.log_in("ada").leads(PAGE);
    browser.get(PAGE);
    browser
}

/// What the form of the page asks the browser for.
fn options(browser: &mut Browser) -> Value {
    let challenge = browser.page.split_once("data-challenge=\"").expect("the form").1;
    let body = json!({ "challenge": challenge.split('"').next().unwrap() }).to_string();
    let page = browser.page.clone();
    let options = browser.send("POST", OPTIONS, &JSON, &body).data();
    browser.page = page;
    options
}

#[test]
fn passkey_after_the_password_logs_in_and_leads_on() {
    let app = TestApp::new();
    let device = with_factor(&app);
    let mut browser = app.browser();
    browser.get("/login?return_to=/account/activity");
    let typed = [("identifier", "ada"), ("password", PASSWORD), ("return_to", "/account/activity")];
    browser.submit("/login", &typed).leads("/login/code?return_to=%2Faccount%2Factivity");
    browser.get("/login/code?return_to=/account/activity");
    let options = options(&mut browser);
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1, "{options}");
    let credential = device.get(&options).to_string();
    let name = browser.value("identifier").unwrap();
    assert_eq!(name, "ada");
    let fields =
        [("identifier", "ada"), ("credential", &credential), ("return_to", "/account/activity")];
    browser.submit(FORM, &fields).leads("/account/activity");
    assert_eq!(browser.get("/account").status, 200);
}

#[test]
fn refused_passkey_leaves_the_login_at_its_code() {
    let app = TestApp::new();
    let device = with_factor(&app);
    let mut browser = at_code(&app);
    let good = options(&mut browser);
    let stranger = Authenticator::new().get(&good).to_string();
    let stale = device.get(&json!({ "challenge": "AAAA" })).to_string();
    let page = browser.page.clone();
    for (credential, words) in [
        (stranger.as_str(), "This passkey opens no account here"),
        (stale.as_str(), "That took too long, or the page was too old. Try again."),
        ("", "This needs JavaScript"),
    ] {
        browser.page.clone_from(&page);
        let refused = browser.submit(FORM, &[("identifier", "ada"), ("credential", credential)]);
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains(words), "{}", refused.text);
        assert!(refused.text.contains("action=\"/login/code\""), "{}", refused.text);
        assert!(refused.text.contains("href=\"/login/code?lang=fr\""), "{}", refused.text);
    }
    let credential = device.get(&good).to_string();
    browser.submit(FORM, &[("identifier", "ada"), ("credential", &credential)]).leads("/account");
}

#[test]
fn passkey_of_another_account_is_refused_beside_the_password_of_this_one() {
    let app = TestApp::new();
    with_factor(&app);
    app.instance.add_user("bob", PASSWORD);
    let mut device = Authenticator::new();
    device.add_to(&app.log_in("bob"));
    let mut browser = at_code(&app);
    let credential = device.get(&options(&mut browser)).to_string();
    let refused = browser.submit(FORM, &[("identifier", "ada"), ("credential", &credential)]);
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("That passkey belongs to another account"), "{}", refused.text);
    browser.get("/account").leads("/login");
}

#[test]
fn form_of_a_login_that_another_tab_has_replaced_says_so() {
    let app = TestApp::new();
    with_factor(&app);
    app.instance.add_user("bob", PASSWORD);
    let bob = app.log_in("bob");
    Authenticator::new().add_to(&bob);
    bob.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    let mut browser = at_code(&app);
    let page = browser.page.clone();
    browser.log_in("bob").leads(PAGE);
    browser.page = page;
    let stranger = Authenticator::new().get(&json!({ "challenge": "AAAA" })).to_string();
    browser
        .submit(FORM, &[("identifier", "ada"), ("credential", &stranger)])
        .leads("/login?because=other");
}

#[test]
fn page_of_the_code_has_the_button_where_a_passkey_can_be_used() {
    let mut app = TestApp::new();
    with_factor(&app);
    assert!(at_code(&app).page.contains(&format!("action=\"{FORM}\"")));
    for (settings, why) in [
        ("[passkeys]\nenabled = false", "switched off"),
        ("[server]\npublic_url = 'http://127.0.0.1:53032'", "an address has none"),
        ("[server]\npublic_url = 'http://nox.localhost:53032'", "made for another domain"),
    ] {
        app.instance.configure(settings);
        app = app.restart();
        let page = at_code(&app).page;
        assert!(page.contains("action=\"/login/code\""), "{page}");
        assert!(!page.contains(FORM) && !page.contains("passkeys"), "{why}: {page}");
    }
    let app = TestApp::builder().totp().serve();
    assert!(!at_code(&app).page.contains(FORM), "without a passkey");
}
