//! Forms that do not come from a page of this server in this very browser: each cause has its own
//! words, in both languages, with the way out, and leaves a line in the log.

use crate::harness::{Browser, Mode, TestApp};

const LOGIN: [(&str, &str); 2] = [("identifier", "ada"), ("password", "hunter22")];

/// A cause: what the request has, what the page says, and what the log has.
struct Cause {
    public_url: &'static str,
    /// Headers beside the content type.
    headers: &'static [(&'static str, &'static str)],
    has_cookie: bool,
    english: &'static str,
    french: &'static str,
    logged: &'static str,
}

const HTTP: &str = "http://localhost:53032";
const HTTPS: &str = "https://nox.example";
const NO_COOKIE: (&str, &str) = ("needs cookies", "a besoin de cookies");
const OVER_HTTP: (&str, &str) = ("was opened by http", "a été ouverte en http");
const OTHER: (&str, &str) = ("from another address", "depuis une autre adresse");
const LOGGED_OTHER: &str = "refused a page that is not of server.public_url";

const CAUSES: [Cause; 8] = [
    cause(HTTP, &[("Origin", "null")], false, NO_COOKIE, "without the cookie"),
    // A browser behind a proxy that tells of https, and one that says itself that it came so.
    cause(HTTPS, &[("X-Forwarded-Proto", "https")], false, NO_COOKIE, "without the cookie"),
    cause(HTTPS, &[("Sec-Fetch-Site", "same-origin")], false, NO_COOKIE, "without the cookie"),
    cause(HTTPS, &[("Origin", "null")], false, OVER_HTTP, "came by http"),
    cause(HTTPS, &[("X-Forwarded-Proto", "http")], false, OVER_HTTP, "came by http"),
    cause(HTTPS, &[("Origin", "http://nox.example")], true, OVER_HTTP, "came by http"),
    cause(HTTP, &[("Origin", "http://other.example")], true, OTHER, LOGGED_OTHER),
    cause(HTTP, &[("Sec-Fetch-Site", "cross-site")], true, OTHER, LOGGED_OTHER),
];

const fn cause(
    public_url: &'static str,
    headers: &'static [(&'static str, &'static str)],
    has_cookie: bool,
    texts: (&'static str, &'static str),
    logged: &'static str,
) -> Cause {
    Cause { public_url, headers, has_cookie, english: texts.0, french: texts.1, logged }
}

#[test]
fn each_cause_is_told_in_its_own_words_and_logged_once() {
    for cause in CAUSES {
        let settings = format!(
            "[server]\npublic_url = '{}'\n[users]\nregistration = 'open'",
            cause.public_url
        );
        let app = TestApp::with(&settings).mail_server(Mode::Plain).serve();
        let link = app.instance.password_link("ada");
        let link = [("link", link.strip_prefix("/reset/").unwrap())];
        for (language, text) in [("en", cause.english), ("fr", cause.french)] {
            for (path, fields) in [
                ("/login", &LOGIN[..]),
                ("/email/confirmation", &[]),
                ("/register", &[]),
                ("/reset", &LOGIN[..1]),
                ("/reset/password", &link),
            ] {
                let mut browser = app.browser();
                browser.get(&format!("/login?lang={language}"));
                let token = browser.token();
                if !cause.has_cookie {
                    browser.cookies.retain(|(name, _)| name.contains("language"));
                }
                let refused = browser.submit_with(path, &token, cause.headers, fields);
                assert_eq!(refused.status, 403, "{path} {:?}", cause.headers);
                assert!(refused.text.contains(text), "{text}: {}", refused.text);
                let link = format!("<a href=\"{0}\">{0}</a>", cause.public_url);
                let has_link = cause.english != NO_COOKIE.0;
                assert_eq!(refused.text.contains(&link), has_link, "{}", refused.text);
            }
        }
        let log = app.log();
        let lines: Vec<_> = log.lines().filter(|line| line.contains(cause.logged)).collect();
        assert_eq!(lines.len(), 1, "{log}");
        let names_url = lines[0].contains(&format!("public_url=\"{}\"", cause.public_url));
        assert!(lines[0].contains("WARN") && names_url, "{log}");
    }
}

#[test]
fn form_of_an_older_cookie_is_too_old() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.get("/login");
    let token = browser.token();
    browser.cookies.clear();
    browser.get("/login");
    let refused = browser.submit_with("/login", &token, &[], &LOGIN);
    assert!(refused.text.contains("This page was too old to be sent."), "{}", refused.text);
    assert!(app.log().contains("refused a form of an earlier page"));
}

fn session_of(app: &TestApp, name: &str) -> Browser {
    let mut browser = app.browser();
    browser.log_in(name).leads("/account");
    browser
}

#[test]
fn account_form_of_another_user_is_not_taken() {
    let app = TestApp::builder().user("bob").serve();
    let mut browser = session_of(&app, "ada");
    browser.get("/account");
    let page_of_ada = browser.token();
    browser.submit("/account/logout", &[]).leads("/login?because=out");
    browser.log_in("bob").leads("/account");
    let fields = [("display", "Countess")];
    let refused = browser.submit_with("/account/profile", &page_of_ada, &[], &fields);
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("Another user has logged in since"), "{}", refused.text);
    assert!(!app.nox("user show bob").contains("Countess"));
    // The page of the refusal is bob's own, whose form is taken.
    browser.submit("/account/profile", &fields).leads("/account?done=saved#message");
    assert!(app.nox("user show bob").contains("Countess"));
}

#[test]
fn form_of_a_later_session_of_the_same_user_is_taken() {
    let app = TestApp::new();
    let mut browser = session_of(&app, "ada");
    browser.get("/account");
    let earlier = browser.token();
    browser.submit("/account/logout", &[]).leads("/login?because=out");
    browser.log_in("ada").leads("/account");
    let fields = [("display", "Countess")];
    browser
        .submit_with("/account/profile", &earlier, &[], &fields)
        .leads("/account?done=saved#message");
}
