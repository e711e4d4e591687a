//! The page on which a visitor creates an account.

use crate::harness::{Browser, TestApp};

fn serve(registration: &str) -> TestApp {
    let settings =
        format!("[users]\nregistration = '{registration}'\n[instance]\ncontact = 'ops@b.example'");
    TestApp::with(&settings).serve()
}

fn link(app: &TestApp, options: &str) -> String {
    let url = app.nox(format!("invite add {options}").trim_end());
    format!("/register/{}", url.trim_end().rsplit('/').next().unwrap())
}

fn fill(browser: &mut Browser, name: &str) -> crate::harness::Answer {
    let invite = browser.value("invite").unwrap();
    browser.submit(
        "/register",
        &[("username", name), ("new_password", "rabbit22"), ("email", ""), ("invite", &invite)],
    )
}

#[test]
fn login_page_links_to_registration_where_it_is_open() {
    for (registration, is_linked) in [("open", true), ("invite", false), ("closed", false)] {
        let page = serve(registration).browser().get("/login?return_to=%2Faccount").text;
        let link = "href=\"/register?return_to=%2Faccount\"";
        assert_eq!(page.contains(link), is_linked, "{registration}: {page}");
    }
}

#[test]
fn visitor_registers_and_is_logged_in() {
    let app = serve("open");
    let mut browser = app.browser();
    let page = browser.get("/register").text;
    for text in ["3 to 16 of", "At least 8 characters", "autocomplete=\"new-password\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
    fill(&mut browser, " Bob").leads("/account");
    assert!(browser.get("/account").text.contains("bob@"), "{}", browser.page);
    assert_eq!(browser.get("/register").status, 303);
}

#[test]
fn visitor_with_an_invitation_registers_by_its_link() {
    let app = serve("invite");
    let link = link(&app, "--email bob@b.example");
    let mut browser = app.browser();
    // Programs that look at links use nothing up.
    for _ in 0..3 {
        let page = browser.get(&link).text;
        assert!(page.contains("bob@b.example") && !page.contains("name=\"email\""), "{page}");
    }
    fill(&mut browser, "ada");
    assert!(browser.page.contains("Another account has this username."), "{}", browser.page);
    fill(&mut browser, "bob").leads("/account");
    let mut second = app.browser();
    assert_eq!(second.get(&link).status, 404);
    assert!(second.page.contains("used already") && second.page.contains("ops@b.example"));
}

#[test]
fn page_says_why_no_account_can_be_created() {
    for (registration, path, status, text) in [
        ("closed", "/register", 403, "Visitors cannot create accounts here."),
        ("closed", "/register/x", 404, "Visitors cannot create accounts here."),
        ("invite", "/register", 403, "you need the link of an invitation"),
        ("invite", "/register/x", 404, "used already, or is too old"),
        ("open", "/register/x", 404, "used already, or is too old"),
    ] {
        let app = serve(registration);
        let answer = app.browser().get(path);
        assert_eq!(answer.status, status, "{registration} {path}");
        assert!(
            answer.text.contains(text) && answer.text.contains("ops@b.example"),
            "{}",
            answer.text
        );
    }
}

#[test]
fn refused_registration_says_why_and_keeps_what_was_typed() {
    let app = serve("open");
    let mut browser = app.browser();
    for (name, password, email, text) in [
        ("a", "rabbit22", "", "The username must be"),
        ("bob", "short", "", "8 to 128 characters"),
        ("bob", "rabbit22", "nowhere", "not an email address"),
        ("ada", "rabbit22", "", "Another account has this username."),
    ] {
        browser.get("/register");
        let answer = browser.submit(
            "/register",
            &[("username", name), ("new_password", password), ("email", email), ("invite", "")],
        );
        assert!(answer.text.contains(text), "{}", answer.text);
        assert_eq!(browser.value("username").as_deref(), Some(name));
        assert_eq!(browser.value("email").as_deref(), Some(email));
        assert!(!answer.text.contains(password), "{}", answer.text);
    }
    assert_eq!(app.nox("user list").lines().count(), 1);
}
