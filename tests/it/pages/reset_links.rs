//! The links that set a password: what ends them, and what they do.

use crate::harness::{Answer, Browser, PASSWORD, TestApp, at_once};

const NEW: &str = "another horse";
const END: &str = "/login?because=reset&name=ada";

fn set(browser: &mut Browser, link: &str, password: &str) -> Answer {
    browser.get(link);
    let link = link.strip_prefix("/reset/").unwrap();
    if browser.page.contains("<form") {
        browser.submit("/reset/password", &[("link", link), ("new_password", password)])
    } else {
        // A page that was opened before the link ended.
        browser.get("/login");
        browser.submit("/reset/password", &[("link", link), ("new_password", password)])
    }
}

/// What ends a link, and how.
type Cause = (&'static str, fn(&TestApp, &str));

const CAUSES: [Cause; 11] = [
    ("used", |app, link| set(&mut app.browser(), link, PASSWORD).leads(END)),
    ("a newer link", |app, _| drop(app.instance.password_link("ada"))),
    ("a newer link, mailed", |app, _| {
        let mut browser = app.browser();
        browser.get("/reset");
        browser.submit("/reset", &[("identifier", "ada")]);
        app.mails().next_password_link();
    }),
    ("time", |app, _| app.instance.sql("UPDATE password_links SET expires_at = 1750936113726")),
    ("a password of the operator", |app, _| app.instance.set_password("ada", PASSWORD)),
    ("a password of the user", |app, _| {
        let new = serde_json::json!({ "password": NEW, "current_password": PASSWORD });
        app.ada.post("/api/users/@me", &new).data();
        app.instance.sql(
            "UPDATE users SET password_hash =
             (SELECT password_hash FROM users WHERE username = 'bob')",
        );
    }),
    ("another address", |app, _| {
        app.nox("user set ada --email new@b.example --verified true");
    }),
    ("an address that is not confirmed any more", |app, _| {
        app.nox("user set ada --verified false");
    }),
    ("an address that the user has changed", |app, _| {
        app.ada.post("/api/users/@me", &serde_json::json!({ "email": "new@b.example" })).data();
    }),
    ("a suspension", |app, _| drop(app.nox("user disable ada"))),
    ("a suspension that is over", |app, _| {
        app.nox("user disable ada");
        app.nox("user enable ada");
    }),
];

#[test]
fn link_that_has_ended_leads_to_a_page_that_says_how_to_go_on() {
    for (cause, end) in CAUSES {
        for is_mailed in [true, false] {
            let app = TestApp::builder().mail().user("bob").serve();
            let mut browser = app.browser();
            let link = if is_mailed {
                browser.get("/reset");
                browser.submit("/reset", &[("identifier", "ada")]);
                let link = app.mails().next_password_link();
                app.instance.reset_limits();
                link
            } else {
                app.instance.password_link("ada")
            };
            assert_eq!(browser.get(&link).status, 200, "{cause}");
            end(&app, &link);
            let opened = browser.get(&link);
            let sent = set(&mut browser, &link, "rabbit2222");
            for page in [opened, sent] {
                assert_eq!(page.status, 404, "{cause}: {}", page.text);
                assert!(page.text.contains("does not work any more"), "{cause}: {}", page.text);
                assert!(page.text.contains("href=\"/reset\""), "{cause}: {}", page.text);
            }
            app.nox("user enable ada");
            assert_eq!(app.client().log_in("ada", "rabbit2222").status, 400, "{cause}");
            assert_eq!(app.client().log_in("ada", PASSWORD).status, 200, "{cause}");
        }
    }
}

#[test]
fn text_that_is_no_link_and_the_link_of_a_removed_account_lead_to_the_same_page() {
    let app = TestApp::with("[instance]\ncontact = 'ops@b.example'").user("bob").serve();
    let removed = app.instance.password_link("bob");
    app.nox("user remove bob --yes");
    let link = app.instance.password_link("ada");
    let mut browser = app.browser();
    for text in [
        removed.as_str(),
        &link[..link.len() - 1],
        &format!("{link}A"),
        &link.to_uppercase().replace("/RESET/", "/reset/"),
        "/reset/x",
        "/reset/%F0%9F%A6%80",
        "/reset/%00",
        &format!("/reset/{}", "A".repeat(4000)),
    ] {
        let page = browser.get(text);
        assert_eq!(page.status, 404, "{text}: {}", page.text);
        // Without mail, it says whom to ask.
        assert!(page.text.contains("ops@b.example"), "{text}: {}", page.text);
    }
    // A mail program may put the link into a line of its own, or a sentence a full stop behind it.
    for end in ["%20%0A", ".", "%3E.", "),", "%E2%80%9D"] {
        assert_eq!(browser.get(&format!("{link}{end}")).status, 200, "{end}");
    }
    set(&mut browser, &link, NEW).leads(END);
}

#[test]
fn of_twenty_at_once_one_sets_the_password() {
    let app = TestApp::new();
    for _ in 0..3 {
        let link = app.instance.password_link("ada");
        let answers = at_once(20, |number| {
            set(&mut app.browser(), &link, &format!("another horse {number}"))
        });
        let won: Vec<_> = (0..20).filter(|number| answers[*number].status == 303).collect();
        assert_eq!(won.len(), 1, "{won:?}");
        assert!(answers.iter().all(|answer| [303, 404, 503].contains(&answer.status)));
        let password = format!("another horse {}", won[0]);
        assert_eq!(app.client().log_in("ada", &password).status, 200);
    }
}

#[test]
fn second_factor_stays_and_is_asked_for() {
    let mut app = TestApp::builder().totp().serve();
    let left = app.ada.codes_left();
    let mut browser = app.browser();
    set(&mut browser, &app.instance.password_link("ada"), NEW).leads(END);
    assert_eq!(browser.get("/account").status, 303, "nobody is logged in");
    browser.get("/login");
    let login = browser.submit("/login", &[("identifier", "ada"), ("password", NEW)]);
    login.leads("/login/code");
    assert_eq!(app.instance.factor("totp"), serde_json::json!(true));
    browser.get("/login/code");
    let code = app.ada.recovery_codes.pop().unwrap();
    browser.submit("/login/code", &[("identifier", "ada"), ("code", &code)]).leads("/account");
    let status = app.nox("totp status ada");
    assert!(status.contains(&format!("recovery codes left: {}", left - 1)), "{status}");
}

#[test]
fn user_who_is_locked_out_gets_in_by_a_new_password_but_codes_stay_counted() {
    let app = TestApp::builder().enrolled().serve();
    for _ in 0..5 {
        app.client().log_in_with_code("ada", PASSWORD, "000000");
    }
    for _ in 0..6 {
        app.client().log_in("ada", "wrong horse");
    }
    let kinds = || -> Vec<String> {
        let list = app.nox("throttle list");
        list.lines().map(|line| line.split('\t').next().unwrap().into()).collect()
    };
    assert_eq!(kinds(), ["code", "password"]);
    set(&mut app.browser(), &app.instance.password_link("ada"), NEW).leads(END);
    assert_eq!(kinds(), ["code"]);
    assert_eq!(app.client().log_in("ada", NEW).status, 428);
}

#[test]
fn browser_of_another_user_stays_logged_in_and_that_of_the_user_does_not() {
    let app = TestApp::builder().user("bob").serve();
    let mut browser = app.browser();
    browser.log_in("bob").leads("/account");
    set(&mut browser, &app.instance.password_link("ada"), NEW).leads(END);
    assert!(browser.get("/account").text.contains("bob"), "{}", browser.page);
    set(&mut browser, &app.instance.password_link("bob"), NEW)
        .leads("/login?because=reset&name=bob");
    assert_eq!(browser.get("/login?because=reset&name=bob").status, 200);
}

#[test]
fn restored_backup_holds_no_link() {
    let app = TestApp::new();
    let link = app.instance.password_link("ada");
    app.nox("backup create copy.db --with-key");
    let TestApp { server, instance, .. } = app;
    server.stop();
    instance.nox("backup restore copy.db");
    let server = instance.serve();
    let mut browser = Browser::new(&server);
    assert_eq!(browser.get(&link).status, 404);
}
