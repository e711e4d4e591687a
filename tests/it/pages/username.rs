//! The form of the account page that changes the username.

use crate::harness::{Browser, PASSWORD, TestApp};

const PATH: &str = "/account/username";

fn open(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    browser
}

#[test]
fn user_takes_another_name_and_stays_logged_in_everywhere() {
    let app = TestApp::builder().mail().serve();
    let mut browser = open(&app);
    assert!(browser.page.contains("3 to 16 of a–z, 0–9"), "the rule is said before");
    assert!(browser.page.contains("You log in with the new name from then on."));
    let fields = [("username", " Countess "), ("current_password", PASSWORD)];
    browser.submit(PATH, &fields).leads("/account?done=username#message");
    let page = browser.get("/account?done=username").text;
    assert!(page.contains("Your username is changed.") && page.contains("countess"), "{page}");
    assert_eq!(app.ada.me()["username"], "countess", "the other session goes on");
    assert_eq!(app.mails().next_mail().subject(), "Nox: Your username was changed");
    let line = app.instance.events("countess").pop().unwrap();
    assert_eq!(line["changes"]["username"], serde_json::json!(["ada", "countess"]));
    assert!(browser.get("/account").text.contains("ada → countess"), "in the recent activity");
    app.client().log_in("countess", PASSWORD).token();
    assert_eq!(app.client().log_in("ada", PASSWORD).status, 404);
}

#[test]
fn name_that_is_taken_or_breaks_the_rule_stays_typed_and_changes_nothing() {
    let app = TestApp::builder().user("bob").serve();
    let mut browser = open(&app);
    for (name, password, status, why) in [
        ("bob", PASSWORD, 409, "Another account has this username."),
        ("BOB", PASSWORD, 409, "Another account has this username."),
        ("a", PASSWORD, 400, "The username must be 3 to 16"),
        ("12345", PASSWORD, 400, "The username must be 3 to 16"),
        ("", PASSWORD, 400, "The username must be 3 to 16"),
        ("countess", "wrong horse", 400, "The current password is wrong."),
        ("countess", "", 400, "The current password is wrong."),
    ] {
        let fields = [("username", name), ("current_password", password)];
        let answer = browser.submit(PATH, &fields);
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        assert!(answer.text.contains(why), "{name}: {}", answer.text);
        let form = answer.text.split_once("action=\"/account/username\"").unwrap().1;
        let form = form.split_once("</form>").unwrap().0;
        assert!(form.contains(why), "beside its form: {form}");
        assert!(form.contains(&format!("value=\"{name}\"")), "{form}");
    }
    assert_eq!(app.instance.user("ada")["username"], "ada");
    let events = app.instance.events("ada");
    assert!(events.iter().all(|line| line["event"] != "account.renamed"), "{events:?}");
    // The name that the account has stays as it is.
    let fields = [("username", "ada"), ("current_password", PASSWORD)];
    browser.submit(PATH, &fields).leads("/account?done=username#message");
    assert_eq!(app.instance.events("ada").len(), events.len());
}

#[test]
fn change_of_username_with_a_factor_takes_a_code_in_place_of_the_password() {
    let app = TestApp::builder().totp().serve();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    let code = [("identifier", "ada"), ("code", &*app.ada.recovery_codes[0])];
    browser.submit("/login/code", &code).leads("/account");
    browser.get("/account");
    let answer = browser.submit(PATH, &[("username", "countess"), ("current_password", PASSWORD)]);
    assert_eq!(answer.status, 428, "{}", answer.text);
    let fields = [("username", "countess"), ("code", &*app.ada.recovery_codes[1])];
    browser.submit(PATH, &fields).leads("/account?done=username#message");
    assert_eq!(app.ada.me()["username"], "countess");
}

#[test]
fn user_without_the_right_to_edit_sees_no_form_for_the_username() {
    let app = TestApp::with("[users]\ndefault_tags = []").serve();
    let mut browser = open(&app);
    assert!(!browser.page.contains("action=\"/account/username\""), "{}", browser.page);
    let answer = browser.submit(PATH, &[("username", "countess"), ("current_password", PASSWORD)]);
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[test]
fn notice_of_a_new_username_names_the_old_and_the_new_one() {
    let app = TestApp::builder().mail().serve();
    let mut browser = open(&app);
    let fields = [("username", "countess"), ("current_password", PASSWORD)];
    browser.submit(PATH, &fields).leads("/account?done=username#message");
    app.nox("user rename countess evil.example");
    for (old, new) in [("ada", "countess"), ("countess", "…")] {
        let mail = app.mails().next_mail();
        assert_eq!(mail.subject(), "Nox: Your username was changed");
        for part in ["Old username", old, "New username", new] {
            assert!(mail.html().contains(part), "{part}: {mail:?}");
        }
        let facts = format!("Old username: {old}\r\nNew username: {new}\r\nWhen: ");
        assert!(mail.text().contains(&facts), "{mail:?}");
        // A mail program would make a link of such a name.
        assert!(!mail.text().contains("evil") && !mail.html().contains("evil"), "{mail:?}");
    }
}
