//! Forms that are sent twice: by a second click, by a reload, from another tab. The second sending
//! ends where the first did.

use std::thread;

use super::form_apps::recovery_code;
use super::form_apps::totp;
use super::form_table::{CASES, CODES, Case};
use crate::harness::{Answer, Browser, GIF, TestApp};

/// The forms that only a script sends, each once: what is in them is of use once.
const SCRIPTED: [&str; 3] =
    ["/login/passkey", "/account/passkeys/options", "/account/passkeys/code"];

/// A form that is ready to be sent.
struct Ready {
    app: TestApp,
    browser: Browser,
    path: &'static str,
    fields: Vec<(&'static str, String)>,
}

impl Ready {
    fn new(case: &Case) -> Self {
        let mut app = (case.app)().serve();
        let mut browser = app.browser();
        let fields = (case.prepare)(&mut app, &mut browser);
        Self { app, browser, path: case.path, fields }
    }

    /// Another browser with the same cookies and the same page.
    fn twin(&self) -> Browser {
        let mut twin = self.app.browser();
        twin.cookies.clone_from(&self.browser.cookies);
        twin.page.clone_from(&self.browser.page);
        twin
    }

    fn send(&self, browser: &mut Browser) -> Answer {
        let page = browser.page.clone();
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (*name, &**value)).collect();
        let answer = if self.path == "/account/picture" {
            browser.submit_file(self.path, ("file", GIF))
        } else {
            browser.submit(self.path, &fields)
        };
        // The page with the form is still there.
        browser.page = page;
        answer
    }

    #[track_caller]
    fn ends(&self, case: &Case, answer: &Answer) {
        if case.end.is_empty() {
            assert_eq!(answer.status, 200, "{}", answer.text);
            let word = if self.path == "/account/export" { "exported_at" } else { "confirmed" };
            assert!(answer.text.contains(word), "{}", answer.text);
            assert!(!answer.text.contains("class=\"error\""), "{}", answer.text);
        } else {
            assert!(answer.status == 303, "{}: {}", self.path, answer.text);
            answer.leads(case.end);
        }
    }
}

/// Checks that the page at the end is there, and holds the codes that count.
fn check_end(case: &Case, browser: &mut Browser) {
    if case.end.is_empty() {
        return;
    }
    let page = browser.get(case.end);
    assert_eq!(page.status, 200, "{}", case.path);
    assert!(!page.text.contains("class=\"error\""), "{}", page.text);
    if case.end != CODES {
        return;
    }
    let codes: Vec<_> = page.text.split("<li><code>").skip(1).map(|rest| &rest[..11]).collect();
    assert_eq!(codes.len(), 10, "{}", page.text);
    if case.path == "/login/set-up" {
        // The factor is demanded, so that it stays on.
        browser.get("/account");
        browser.submit("/account/recovery", &[("code", codes[9])]).leads(CODES);
        return;
    }
    let factor = case.path.split('/').nth(2).unwrap();
    let (path, done) = match factor {
        "mail-codes" => ("mail-codes", "mail-codes"),
        "passkeys" => ("passkeys", "passkey-factor"),
        _ => ("totp", "app"),
    };
    browser.get("/account");
    let off = format!("/account/{path}/disable");
    let end = format!("/account?done={done}-off#message");
    browser.submit(&off, &[("code", codes[9])]).leads(&end);
    browser.get(CODES).leads("/account");
}

/// The paths of the pages that take a form, as `src/http/routes.rs` has them.
fn form_paths() -> Vec<String> {
    let source = std::fs::read_to_string("src/http/routes.rs").unwrap();
    let pages = source.split_once("fn page_endpoints").unwrap().1.split_once("\n}\n").unwrap().0;
    let endpoints = pages.split("Endpoint::at(\"").skip(1);
    let forms = endpoints.filter(|endpoint| endpoint.contains(".post("));
    forms.map(|endpoint| endpoint.split('"').next().unwrap().into()).collect()
}

#[test]
fn every_form_of_the_pages_is_in_the_table() {
    let paths = form_paths();
    assert!(paths.len() > 20, "{paths:?}");
    assert_eq!(paths, CASES.map(|case| case.path));
}

#[test]
fn second_click_ends_where_the_first_did() {
    for case in CASES.iter().filter(|case| !SCRIPTED.contains(&case.path)) {
        let mut ready = Ready::new(case);
        let mut second = ready.twin();
        let mut first = std::mem::replace(&mut ready.browser, ready.app.browser());
        ready.ends(case, &ready.send(&mut first));
        // The browser has dropped the first answer, with its cookies.
        ready.ends(case, &ready.send(&mut second));
        check_end(case, &mut second);
    }
}

#[test]
fn reloaded_form_and_its_twin_in_another_tab_end_where_it_did() {
    for case in CASES.iter().filter(|case| !SCRIPTED.contains(&case.path)) {
        let mut ready = Ready::new(case);
        let mut browser = std::mem::replace(&mut ready.browser, ready.app.browser());
        for _ in 0..3 {
            ready.ends(case, &ready.send(&mut browser));
        }
        check_end(case, &mut browser);
    }
}

