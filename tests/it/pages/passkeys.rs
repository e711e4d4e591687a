//! Passkeys on the pages, where a script has nothing to do.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::form_apps::{old_passkey, passkey_login};
use crate::harness::{Authenticator, PASSKEYS, TestApp};

#[test]
fn refused_name_of_a_passkey_stands_at_its_field_with_what_was_typed() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let [(_, id), _] = old_passkey(&mut app, &mut browser).try_into().unwrap();
    let long = "x".repeat(65);
    let fields = [("passkey", id.as_str()), ("name", &long)];
    let refused = browser.submit("/account/passkeys/rename", &fields);
    assert_eq!(refused.status, 400);
    let (before, field) = refused.text.split_once("id=\"message\"").unwrap();
    assert!(before.ends_with("<p class=\"error\" "), "{before}");
    assert!(field.contains("The name must be 1 to 64 characters long"), "{field}");
    assert!(field.contains(&format!("value=\"{long}\" required aria-describedby=\"message\"")));
}

#[test]
fn user_with_twenty_passkeys_is_told_to_remove_one_first() {
    let app = TestApp::logged_in();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    for _ in 0..20 {
        Authenticator::new().add_to(&app.ada);
    }
    let words = "You have 20 passkeys, and no more are possible.";
    // The page is older than the last of them.
    let refused = browser.submit("/account/passkeys/options", &[]);
    assert_eq!(refused.status, 400);
    let (_, message) = refused.text.split_once("id=\"message\"").unwrap();
    assert!(message.split_once("</p>").unwrap().0.contains(words), "{message}");
    let page = browser.get("/account").text;
    assert!(page.contains(words), "{page}");
    assert!(!page.contains("/account/passkeys/add"), "{page}");
    assert_eq!(page.matches("action=\"/account/passkeys/remove\"").count(), 20);
}

#[test]
fn code_is_called_by_what_a_user_has_beside_a_passkey() {
    let app = TestApp::new();
    let user = app.log_in("ada");
    Authenticator::new().add_to(&user);
    user.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    let page = browser.get("/login/code").text;
    assert!(page.contains(">Recovery code, or a code from a passkey</label>"), "{page}");
}

#[test]
fn removal_of_the_last_passkey_says_that_none_is_asked_for_any_more() {
    let app = TestApp::logged_in();
    let ids = [(); 2].map(|()| {
        let added = Authenticator::new().add_to(&app.ada);
        added["id"].as_str().unwrap().to_owned()
    });
    let enabled = app.ada.post(&format!("{PASSKEYS}/enable"), &json!({})).data();
    let codes = enabled["backup_codes"].as_array().unwrap();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    let fields = [("identifier", "ada"), ("code", codes[0].as_str().unwrap())];
    browser.submit("/login/code", &fields).leads("/account");
    let before = "It is your last one: after the password, no passkey is asked for any more.";
    let after = "Your last passkey is removed, and none is asked for after the password any more.";
    for (id, code) in ids.iter().zip(&codes[1..]) {
        let is_last = *id == ids[1];
        assert_eq!(browser.get("/account").text.contains(before), is_last);
        let fields = [("passkey", id.as_str()), ("code", code.as_str().unwrap())];
        let removed = browser.submit("/account/passkeys/remove", &fields);
        let (page, _) = removed.header("location").unwrap().split_once('#').unwrap();
        let told = browser.get(page).text;
        assert_eq!(told.contains(after), is_last, "{told}");
        assert_eq!(told.contains("The passkey is removed, and all other"), !is_last, "{told}");
    }
}

