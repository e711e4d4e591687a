//! A forgotten password: the request for a link, and what is mailed.

use crate::harness::{Answer, Browser, Mode, PASSWORD, TestApp, wait_until};

const ASKED: &str = "/reset?done=link";
const NEW: &str = "another horse";
const LINK: &str = "A new password for Nox";
const NO_LINK: &str = "Your password for Nox";
const TOLD: &str = "Nox: A new password was set by a link";

/// Asks for a link on the page, which the browser has open.
fn ask(browser: &mut Browser, name: &str) -> Answer {
    browser.get("/reset");
    browser.submit("/reset", &[("identifier", name)])
}

/// Sets the password on the page of a link.
fn set(browser: &mut Browser, link: &str, password: &str) -> Answer {
    browser.get(link);
    let link = browser.value("link").unwrap();
    browser.submit("/reset/password", &[("link", &link), ("new_password", password)])
}

#[test]
fn forgotten_password_is_set_anew_by_a_mailed_link() {
    let app = TestApp::builder().mail().serve();
    let mut browser = app.browser();
    assert!(browser.get("/login").text.contains("href=\"/reset\""), "{}", browser.page);
    ask(&mut browser, "ada").leads(ASKED);
    let asked = browser.get(ASKED).text;
    assert!(asked.contains("a mail is on its way"), "{asked}");
    assert!(asked.contains("has no address? Ask the operator"), "{asked}");
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", LINK));
    let (_, secret) = mail.text().split_once("http://localhost:53032/reset/").unwrap();
    let secret = secret.split_whitespace().next().unwrap();
    assert_eq!(secret.len(), 43);
    for part in ["Hello ada,", "the account ada", "within an hour", secret] {
        assert!(mail.text().contains(part) && mail.html().contains(part), "{part}: {mail:?}");
    }
    let link = format!("/reset/{secret}");
    // A program that looks at the link uses nothing up.
    for method in ["GET", "HEAD", "GET"] {
        let opened = browser.send(method, &link, &[], "");
        assert_eq!(opened.status, 200, "{}", opened.text);
        assert_eq!(opened.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(opened.header("cache-control"), Some("no-store"));
    }
    for part in ["autocomplete=\"new-password\"", "autocomplete=\"username\" value=\"ada\""] {
        assert!(browser.page.contains(part), "{part}: {}", browser.page);
    }
    assert_eq!(app.ada.get("/api/users/@me").status, 200, "the session goes on until then");
    let phone = app.log_in("ada");
    for (password, says) in
        [("short", "8 to 128"), ("password1", "tried first"), ("ada", "8 to 128")]
    {
        let refused = set(&mut browser, &link, password);
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains(says), "{password}: {}", refused.text);
    }
    set(&mut browser, &link, NEW).leads("/login?because=reset&name=ada");
    let login = browser.get("/login?because=reset&name=ada").text;
    assert!(login.contains("Your new password is set") && login.contains("value=\"ada\""));
    for user in [&app.ada, &phone] {
        assert_eq!(user.get("/api/users/@me").status, 401);
    }
    assert_eq!(app.client().log_in("ada", PASSWORD).status, 400);
    browser.submit("/login", &[("identifier", "ada"), ("password", NEW)]).leads("/account");
    assert_eq!(app.mails().next_mail().subject(), TOLD);
    let events = app.instance.events("ada");
    let made = events.iter().find(|line| line["event"] == "password_link.made").unwrap();
    assert_eq!((&made["by"], &made["ip"]), (&"client".into(), &"127.0.0.1".into()));
    let reset = events.iter().find(|line| line["event"] == "password.reset").unwrap();
    assert_eq!(reset["changes"]["link"], serde_json::json!([null, "mail"]));
}

#[test]
fn user_without_a_link_is_told_whom_to_ask() {
    const OPERATOR: &str = "Ask the operator of the server for help.";
    for (contact, help) in
        [("", OPERATOR), ("[instance]\ncontact = 'ops@b.example'", "help here: ops@b.example")]
    {
        let app = TestApp::with(contact).mail().user("bob").user("eve").user("dan").serve();
        app.nox("user set bob --email bob@b.example");
        app.nox("user set eve --email eve@b.example --verified true");
        app.nox("user disable eve --until 2030-01-02T03:04:00Z");
        let mut browser = app.browser();
        for (name, says) in [
            ("bob", "never confirmed"),
            ("eve", "disabled until 2 January 2030, 03:04 UTC"),
            ("dan", ""),
            ("nobody", ""),
        ] {
            ask(&mut browser, name).leads(ASKED);
            if says.is_empty() {
                continue;
            }
            let mail = app.mails().next_mail();
            assert_eq!(
                (mail.to(), mail.subject()),
                (format!("{name}@b.example").as_str(), NO_LINK)
            );
            for part in [says, help] {
                assert!(mail.text().contains(part) && mail.html().contains(part), "{mail:?}");
            }
            let all = mail.text().to_owned() + mail.html();
            assert!(!all.contains("/reset/"), "{all}");
        }
        // By its address, an account is found that has not confirmed it.
        app.instance.reset_limits();
        ask(&mut browser, "BOB@b.example").leads(ASKED);
        assert_eq!(app.mails().next_mail().subject(), NO_LINK);
        assert_eq!(app.instance.events("bob").len(), 2, "no link was made");
        assert_eq!(app.rest(), [""; 0]);
    }
}

#[test]
fn without_mail_the_page_says_whom_to_ask() {
    for (contact, help) in [
        ("", "Ask the operator of the server."),
        ("[instance]\ncontact = 'ops@b.example'", "ops@b.example"),
    ] {
        let app = TestApp::with(contact).serve();
        let mut browser = app.browser();
        assert!(browser.get("/login").text.contains("href=\"/reset\""), "{}", browser.page);
        let page = browser.get("/reset");
        assert_eq!(page.status, 200);
        assert!(page.text.contains(help) && !page.text.contains("<form"), "{}", page.text);
        browser.get("/login");
        let refused = browser.submit("/reset", &[("identifier", "ada")]);
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains(help), "{}", refused.text);
    }
}

#[test]
fn link_whose_mail_is_given_up_is_none_and_another_may_be_asked_for() {
    let app = TestApp::builder().mail_server(Mode::Refusing).confirmed().serve();
    let count = |query: &str| -> u32 {
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    let mut browser = app.browser();
    ask(&mut browser, "ada").leads(ASKED);
    wait_until("the mail is given up", || {
        count("SELECT count(*) FROM observations WHERE kind = 'mail.given_up'") == 1
    });
    assert_eq!(count("SELECT count(*) FROM password_links"), 0);
    let limits = "SELECT sum(count) FROM rate_limits WHERE kind LIKE 'mailed password link%'";
    assert_eq!(count(limits), 1, "the one of the day");
}

#[test]
fn names_of_users_lead_no_reader_of_a_mail_elsewhere() {
    let app = TestApp::builder().mail().user("evil.example").serve();
    app.instance.ok(&["user", "set", "ada", "--display", "http://evil.example/x"], "");
    app.nox("user set evil.example --email eve@b.example --verified true");
    let mut browser = app.browser();
    for name in ["ada", "evil.example"] {
        ask(&mut browser, name).leads(ASKED);
        let mail = app.mails().next_mail();
        let all = format!("{} {} {}", mail.subject(), mail.text(), mail.html());
        assert!(!all.contains("evil"), "{all}");
    }
}
