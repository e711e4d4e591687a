//! `/login/confirmation`, where the address of a registration that waits for it is corrected.

use crate::harness::{Browser, Builder, Mode, PASSWORD, TestApp, UNAUTHORIZED};

const PAGE: &str = "/login/confirmation";
const CORRECT: &str = "/login/confirmation/email";
const DONE: &str = "/login/confirmation?done=email-link";
const SETTINGS: &str = "[users]\nregistration = 'open'\nrequire_email = true";

fn requiring() -> Builder {
    TestApp::with(SETTINGS).mail_server(Mode::Plain)
}

/// A browser in which `bob` has registered with an address that is wrong.
fn mistyped(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.get("/register");
    let typed = [("username", "bob"), ("new_password", PASSWORD), ("email", "bob@b.exmaple")];
    browser.submit("/register", &typed).leads(PAGE);
    browser.get(PAGE);
    browser
}

#[test]
fn wrong_address_is_corrected_and_the_link_to_it_ends() {
    let app = requiring().serve();
    let mut browser = mistyped(&app);
    let old = app.mails().next_mail();
    assert_eq!(old.to(), "bob@b.exmaple");
    app.instance.reset_limits();
    browser.submit(CORRECT, &[("email", " bob@b.example ")]).leads(DONE);
    for (language, text) in [
        ("en", "The address is changed. A link that confirms it is on its way"),
        ("fr", "L’adresse est modifiée."),
        ("de", "Die Adresse ist geändert."),
    ] {
        let page = browser.get(&format!("{DONE}&lang={language}")).text;
        assert!(page.contains(text) && page.contains("<strong>bob@b.example</strong>"), "{page}");
    }
    let new = app.mails().next_mail();
    assert_eq!((new.to(), new.subject()), ("bob@b.example", "Confirm your address for Nox"));
    let confirm = |token: String| {
        app.client().get(&format!("/api/email/confirmation?token={token}"), &[]).status
    };
    assert_eq!((confirm(old.token()), confirm(new.token())), (404, 200));
    app.client().log_in("bob", PASSWORD).token();
    let events = app.instance.events("bob");
    let changed = events.iter().find(|line| line["event"] == "email.changed").unwrap();
    let both = serde_json::json!(["bob@b.exmaple", "bob@b.example"]);
    assert_eq!((&changed["by"], &changed["changes"]["email"]), (&"user".into(), &both));
    // From then on, the account page is the place.
    browser.submit(CORRECT, &[("email", "eve@b.example")]).leads("/login?because=confirmed");
    assert_eq!(app.instance.user("bob")["email"], "bob@b.example");
}

#[test]
fn address_that_cannot_be_taken_is_refused_beside_its_field_and_stays_typed() {
    let app = requiring().nox("user set ada --email ada@b.example").serve();
    let mut browser = mistyped(&app);
    for (typed, status, why) in [
        ("", 400, "That is not an email address that can be used."),
        ("bob", 400, "That is not an email address that can be used."),
        ("bob@192.0.2.1", 400, "That is not an email address that can be used."),
        ("ADA@b.example", 409, "Another account has this address."),
        // The same one again, a moment after the last mail.
        ("bob@b.exmaple", 429, "Too many attempts."),
    ] {
        let refused = browser.submit(CORRECT, &[("email", typed)]);
        assert_eq!(refused.status, status, "{typed}: {}", refused.text);
        let form = refused.text.split_once("/login/confirmation/email").unwrap().1;
        assert!(form.contains(why), "{typed}: {form}");
        assert_eq!(browser.value("email").as_deref(), Some(typed));
    }
    assert_eq!(app.instance.user("bob")["email"], "bob@b.exmaple");
    let mut stranger = app.browser();
    stranger.get("/login");
    stranger.submit(CORRECT, &[("email", "eve@b.example")]).leads("/login?because=time");
    stranger.get(CORRECT).leads(PAGE);
}

#[test]
fn corrections_are_limited_as_registrations_and_mails_are() {
    let app = requiring().serve();
    let mut browser = mistyped(&app);
    // Within a minute of the first mail, the address is another one, but no second mail follows.
    let later = "/login/confirmation?done=email-later";
    browser.submit(CORRECT, &[("email", "bob@b.example")]).leads(later);
    assert!(browser.get(later).text.contains("Ask for a new link in a minute."));
    let mut statuses: Vec<u16> = Vec::new();
    for number in 0..12 {
        let email = format!("bob{number}@b.example");
        statuses.push(browser.submit(CORRECT, &[("email", &email)]).status);
        browser.get(PAGE);
    }
    assert_eq!(statuses[..8], [303; 8], "a registration and nine corrections");
    assert_eq!(statuses[8..], [429; 4]);
    assert_eq!(app.rest(), ["Confirm your address for Nox"]);
}

#[test]
fn address_of_an_invitation_is_not_corrected() {
    let settings = "[users]\nregistration = 'invite'\nrequire_email = true\n[instance]\n\
        contact = 'crew@b.example'";
    let app = TestApp::with(settings).mail_server(Mode::Plain).serve();
    let invitation = app.instance.nox_json("invite add --json --email bob@b.example");
    let mut browser = app.browser();
    let code = invitation["code"].as_str().unwrap();
    browser.get(&format!("/register/{code}"));
    let typed = [("username", "bob"), ("new_password", PASSWORD), ("invite", code)];
    browser.submit("/register", &typed).leads(PAGE);
    let page = browser.get(PAGE).text;
    assert!(!page.contains(CORRECT), "{page}");
    assert!(page.contains("Is the address wrong? Ask here: crew@b.example"), "{page}");
    let refused = browser.submit(CORRECT, &[("email", "eve@b.example")]);
    assert_eq!(refused.status, UNAUTHORIZED.status, "{}", refused.text);
    assert!(refused.text.contains("You may not do that. Ask here: crew@b.example"));
    assert_eq!(app.instance.user("bob")["email"], "bob@b.example");
}