/// What the account page tells the browser of the passkeys of its user.
fn signals(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once(" data-signals=\"")?;
    let text = rest.split_once('"').unwrap().0.replace("&#34;", "\"");
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn account_page_tells_its_own_user_alone_which_passkeys_devices_are_to_keep() {
    let app = TestApp::builder().session().user("bob").serve();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    assert_eq!(signals(&browser.get("/account").text), None, "no device knows her");
    let mut first = Authenticator::new();
    first.add_to(&app.ada);
    let mut second = Authenticator::new();
    let id = second.add_to(&app.ada)["id"].as_str().unwrap().to_owned();
    let handle = first.handle.clone().unwrap();
    let encode = |device: &Authenticator| BASE64.encode(&device.id);
    let told = |ids: &[String]| {
        json!({
            "rpId": "localhost", "userId": handle, "allAcceptedCredentialIds": ids,
            "name": "ada", "displayName": "ada",
        })
    };
    let page = browser.get("/account");
    assert_eq!(signals(&page.text), Some(told(&[encode(&first), encode(&second)])));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    app.ada.delete(&format!("{PASSKEYS}/{id}")).data();
    browser.log_in("ada").leads("/account");
    assert_eq!(signals(&browser.get("/account").text), Some(told(&[encode(&first)])));
    let mut other = app.browser();
    let login = other.get("/login").text;
    other.log_in("bob").leads("/account");
    let account = other.get("/account").text;
    let user = app.client().get("/api/users/ada", &[]).text;
    for text in [login, account, user, app.ada.get(PASSKEYS).text] {
        assert!(!text.contains(&handle) && !text.contains(&encode(&first)), "{text}");
    }
    app.nox("passkey remove ada --all --yes");
    browser.log_in("ada").leads("/account");
    assert_eq!(signals(&browser.get("/account").text), Some(told(&[])), "none is left");
    // Switched off for a while, devices keep what they have.
    Authenticator::new().add_to(&app.log_in("ada"));
    app.instance.configure("[passkeys]\nenabled = false");
    let app = app.restart();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    assert_eq!(signals(&browser.get("/account").text), None);
}

#[test]
fn passkeys_of_a_former_domain_are_not_told_to_devices_of_another() {
    let app = TestApp::logged_in();
    Authenticator::new().add_to(&app.ada);
    app.instance.configure("[passkeys]\nrp_id = 'nox.localhost'");
    let app = app.restart();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    let told = signals(&browser.get("/account").text).unwrap();
    assert_eq!(
        (&told["rpId"], &told["allAcceptedCredentialIds"]),
        (&json!("nox.localhost"), &json!([]))
    );
}

/// What a device says that is not so, and whether no account has its passkey then.
type Lie = (fn(&mut Authenticator), bool);

#[test]
fn login_page_lets_a_device_forget_a_passkey_that_no_account_has_and_no_other() {
    const MARK: &str = " data-unknown-passkey";
    let app = TestApp::logged_in();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let lies: [Lie; 4] = [
        (|device| device.id[0] ^= 1, true),
        (|device| device.key = Authenticator::new().key, false),
        (|device| device.origin = "https://evil.example".into(), false),
        (|device| device.handle = Some("AAAA".into()), false),
    ];
    for (lie, is_unknown) in lies {
        let mut browser = app.browser();
        browser.get("/login");
        let json = [("Content-Type", "application/json")];
        let options = browser.send("POST", "/api/auth/passkey/login/options", &json, "{}").data();
        browser.get("/login");
        let mut liar = device.clone();
        lie(&mut liar);
        let credential = liar.get(&options).to_string();
        let refused = browser.submit("/login/passkey", &[("credential", &credential)]);
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("This passkey opens no account here."), "{}", refused.text);
        assert_eq!(refused.text.contains(MARK), is_unknown, "{}", refused.text);
    }
}

#[test]
fn ban_holds_for_a_login_by_passkey_on_the_page() {
    let mut app = TestApp::new();
    let mut browser = app.browser();
    let fields = passkey_login(&mut app, &mut browser);
    app.nox("user disable ada --reason spam");
    let [(name, credential)] = fields.try_into().unwrap();
    let refused = browser.submit("/login/passkey", &[(name, &credential)]);
    assert!(refused.status >= 400 && refused.text.contains("spam"), "{}", refused.text);
    browser.get("/account").leads("/login");
}

#[test]
fn server_without_passkeys_shows_none_of_it() {
    let settings = "[server]\npublic_url = 'http://127.0.0.1:53032'";
    for settings in [settings, "[passkeys]\nenabled = false"] {
        let app = TestApp::with(settings).serve();
        let mut browser = app.browser();
        let login = browser.get("/login").text;
        browser.log_in("ada").leads("/account");
        let account = browser.get("/account").text;
        for page in [login, account] {
            assert!(!page.to_lowercase().contains("passkey"), "{page}");
            assert!(!page.contains("webauthn"), "{page}");
        }
    }
}
