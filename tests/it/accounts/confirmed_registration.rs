//! `users.require_email`: a registration whose address is confirmed before the first login.

use serde_json::{Value, json};

use crate::harness::{
    Answer, Browser, Builder, INVALID_FIELD, LOGIN, Mode, PASSWORD, TestApp, UNAUTHORIZED,
};

const REGISTER: &str = "/api/auth/register";
const SETTINGS: &str = "[users]\nregistration = 'open'\nrequire_email = true";

fn requiring() -> Builder {
    TestApp::with(SETTINGS).mail_server(Mode::Plain)
}

fn register(app: &TestApp, name: &str) -> Answer {
    let email = format!("{name}@b.example");
    let body = json!({ "username": name, "password": PASSWORD, "email": email });
    app.client().post(REGISTER, &body)
}

fn log_in(app: &TestApp, name: &str) -> Answer {
    app.client().log_in(name, PASSWORD)
}

#[track_caller]
fn waits(app: &TestApp, name: &str) {
    let message = log_in(app, name).refused(UNAUTHORIZED, LOGIN);
    let sentence = "You are not authorized to log in before the email address is confirmed: open \
                    the link that was mailed to it, or ask for another one at \
                    http://localhost:53032/login.";
    assert_eq!(message, sentence);
}

fn register_on_page(app: &TestApp, name: &str) -> (Browser, Answer) {
    let mut browser = app.browser();
    browser.get("/register");
    let email = format!("{name}@b.example");
    let typed = [("username", name), ("new_password", PASSWORD), ("email", email.as_str())];
    let answer = browser.submit("/register", &typed);
    (browser, answer)
}

#[test]
fn registration_opens_no_session_and_mails_the_link() {
    let app = requiring().serve();
    let answer = register(&app, "bob");
    let data = answer.data();
    assert_eq!((&data["verification_required"], &data["methods"]), (&json!(true), &json!([])));
    assert_eq!((&data["token"], &data["user"]["username"]), (&Value::Null, &json!("bob")));
    assert!(data["message"].as_str().unwrap().contains("then log in"), "{data}");
    assert_eq!(answer.header("set-cookie"), None);
    waits(&app, "bob");
    let body = json!({ "identifier": "bob", "password": PASSWORD });
    app.client().post("/api/v2/auth/login", &body).refused_as("FORBIDDEN", 403);
    let wrong = app.client().log_in("bob", "hunter23");
    assert_eq!(wrong.refused(INVALID_FIELD, LOGIN), "Invalid field: password, is not correct.");
    let mail = app.mails().next_mail();
    assert_eq!((mail.to(), mail.subject()), ("bob@b.example", "Confirm your address for Nox"));
    let link = format!("/api/email/confirmation?token={}", mail.token());
    assert_eq!(app.client().get(&link, &[]).data()["verified"], true);
    log_in(&app, "bob").token();
    assert!(app.log().contains("user=\"bob\" reason=unconfirmed_address"));
}

#[test]
fn address_is_confirmed_by_every_way() {
    let ways: [fn(&TestApp, &str); 4] = [
        |app, token| {
            let path = format!("/api/v2/email/confirmation?token={token}");
            app.client().get(&path, &[]).data();
        },
        |app, token| {
            let body = json!({ "token": token });
            app.client().post("/api/v2/auth/methods/email/enable", &body).data();
        },
        |app, token| {
            let mut browser = app.browser();
            browser.get(&format!("/email/confirmation?token={token}"));
            waits(app, "bob");
            let page = browser.submit("/email/confirmation", &[("link", token)]);
            assert!(page.text.contains("Your address is confirmed."), "{}", page.text);
            assert!(page.text.contains("href=\"/login\""), "{}", page.text);
        },
        |app, _| {
            app.nox("user set bob --verified true");
        },
    ];
    for confirm in ways {
        let app = requiring().serve();
        register(&app, "bob").data();
        waits(&app, "bob");
        confirm(&app, &app.mails().next_mail().token());
        log_in(&app, "bob").token();
    }
}

#[test]
fn address_must_be_given() {
    let app = requiring().serve();
    let body = json!({ "username": "bob", "password": PASSWORD });
    let rule = app.client().post(REGISTER, &body).refused_field("email", REGISTER);
    assert_eq!(rule, "must be given.");
    let mut browser = app.browser();
    let page = browser.get("/register").text;
    let rest = page.split_once("name=\"email\"").unwrap().1;
    assert!(rest.split_once('>').unwrap().0.contains(" required"), "{page}");
    let typed = [("username", "bob"), ("new_password", PASSWORD), ("email", "")];
    let refused = browser.submit("/register", &typed);
    assert_eq!((refused.status, browser.value("username").as_deref()), (400, Some("bob")));
}

#[test]
fn page_says_where_the_link_went_and_mails_it_again_within_the_limit() {
    let app = requiring().serve();
    let (mut browser, answer) = register_on_page(&app, "bob");
    answer.leads("/login/confirmation");
    let page = browser.get("/login/confirmation").text;
    assert!(page.contains("We mailed a link to <strong>bob@b.example</strong>. Open"), "{page}");
    let german = browser.get("/login/confirmation?lang=de").text;
    assert!(german.contains("unterwegs an <strong>bob@b.example</strong>. "), "{german}");
    browser.get("/login/confirmation?lang=en");
    app.mails().next_mail();
    let soon = browser.submit("/login/confirmation", &[]);
    assert_eq!(soon.status, 429, "{}", soon.text);
    app.instance.reset_limits();
    browser.submit("/login/confirmation", &[]).leads("/login/confirmation?done=link");
    let done = browser.get("/login/confirmation?done=link").text;
    assert!(done.contains("A link is on its way to your mailbox."), "{done}");
    // A login from elsewhere leads to the same page.
    let mut other = app.browser();
    other.log_in("bob").leads("/login/confirmation");
    let token = app.mails().next_mail().token();
    app.client().get(&format!("/api/email/confirmation?token={token}"), &[]).data();
    other.get("/login/confirmation").leads("/login?because=confirmed");
    assert!(other.get("/login?because=confirmed").text.contains("Your address is confirmed."));
    other.log_in("bob").leads("/account");
}