#[test]
fn form_sent_twice_at_once_ends_in_one_place() {
    for case in CASES.iter().filter(|case| !SCRIPTED.contains(&case.path)) {
        let ready = Ready::new(case);
        let mut twins = [ready.twin(), ready.twin()];
        let answers: Vec<_> = thread::scope(|scope| {
            let sent: Vec<_> =
                twins.iter_mut().map(|twin| scope.spawn(|| ready.send(twin))).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        for answer in &answers {
            ready.ends(case, answer);
        }
        check_end(case, &mut twins[0]);
    }
}

#[test]
fn repeated_login_opens_one_session_with_one_line_in_each_log() {
    for path in ["/login", "/login/code"] {
        let case = CASES.iter().find(|case| case.path == path).unwrap();
        let ready = Ready::new(case);
        let mut twins = [ready.twin(), ready.twin()];
        let tokens = twins.each_mut().map(|twin| {
            ready.send(twin).leads("/account");
            twin.cookies.iter().find(|(name, _)| name == "_uid").unwrap().1.clone()
        });
        assert_eq!(tokens[0], tokens[1], "{path}");
        let count = |sql: &str| -> u32 {
            ready.app.instance.database().query_row(sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(count("SELECT count(*) FROM sessions"), 1, "{path}");
        assert_eq!(count("SELECT count(*) FROM audit WHERE event LIKE 'session.opened%'"), 1);
        let Ready { app, .. } = ready;
        let log = app.log();
        assert_eq!(log.matches("event=login.succeeded").count(), 1, "{log}");
        assert_eq!(log.matches("event=login.failed").count(), 0, "{log}");
    }
}

#[test]
fn other_form_after_a_repeat_is_judged_by_itself() {
    let mut app = totp().serve();
    let mut browser = app.browser();
    let fields = recovery_code(&mut app, &mut browser);
    let used = fields[0].1.as_str();
    browser.submit("/account/recovery", &[("code", used)]).leads(CODES);
    browser.get("/account");
    // Another wrong code is wrong, and the used code is used where it authorized nothing.
    for (path, code) in [("/account/recovery", "ABCDE-FGHJK"), ("/account/totp/disable", used)] {
        let refused = browser.submit(path, &[("code", code)]);
        assert_eq!(refused.status, 400, "{path} {code}: {}", refused.text);
    }
}

#[test]
fn codes_of_another_tab_are_not_lost_to_a_page_with_earlier_ones() {
    let mut app = totp().serve();
    let mut browser = app.browser();
    let fields = recovery_code(&mut app, &mut browser);
    let codes = |page: &str| page.split("<li><code>").nth(1).map(|rest| rest[..11].to_owned());
    browser.submit("/account/recovery", &[("code", &fields[0].1)]).leads(CODES);
    let first = codes(&browser.get(CODES).text).unwrap();
    let mark = browser.value("codes").unwrap();
    // Another tab makes new ones, and their page is never seen.
    browser.get("/account");
    browser.submit("/account/recovery", &[("code", &first)]).leads(CODES);
    browser.get("/account");
    for _ in 0..2 {
        browser.submit(CODES, &[("codes", &mark)]).leads(CODES);
        assert_ne!(codes(&browser.get(CODES).text).unwrap(), first);
    }
    // Another session of the same user takes nothing away either.
    app.instance.reset_limits();
    let mut other = app.browser();
    other.log_in("ada").leads("/login/code");
    other.get("/login/code");
    let code = codes(&browser.get(CODES).text).unwrap();
    let by_code = [("identifier", "ada"), ("code", code.as_str())];
    other.submit("/login/code", &by_code).leads("/account");
    other.get("/account");
    other.submit(CODES, &[]).leads("/account");
    let mark = {
        browser.get(CODES);
        browser.value("codes").unwrap()
    };
    for _ in 0..2 {
        browser.submit(CODES, &[("codes", &mark)]).leads("/account");
        browser.get("/account");
    }
    browser.get(CODES).leads("/account");
}

#[test]
fn new_codes_outlive_a_restart_and_are_shown_to_their_own_browser_alone() {
    let mut app = totp().serve();
    let mut browser = app.browser();
    let fields = recovery_code(&mut app, &mut browser);
    browser.submit("/account/recovery", &[("code", &fields[0].1)]).leads(CODES);
    let shown = browser.get(CODES).text;
    let code = shown.split("<li><code>").nth(1).unwrap()[..11].to_owned();
    let app = app.restart();
    let mut again = app.browser();
    again.cookies.clone_from(&browser.cookies);
    assert!(again.get(CODES).text.contains(&code));
    assert!(again.get("/account").text.contains("href=\"/account/recovery-codes\""));
    // The session alone is not enough, nor is the browser.
    for kept in ["_uid", "nox_browser"] {
        let mut other = app.browser();
        other.cookies = browser.cookies.clone();
        other.cookies.retain(|(name, _)| name.starts_with(kept));
        let answer = other.get(CODES);
        assert_eq!(answer.status, 303, "{kept}");
    }
    for file in ["nox.db", "nox.db-wal"] {
        let bytes = std::fs::read(app.instance.path(file)).unwrap_or_default();
        let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!holds(&code) && !holds(&code.replace('-', "")), "{file}");
    }
    again.get(CODES);
    again.submit(CODES, &[]).leads("/account");
    again.get(CODES).leads("/account");
    assert!(!again.get("/account").text.contains("href=\"/account/recovery-codes\""));
}
