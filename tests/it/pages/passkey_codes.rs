//! The account page: a passkey that is asked for after the password, and the codes that one gives.

use super::form_apps::{assertion, new_code, with_passkey};
use super::form_table::CODES;
use crate::harness::{Authenticator, Browser, PASSWORD, TestApp, VERIFICATION_REQUIRED};

const ENABLE: &str = "/account/passkeys/enable";
const DISABLE: &str = "/account/passkeys/disable";
const CODE: &str = "/account/passkeys/code";
const BY_PASSWORD: [(&str, &str); 1] = [("current_password", PASSWORD)];

/// The fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Asks for a code by the passkey of a device, and returns the page.
fn ask(browser: &mut Browser, device: &Authenticator) -> crate::harness::Answer {
    let page = browser.page.clone();
    let credential = assertion(browser, device);
    let answer = browser.submit(CODE, &[("credential", &credential)]);
    browser.page = page;
    answer
}

/// The code that the page of it shows.
fn given(page: &str) -> String {
    let shown = page.split_once("id=\"given-code\"").expect("a code").1;
    shown.split_once('>').unwrap().1.split('<').next().unwrap().into()
}

#[test]
fn switch_ends_the_other_sessions_and_shows_recovery_codes() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let device = with_passkey(&mut app, &mut browser);
    assert!(browser.page.contains("VR clients cannot use a passkey"), "{}", browser.page);
    let mut other = app.browser();
    other.log_in("ada").leads("/account");
    browser.submit(ENABLE, &BY_PASSWORD).leads(CODES);
    other.get("/account").leads("/login?because=session&return_to=/account");
    let code = new_code(&mut browser);
    assert!(browser.page.contains(&format!("action=\"{DISABLE}\"")), "{}", browser.page);
    app.try_password().refused(VERIFICATION_REQUIRED, "/api/auth/login");
    // What is on asks for a code before it goes.
    let refused = browser.submit(DISABLE, &[]);
    assert_eq!(refused.status, 428, "{}", refused.text);
    let (before, _) = refused.text.split_once("id=\"passkey-factor-code\"").unwrap();
    assert!(before.contains("<p class=\"error\" id=\"message\""), "at the field: {before}");
    let mut third = app.browser();
    third.log_in("ada").leads("/login/code");
    third.get("/login/code");
    third.submit("/login/code", &[("identifier", "ada"), ("code", &code)]).leads("/account");
    let by_passkey = given(&ask(&mut browser, &device).text);
    let off = "/account?done=passkey-factor-off#message";
    browser.submit(DISABLE, &[("code", &by_passkey)]).leads(off);
    third.get("/account").leads("/login?because=session&return_to=/account");
    let page = browser.get("/account?done=passkey-factor-off").text;
    assert!(page.contains("Your passkeys are no longer asked for"), "{page}");
    app.try_password().token();
}

#[test]
fn session_alone_does_not_switch_the_factor() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let device = with_passkey(&mut app, &mut browser);
    let refused = browser.submit(ENABLE, &[]);
    assert_eq!(refused.status, 401, "{}", refused.text);
    let (_, field) = refused.text.split_once("for=\"passkey-factor-current-password\"").unwrap();
    assert!(field.trim_start().contains("Enter your current password"), "{field}");
    let refused = browser.submit(ENABLE, &[("current_password", "wrong horse")]);
    assert_eq!(refused.status, 400, "{}", refused.text);
    // A code of the passkey takes the place of the password, once.
    let code = given(&ask(&mut browser, &device).text);
    browser.submit(ENABLE, &[("code", &code)]).leads(CODES);
    let recovery = new_code(&mut browser);
    let refused = browser.submit(DISABLE, &[("code", &code)]);
    assert_eq!(refused.status, 400, "{}", refused.text);
    browser
        .submit(DISABLE, &[("code", &recovery)])
        .leads("/account?done=passkey-factor-off#message");
    browser.get("/account");
    browser.submit(ENABLE, &BY_PASSWORD).leads(CODES);
}

#[test]
fn second_factor_beside_an_app_brings_no_new_codes() {
    let mut app = TestApp::builder().totp().serve();
    let mut browser = app.browser();
    super::form_apps::enter(&mut app, &mut browser);
    let mut device = Authenticator::new();
    let recovery = app.ada.recovery_codes.pop().unwrap();
    let page = browser.page.clone();
    let options = browser.submit("/account/passkeys/options", &[("code", &recovery)]).json();
    browser.page = page;
    let credential = device.create(&options).to_string();
    browser.submit("/account/passkeys/add", &[("credential", &credential)]);
    browser.get("/account");
    let refused = browser.submit(ENABLE, &[]);
    assert_eq!(refused.status, 428, "{}", refused.text);
    let code = given(&ask(&mut browser, &device).text);
    browser.submit(ENABLE, &[("code", &code)]).leads("/account?done=passkey-factor#message");
    let page = browser.get("/account?done=passkey-factor").text;
    assert!(page.contains("From now on, a passkey or a code is asked for"), "{page}");
    let left = app.ada.recovery_codes.len();
    assert_eq!(app.instance.user("ada")["factors"]["recovery_codes"], left);
}

