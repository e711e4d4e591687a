//! The set-up of a second factor before a session opens: what its proof is good for, repeats,
//! races, and changes of the account meanwhile.

use serde_json::json;

use super::demanded_factor::{demanding, finish, to_set_up};
use crate::harness::{at_once, oathtool};

#[test]
fn pending_login_is_of_no_other_use() {
    let app = demanding("everybody", "").serve();
    let mut browser = to_set_up(&app, "ada");
    let proof = browser.cookies.iter().find(|(name, _)| name.starts_with("nox_pending")).unwrap();
    let proof = proof.1.clone();
    assert!(browser.cookies.iter().all(|(name, _)| !name.contains("_uid")));
    for path in ["/account", "/account/totp", "/account/recovery-codes"] {
        assert_eq!(browser.get(path).status, 303, "{path}");
    }
    let bearer = format!("Bearer {proof}");
    let me = app.client().get("/api/users/@me", &[("Authorization", &bearer)]);
    assert_eq!(me.status, 401);
    for name in ["_uid", "nox_login_53032"] {
        browser.cookies.push((name.into(), proof.clone()));
    }
    browser.get("/account").leads("/login?because=session&return_to=/account");
    browser.get("/login/code").leads("/login?because=time");
    let send = app.client().post("/api/auth/email/send", &json!({ "challenge": proof }));
    assert_eq!(send.status, 403, "{}", send.text);
}

#[test]
fn two_tabs_of_a_browser_show_one_app_and_one_of_them_finishes() {
    let app = demanding("everybody", "").serve();
    let mut browser = to_set_up(&app, "ada");
    let secret = browser.secret();
    let page = browser.page.clone();
    browser.log_in("ada").leads("/login/set-up");
    browser.get("/login/set-up");
    assert_eq!(browser.secret(), secret);
    finish(&mut browser, "ada", &oathtool(&secret, 0)).leads("/account/recovery-codes");
    browser.page = page;
    finish(&mut browser, "ada", &oathtool(&secret, 1)).leads("/account/recovery-codes");
    assert_ne!(secret, to_set_up(&app, "bob").secret());
}

#[test]
fn form_of_another_login_of_the_browser_enables_nothing() {
    let app = demanding("everybody", "").serve();
    let mut browser = to_set_up(&app, "ada");
    let (secret, page) = (browser.secret(), browser.page.clone());
    browser.log_in("bob").leads("/login/set-up");
    browser.page = page;
    finish(&mut browser, "ada", &oathtool(&secret, 0)).leads("/login?because=other");
    for name in ["ada", "bob"] {
        assert_eq!(app.instance.user(name)["twofa_enabled"], false);
    }
}

#[test]
fn set_up_ends_with_the_password_the_account_or_another_factor() {
    for command in [
        "user passwd ada --generate",
        "user disable ada",
        "user remove ada --yes",
        "totp enroll ada --no-confirm",
    ] {
        let app = demanding("everybody", "").serve();
        let mut browser = to_set_up(&app, "ada");
        let mut other = app.browser();
        other.cookies.clone_from(&browser.cookies);
        app.nox(command);
        let code = oathtool(&browser.secret(), 0);
        finish(&mut browser, "ada", &code).leads("/login?because=time");
        assert!(browser.cookies.iter().all(|(name, _)| !name.contains("_uid")), "{command}");
        other.get("/login/set-up").leads("/login?because=time");
    }
}

#[test]
fn twenty_set_ups_at_once_enable_one_app() {
    let app = demanding("everybody", "").serve();
    let browsers: Vec<_> = (0..20).map(|_| to_set_up(&app, "ada")).collect();
    let browsers: Vec<_> = browsers.into_iter().map(std::sync::Mutex::new).collect();
    let ends = at_once(20, |number| {
        let mut browser = browsers[number].lock().unwrap();
        let code = oathtool(&browser.secret(), 0);
        finish(&mut browser, "ada", &code).header("location").unwrap().to_owned()
    });
    let entered = ends.iter().filter(|end| *end == "/account/recovery-codes").count();
    assert_eq!(entered, 1, "{ends:?}");
    let sessions = app.nox("session list ada --json");
    assert_eq!(sessions.lines().count(), 1, "{sessions}");
}
