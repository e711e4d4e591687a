//! The form of the account page that deletes the account.

use crate::harness::{Answer, PASSWORD, TestApp, Wire, wait_until};

const PATH: &str = "/account/delete";

#[track_caller]
fn refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains(words), "{}", answer.text);
    // Only the section of the page with this form is open.
    let (before, form) = answer.text.split_once("action=\"/account/delete\"").unwrap();
    assert!(before.rsplit_once("<details").unwrap().1.starts_with(" open>"), "{form}");
    assert_eq!(answer.text.matches("<details open>").count(), 1);
}

fn is_there(app: &TestApp, name: &str) -> bool {
    app.client().get(&format!("/api/users/{name}"), &[]).status == 200
}

#[test]
fn account_page_deletes_an_account_by_password() {
    // Deletion needs no right.
    let app = TestApp::with("[users]\ndefault_tags = []").serve();
    let mut browser = app.browser();
    let other = app.try_password().token();
    browser.log_in("ada");
    let page = browser.get("/account").text;
    assert!(
        page.contains("Delete your account") && page.contains("This is final: nobody can undo it."),
        "{page}"
    );
    assert!(
        !page.contains("action=\"/account/profile\"") && !page.contains("<details open>"),
        "{page}"
    );
    for password in ["wrong horse", ""] {
        refused(
            &browser.submit(PATH, &[("current_password", password)]),
            400,
            "The current password is wrong.",
        );
        assert!(!browser.page.contains("wrong horse"));
    }
    assert!(is_there(&app, "ada"));
    let answer = browser.submit(PATH, &[("current_password", "hunter22")]);
    answer.leads("/account/deleted");
    let mut cookies =
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    assert!(
        cookies.any(|cookie| cookie.starts_with("_uid=;") && cookie.contains("Max-Age=0")),
        "{answer:?}"
    );
    let page = browser.get("/account/deleted").text;
    assert!(page.contains("<h1>Your account is deleted</h1>"), "{page}");
    assert!(browser.get("/account/deleted?lang=fr").text.contains("Votre compte est supprimé"));
    assert!(!is_there(&app, "ada"));
    assert_eq!(app.client().me(&other).status, 401);
    app.instance.add_user("ada", "hunter23");
    assert!(is_there(&app, "ada"), "the name is free again");
}

#[test]
fn account_page_deletion_with_an_app_needs_a_code() {
    let app = TestApp::builder().enrolled().serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/login/code");
    browser.submit("/login/code", &[("identifier", "ada"), ("code", &app.ada.code(0))]);
    browser.get("/account");
    assert!(browser.page.contains("id=\"delete-code\""), "{}", browser.page);
    let mut send = |password: &str, code: &str| {
        browser.submit(PATH, &[("current_password", password), ("code", code)])
    };
    refused(&send("hunter22", ""), 428, "Enter a code of your second factor.");
    refused(&send("hunter22", &app.ada.code(9)), 400, "The server’s clock shows");
    refused(&send("hunter22", "12"), 400, "That cannot be a code");
    refused(&send("wrong horse", &app.ada.code(1)), 400, "The current password is wrong.");
    assert!(is_there(&app, "ada"));
    send("hunter22", &app.ada.code(1)).leads("/account/deleted");
    assert!(!is_there(&app, "ada"));
}

#[test]
fn account_page_deletion_with_codes_by_mail_mails_a_code() {
    let app = TestApp::builder().email_factor().serve();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    browser
        .submit("/login/code", &[("identifier", "ada"), ("code", &app.mails().next_mail().code())]);
    browser.get("/account");
    assert!(browser.page.contains("Leave it empty to be mailed one."), "{}", browser.page);
    let field = browser.page.split_once("id=\"delete-code\"").unwrap().1.split('>').next().unwrap();
    assert!(!field.contains("required"), "a browser must send it without: {field}");
    // The code of the login is used up, and the next is mailed after a minute.
    let answer = browser.submit(PATH, &[("current_password", "hunter22"), ("code", "")]);
    refused(&answer, 429, "Too many attempts. Try again in <span data-seconds=");
    assert!(answer.header("retry-after").is_some());
    app.instance.reset_limits();
    let answer = browser.submit(PATH, &[("current_password", "hunter22"), ("code", "")]);
    refused(&answer, 428, "A code is on its way to your mailbox.");
    // The same answer while that code is on its way.
    refused(
        &browser.submit(PATH, &[("current_password", "hunter22")]),
        428,
        "A code is on its way to your mailbox.",
    );
    let code = app.mails().next_mail().code();
    let answer = browser.submit(PATH, &[("current_password", "hunter22"), ("code", &code)]);
    answer.leads("/account/deleted");
    assert!(!is_there(&app, "ada"));
}

#[test]
fn last_administrator_reads_why_the_account_stays() {
    let app = TestApp::builder().user("bob").serve();
    app.nox("user set ada --admin true");
    let mut browser = app.browser();
    browser.log_in("ada");
    let why = "You are the last administrator of this server";
    let page = browser.get("/account").text;
    assert!(page.contains(why) && !page.contains("action=\"/account/delete\""), "{page}");
    let answer = browser.submit(PATH, &[("current_password", PASSWORD)]);
    assert!(answer.status == 401 && answer.text.contains("class=\"error\""), "{}", answer.text);
    app.nox("user set bob --admin true");
    assert!(!browser.get("/account").text.contains(why));
    browser.submit(PATH, &[("current_password", PASSWORD)]).leads("/account/deleted");
    // Another person who follows a link there still has an account.
    browser.log_in("bob").leads("/account");
    browser.get("/account/deleted").leads("/account");
}

#[test]
fn malformed_code_does_not_wait_for_a_hash() {
    let app = TestApp::builder().user("bob").serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    let cookies = browser.cookies;
    // From now on a hash takes long; one is under way, two are about to be, and one may wait.
    let slow =
        "[password]\nmemory_kib = 131072\niterations = 20\nhashers = 1\n[limits]\nlogin_queue = 1";
    app.instance.write("nox.toml", slow);
    app.instance.set_password("bob", PASSWORD);
    let app = app.restart();
    let mut browser = app.browser();
    browser.cookies = cookies;
    browser.get("/account");
    let logins: Vec<_> = (0..5).map(|_| Wire::logging_in(&app.server, "bob", PASSWORD)).collect();
    wait_until("a login is turned away", || logins.iter().any(Wire::is_readable));
    let fields = |code| [("current_password", "wrong horse"), ("code", code)];
    refused(&browser.submit(PATH, &fields("12")), 400, "That cannot be a code");
    refused(&browser.submit(PATH, &fields("123456")), 503, "The server is busy.");
}