#[test]
fn pending_registration_is_of_no_other_use() {
    let app = requiring().serve();
    let (mut browser, _) = register_on_page(&app, "bob");
    assert!(browser.cookies.iter().all(|(name, _)| !name.contains("_uid")));
    for path in ["/account", "/account/recovery-codes"] {
        assert_eq!(browser.get(path).status, 303, "{path}");
    }
    browser.get("/login/set-up").leads("/login?because=time");
}

#[test]
fn registration_sent_twice_leads_where_the_first_sending_did() {
    let app = requiring().serve();
    let mut browser = app.browser();
    browser.get("/register");
    let mut second = app.browser();
    second.cookies.clone_from(&browser.cookies);
    second.page.clone_from(&browser.page);
    let typed = [("username", "bob"), ("new_password", PASSWORD), ("email", "bob@b.example")];
    browser.submit("/register", &typed).leads("/login/confirmation");
    second.submit("/register", &typed).leads("/login/confirmation");
    assert!(second.get("/login/confirmation").text.contains("bob@b.example"));
    let mut stranger = app.browser();
    stranger.get("/register");
    assert_eq!(stranger.submit("/register", &typed).status, 409);
}

#[test]
fn refused_and_delayed_mail_is_told() {
    for (mode, flag, text) in [
        (Mode::Refusing, "link-refused", "No mail could be sent."),
        (Mode::Busy, "link-delayed", "takes no mail at the moment"),
    ] {
        let app = TestApp::with(SETTINGS).mail_server(mode).serve();
        let (mut browser, answer) = register_on_page(&app, "bob");
        answer.leads(&format!("/login/confirmation?done={flag}"));
        let page = browser.get(&format!("/login/confirmation?done={flag}")).text;
        assert!(page.contains(text), "{flag}: {page}");
    }
}

#[test]
fn accounts_of_the_operator_and_from_before_log_in_without_a_link() {
    let app = TestApp::with("[users]\nregistration = 'open'").mail_server(Mode::Plain).serve();
    register(&app, "bob").token();
    app.instance.configure(&format!("{}{SETTINGS}", app.mails().settings()));
    let app = app.restart();
    app.nox("user add eve --email eve@b.example --generate");
    for name in ["ada", "bob"] {
        log_in(&app, name).token();
    }
}

#[test]
fn setting_that_is_off_again_lets_them_in_for_good() {
    let app = requiring().serve();
    register(&app, "bob").data();
    register(&app, "eve").data();
    app.instance.configure(&format!("{}[users]\nregistration = 'open'", app.mails().settings()));
    let app = app.restart();
    log_in(&app, "bob").token();
    app.instance.configure(&format!("{}{SETTINGS}", app.mails().settings()));
    let app = app.restart();
    log_in(&app, "bob").token();
    waits(&app, "eve");
}

#[test]
fn invitation_by_mail_confirms_the_address_and_its_code_alone_does_not() {
    let settings = "[users]\nregistration = 'invite'\nrequire_email = true";
    let app = TestApp::with(settings).mail_server(Mode::Plain).serve();
    app.nox("invite add --email bob@b.example");
    let mail = app.mails().next_mail();
    let link = mail.text().split("/register/").nth(1).unwrap();
    let mailed = link.split_whitespace().next().unwrap();
    let with = |name: &str, code: &Value| {
        let body = json!({ "username": name, "password": PASSWORD, "invite": code });
        app.client().post(REGISTER, &body)
    };
    with("bob", &json!(mailed)).token();
    app.nox("user set bob --email robert@b.example");
    log_in(&app, "bob").token();
    let invitation = app.instance.nox_json("invite add --json --email eve@b.example");
    let data = with("eve", &invitation["code"]).data();
    assert_eq!(data["verification_required"], true, "{data}");
}

#[test]
fn operator_sees_changes_and_lifts_what_an_account_waits_for() {
    let app = requiring().serve();
    register(&app, "bob").data();
    app.mails().next_mail();
    assert!(app.nox("user show bob").contains("no login before it is confirmed"));
    assert!(app.nox("user list").contains("bob@b.example (not confirmed)"));
    assert_eq!(app.instance.user("bob")["awaits_confirmation"], true);
    // Another address waits as well, and without one there is nothing to wait for.
    app.nox("user set bob --email robert@b.example");
    waits(&app, "bob");
    app.instance.reset_limits();
    let mut browser = app.browser();
    browser.log_in("bob").leads("/login/confirmation");
    browser.get("/login/confirmation");
    browser.submit("/login/confirmation", &[]).leads("/login/confirmation?done=link");
    assert_eq!(app.mails().next_mail().to(), "robert@b.example");
    app.instance.run(&["user", "set", "bob", "--email", ""], "");
    log_in(&app, "bob").token();
}

#[test]
fn configuration_without_a_mail_server_is_refused() {
    let app = TestApp::new();
    app.instance.configure(SETTINGS);
    let checked = app.instance.run(&["config", "check"], "");
    assert_eq!(checked.status, 5);
    let expected = "users.require_email = true needs a mail server";
    assert!(checked.stderr.contains(expected), "{}", checked.stderr);
    assert!(checked.stderr.contains("nox.toml, line"), "{}", checked.stderr);
    // Commands that use other keys run.
    assert!(app.nox("user list").contains("ada"));
}
