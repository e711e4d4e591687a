//! Passkeys on the pages, where a script has nothing to do.

use serde_json::json;

use super::form_apps::old_passkey;
use crate::harness::{Authenticator, PASSKEYS, TestApp};

#[test]
fn refused_name_of_a_passkey_stands_at_its_field_with_what_was_typed() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let [(_, id), _] = old_passkey(&mut app, &mut browser).try_into().unwrap();
    let long = "x".repeat(65);
    let fields = [("passkey", id.as_str()), ("name", &long)];
    let refused = browser.submit("/account/passkeys/rename", &fields);
    assert_eq!(refused.status, 400);
    let (before, field) = refused.text.split_once("id=\"message\"").unwrap();
    assert!(before.ends_with("<p class=\"error\" "), "{before}");
    assert!(field.contains("The name must be 1 to 64 characters long"), "{field}");
    assert!(field.contains(&format!("value=\"{long}\" required aria-describedby=\"message\"")));
}

#[test]
fn user_with_twenty_passkeys_is_told_to_remove_one_first() {
    let app = TestApp::logged_in();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    for _ in 0..20 {
        Authenticator::new().add_to(&app.ada);
    }
    let words = "You have 20 passkeys, and no more are possible.";
    // The page is older than the last of them.
    let refused = browser.submit("/account/passkeys/options", &[]);
    assert_eq!(refused.status, 400);
    let (_, message) = refused.text.split_once("id=\"message\"").unwrap();
    assert!(message.split_once("</p>").unwrap().0.contains(words), "{message}");
    let page = browser.get("/account").text;
    assert!(page.contains(words), "{page}");
    assert!(!page.contains("/account/passkeys/add"), "{page}");
    assert_eq!(page.matches("action=\"/account/passkeys/remove\"").count(), 20);
}

#[test]
fn code_is_called_by_what_a_user_has_beside_a_passkey() {
    let app = TestApp::new();
    let user = app.log_in("ada");
    Authenticator::new().add_to(&user);
    user.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    let page = browser.get("/login/code").text;
    assert!(page.contains(">Recovery code, or a code from a passkey</label>"), "{page}");
}

#[test]
fn server_without_passkeys_shows_none_of_it() {
    let settings = "[server]\npublic_url = 'http://127.0.0.1:53032'";
    for settings in [settings, "[passkeys]\nenabled = false"] {
        let app = TestApp::with(settings).serve();
        let mut browser = app.browser();
        let login = browser.get("/login").text;
        browser.log_in("ada").leads("/account");
        let account = browser.get("/account").text;
        for page in [login, account] {
            assert!(!page.to_lowercase().contains("passkey"), "{page}");
            assert!(!page.contains("webauthn"), "{page}");
        }
    }
}
