//! What the pages say of a code that is not taken: one that cannot be a code, one that is wrong,
//! and one of an authenticator app, whose clock may be wrong.

use super::form_table::CASES;
use crate::harness::{Browser, TestApp, oathtool};

const NO_CODE: &str = "That cannot be a code";
const WRONG: &str = "That code is wrong, has expired or was used already.";
const CLOCK: &str = "clock shows";

/// Sends a code, and checks what the page says of it and whether it speaks of clocks.
#[track_caller]
fn refused(browser: &mut Browser, path: &str, code: &str, expected: (&str, bool)) {
    let page = if path.starts_with("/login") { path } else { "/account" };
    browser.get(page);
    let fields = [("identifier", "ada"), ("code", code)];
    let answer = browser.submit(path, &fields);
    assert_eq!(answer.status, 400, "{path} {code:?}");
    let says = |text: &str| answer.text.contains(text);
    assert!(says(expected.0), "{path} {code:?}: {}", answer.text);
    assert_eq!(says(CLOCK), expected.1, "{path} {code:?}: {}", answer.text);
    assert!(!(says(NO_CODE) && says(WRONG)), "{path} {code:?}");
}

#[test]
fn code_that_cannot_be_one_and_a_wrong_one_are_told_apart() {
    let app = TestApp::new();
    let secret = app.instance.enroll("ada");
    let [mut browser, mut other] = [(); 2].map(|()| {
        let mut browser = app.browser();
        browser.log_in("ada").leads("/login/code");
        browser
    });
    browser.get("/login/code");
    let right = [("identifier", "ada"), ("code", &oathtool(&secret, 0))];
    browser.submit("/login/code", &right).leads("/account");
    let wrong = oathtool(&secret, 900);
    for (browser, path) in [(&mut other, "/login/code"), (&mut browser, "/account/totp/disable")] {
        for no_code in ["12345", "1234567", "letters", "12345a"] {
            refused(browser, path, no_code, (NO_CODE, false));
        }
        refused(browser, path, &wrong, (WRONG, true));
        refused(browser, path, "AAAAA-AAAAA", (WRONG, false));
    }
    assert_eq!(app.log().matches("reason=malformed_code").count(), 4);
}

#[test]
fn form_with_nothing_or_nonsense_in_it_is_no_fault_of_the_server() {
    let app = TestApp::new();
    for case in &CASES {
        for value in ["", "\u{202e}\0", "123456"] {
            let mut browser = app.browser();
            browser.log_in("ada").leads("/account");
            browser.get("/account");
            let names = ["session", "code", "codes", "mailed_code", "email", "link", "language"];
            let fields = names.map(|name| (name, value));
            let answer = browser.submit(case.path, &fields);
            let what = format!("{} {value:?}: {}", case.path, answer.text);
            assert!(answer.status < 500, "{what}");
            assert!(!answer.text.contains("went wrong on the server"), "{what}");
            app.instance.reset_limits();
        }
    }
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    let broken = browser.submit("/account/picture", &[]);
    let words = "The server could not read what your browser sent.";
    assert!(broken.text.contains(words), "{}", broken.text);
    assert!(!app.log().contains("ERROR"));
}

#[test]
fn wrong_mailed_code_says_nothing_of_clocks() {
    let mut app = TestApp::builder().session().mail().serve();
    app.enable_email_factor();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    refused(&mut browser, "/login/code", "000000", (WRONG, false));
}