#[test]
fn code_for_another_device_is_shown_once_with_its_time_and_logs_in_there() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let device = with_passkey(&mut app, &mut browser);
    browser.submit(ENABLE, &BY_PASSWORD).leads(CODES);
    new_code(&mut browser);
    let credential = assertion(&mut browser, &device);
    let form = browser.page.clone();
    let page = browser.submit(CODE, &[("credential", &credential)]);
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    let code = given(&page.text);
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert!(page.text.contains("<strong data-seconds=\"600\">10 minutes</strong>"));
    assert!(page.text.contains("Valid until <time"), "{}", page.text);
    // The form that got it gets no other, and no page shows it again.
    browser.page = form;
    let again = browser.submit(CODE, &[("credential", &credential)]);
    assert_eq!(again.status, 400);
    assert!(again.text.contains("the page was too old. Try again."), "{}", again.text);
    assert!(!again.text.contains(&code) && !browser.get("/account").text.contains(&code));
    app.try_code(&code).token();
    app.try_code(&code).refused_code();
}

#[test]
fn passkey_of_another_account_gives_no_code_and_opens_no_session() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    with_passkey(&mut app, &mut browser);
    app.instance.add_user("bob", PASSWORD);
    let mut theirs = Authenticator::new();
    theirs.add_to(&app.log_in("bob"));
    let cookies = browser.cookies.clone();
    for (device, words) in [
        (&theirs, "That passkey belongs to another account"),
        (&Authenticator::new(), "This passkey opens no account here"),
    ] {
        let refused = ask(&mut browser, device);
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains(words), "{}", refused.text);
        assert!(!refused.text.contains("given-code"));
        assert_eq!(browser.cookies, cookies);
    }
    let mut stranger = app.browser();
    stranger.get("/login");
    let credential = assertion(&mut stranger, &theirs);
    let answer = stranger.submit(CODE, &[("credential", &credential)]);
    answer.leads("/login?because=session&return_to=/account");
}

#[test]
fn account_page_offers_passkeys_where_one_can_be_used() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let mut without = app.browser();
    without.log_in("ada").leads("/account");
    let page = without.get("/account").text;
    assert!(!page.contains(ENABLE) && !page.contains(CODE) && !page.contains("data-fill"));
    with_passkey(&mut app, &mut browser);
    let page = browser.get("/account").text;
    assert!(page.contains(ENABLE) && page.contains(CODE), "{page}");
    assert!(page.contains("data-fill=\"passkey-factor-code\" hidden"), "{page}");
    assert_eq!(page.matches("data-fill").count(), 1, "a young session adds and removes: {page}");
    app.instance.sql("UPDATE sessions SET created_at = created_at - 601000");
    assert_eq!(browser.get("/account").text.matches("data-fill").count(), 3);
    browser.submit(ENABLE, &BY_PASSWORD).leads(CODES);
    new_code(&mut browser);
    let fields = browser.page.matches("autocomplete=\"one-time-code\"").count();
    assert!(fields > 5 && browser.page.matches("data-fill").count() == fields, "beside each");
    app.instance.configure("[passkeys]\nrp_id = 'elsewhere.localhost'");
    let mut app = app.restart();
    let mut moved = app.browser();
    moved.cookies.clone_from(&browser.cookies);
    let page = moved.get("/account").text;
    assert!(page.contains(DISABLE) && !page.contains(CODE) && !page.contains("data-fill"));
    app.instance.sql("UPDATE users SET has_passkey_factor = 0");
    assert!(!moved.get("/account").text.contains(ENABLE), "there is none to ask for");
    app.instance.configure("[passkeys]\nenabled = false");
    app = app.restart();
    let mut off = app.browser();
    off.cookies.clone_from(&browser.cookies);
    let page = off.get("/account").text;
    assert!(!page.contains(DISABLE) && !page.contains(CODE) && !page.contains("data-fill"));
}

#[test]
fn every_form_that_asks_for_a_code_takes_one_of_a_passkey() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let device = with_passkey(&mut app, &mut browser);
    browser.submit(ENABLE, &BY_PASSWORD).leads(CODES);
    new_code(&mut browser);
    let passkey = browser.value("passkey").unwrap();
    let forms: [(&str, Fields<'_>, &str); 6] = [
        ("/account/username", &[("username", "countess")], "/account?done=username#message"),
        ("/account/email", &[("email", "ada@b.example")], "/account?done=email#message"),
        (
            "/account/password",
            &[BY_PASSWORD[0], ("new_password", "another horse")],
            "/account?done=password#message",
        ),
        ("/account/totp/setup", &[], "/account/totp"),
        ("/account/recovery", &[], CODES),
        (
            "/account/passkeys/remove",
            &[("passkey", &passkey)],
            "/account?done=last-passkey-removed#message",
        ),
    ];
    for (path, fields, end) in forms {
        let page = browser.get("/account").text;
        let form = page.split_once(&format!("action=\"{path}\"")).expect(path).1;
        let form = form.split_once("</form>").unwrap().0;
        assert!(form.contains("name=\"code\"") && form.contains("data-fill"), "{path}: {form}");
        let code = given(&ask(&mut browser, &device).text);
        let fields = [fields, &[("code", code.as_str())]].concat();
        browser.submit(path, &fields).leads(end);
        app.instance.reset_limits();
    }
}
