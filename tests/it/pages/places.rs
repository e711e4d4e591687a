//! Where messages stand: a refusal at the very field that is wrong, a success at its form.

use super::form_table::CASES;
use crate::harness::{Browser, PASSWORD, TestApp};

/// The account page says it once, at a field of a form that is open.
#[track_caller]
fn stands_at(page: &str, action: &str, field: &str) {
    let about = format!("{action} {field}");
    assert_eq!(page.matches("id=\"message\"").count(), 1, "{about}: {page}");
    let (before, after) = page.split_once("id=\"message\"").unwrap();
    let form = before.rsplit_once("<form ").unwrap().1;
    assert!(form.contains(&format!("action=\"{action}\"")), "{about}: {form}");
    let details = before.rfind("<details");
    let is_folded = details > before.rfind("</details>");
    assert!(!is_folded || before[details.unwrap()..].starts_with("<details open"), "{about}");
    let message = after.split_once('>').unwrap().0;
    assert!(message.contains("tabindex=\"-1\" autofocus"), "{about}: {message}");
    // The next field is the one that is wrong, and says so.
    let tag = after.split_once(&format!("name=\"{field}\"")).expect(&about);
    let start = tag.0.rsplit_once('<').unwrap().1;
    assert!(!tag.0.contains(" name="), "{about}: {}", tag.0);
    let tag = format!("{start}{}", tag.1.split_once('>').unwrap().0);
    assert!(tag.contains("aria-describedby=\"message"), "{about}: {tag}");
    assert!(tag.contains("aria-invalid=\"true\""), "{about}: {tag}");
    assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1, "{about}");
}

#[test]
fn refusal_stands_at_the_field_that_is_wrong() {
    let app = TestApp::builder().user("bob").mail().serve();
    app.nox("user set bob --email bob@b.example");
    let mut browser = app.browser();
    browser.log_in("ada");
    let long = "x".repeat(5000);
    for (action, fields, field) in [
        ("profile", &[("display", " ")][..], "display"),
        ("profile", &[("display", "Ada"), ("pronoun", &long)], "pronoun"),
        ("profile", &[("display", "Ada"), ("bio", &long)], "bio"),
        ("email", &[("email", "none"), ("current_password", PASSWORD)], "email"),
        ("email", &[("email", "bob@b.example"), ("current_password", PASSWORD)], "email"),
        ("email", &[("email", "ada@c.example"), ("current_password", "x")], "current_password"),
        ("password", &[("current_password", "x"), ("new_password", &long[..9])], "new_password"),
        (
            "password",
            &[("current_password", "x"), ("new_password", "another horse")],
            "current_password",
        ),
        ("password", &[("current_password", PASSWORD), ("new_password", "x")], "new_password"),
        ("mail-codes/enable", &[("mailed_code", "x")], "mailed_code"),
        (
            "mail-codes/enable",
            &[("mailed_code", "123456"), ("current_password", "x")],
            "current_password",
        ),
        ("export", &[("current_password", "x")], "current_password"),
        ("delete", &[("current_password", "x")], "current_password"),
    ] {
        browser.get("/account");
        let action = format!("/account/{action}");
        let refused = browser.submit(&action, fields);
        stands_at(&refused.text, &action, field);
        // A link cannot repeat the form, but leads to its page in the other language.
        assert!(refused.text.contains("<a href=\"/account?lang=fr\""), "{}", refused.text);
        app.instance.reset_limits();
    }
}

#[test]
fn refused_code_stands_at_the_code_of_its_own_form() {
    let mut app = TestApp::builder().totp().serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/login/code");
    let code = app.ada.recovery_codes.pop().unwrap();
    browser.submit("/login/code", &[("identifier", "ada"), ("code", &code)]).leads("/account");
    let change = [("email", "a@c.example"), ("code", "ABCDE-FGHJK")];
    for (action, fields) in [
        ("totp/disable", &change[1..]),
        ("recovery", &[("code", "12")]),
        ("email", &change),
        ("delete", &[("current_password", PASSWORD), change[1]]),
    ] {
        browser.get("/account");
        let action = format!("/account/{action}");
        let refused = browser.submit(&action, fields);
        stands_at(&refused.text, &action, "code");
        app.instance.reset_limits();
    }
}

#[test]
fn message_without_its_form_stands_at_the_top() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/account");
    // There is no factor that could be turned off.
    let refused = browser.submit("/account/recovery", &[("code", "123456")]);
    assert_eq!(refused.text.matches("id=\"message\"").count(), 1, "{}", refused.text);
    let top = refused.text.split_once("class=\"cards\"").unwrap().0;
    assert!(top.contains("id=\"message\""), "{top}");
}

#[test]
fn every_success_on_the_account_page_stands_at_its_form() {
    for case in CASES.iter().filter(|case| case.end.starts_with("/account?")) {
        let mut app = (case.app)().serve();
        let mut browser = app.browser();
        let _ = (case.prepare)(&mut app, &mut browser);
        assert!(case.end.ends_with("#message"), "{}", case.path);
        stands_below_the_top(&mut browser, case.end);
    }
}

fn stands_below_the_top(browser: &mut Browser, end: &str) {
    let page = browser.get(end).text;
    let (top, cards) = page.split_once("class=\"cards\"").unwrap();
    assert!(!top.contains("id=\"message\""), "{end}: {top}");
    assert_eq!(cards.matches("id=\"message\"").count(), 1, "{end}: {cards}");
    assert!(cards.contains("role=\"status\" tabindex=\"-1\""), "{end}: {cards}");
}
