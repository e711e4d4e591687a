//! What a visitor reads on the way in and out: whom to ask, what became of the session, and where
//! to go on.

use crate::harness::TestApp;

#[test]
fn session_that_was_ended_elsewhere_is_told_and_log_out_too() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    app.nox("session revoke --user ada");
    let to = "/login?because=session&return_to=/account";
    browser.get("/account").leads(to);
    assert!(browser.get(to).text.contains("Your session has ended. Log in again."));
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    browser.submit("/account/logout", &[]).leads("/login?because=out");
    assert!(browser.get("/login?because=out").text.contains("You are logged out."));
    browser.get("/account").leads("/login");
}

#[test]
fn opening_the_page_that_logs_out_ends_no_session() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.get("/logout").leads("/login");
    browser.log_in("ada").leads("/account");
    let page = browser.get("/logout").text;
    assert!(page.contains("Do you want to log out in this browser?"), "{page}");
    assert!(browser.get("/account").text.contains("Your account"));
    browser.submit("/account/logout", &[]).leads("/login?because=out");
}

#[test]
fn password_has_the_focus_after_a_wrong_one() {
    let app = TestApp::new();
    let mut browser = app.browser();
    let focused = |page: &str| {
        let end = page.find(" autofocus").unwrap();
        page[page[..end].rfind('<').unwrap()..end].to_owned()
    };
    assert!(focused(&browser.get("/login").text).contains("id=\"identifier\""));
    let refused = browser.submit("/login", &[("identifier", "ada"), ("password", "wrong horse")]);
    let field = focused(&refused.text);
    assert!(field.contains("id=\"password\""), "{field}");
    assert!(refused.text.contains("autofocus aria-describedby=\"message\""), "{}", refused.text);
}

#[test]
fn every_page_says_whom_to_ask_where_the_operator_set_it() {
    for (contact, shown) in [
        (
            "help@grenier.example",
            "<a href=\"mailto:help@grenier.example\">help@grenier.example</a>",
        ),
        ("https://grenier.example/help", "<a href=\"https://grenier.example/help\">"),
        ("Zoé on <Discord>", "Contact: Zoé on &#60;Discord&#62;<"),
        ("javascript:alert(1)@x", "Contact: javascript:alert(1)@x<"),
    ] {
        let app = TestApp::with(&format!("[instance]\ncontact = '{contact}'")).serve();
        let mut browser = app.browser();
        for path in ["/login", "/reset", "/nowhere"] {
            let page = browser.get(path).text;
            assert!(page.contains(shown), "{path}: {page}");
        }
        browser.log_in("ada").leads("/account");
        assert!(browser.get("/account").text.contains(shown));
    }
}
