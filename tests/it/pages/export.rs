//! The form of the account page that answers with everything about the account.

use serde_json::{Value, json};

use crate::harness::{Browser, PASSWORD, PNG, TestApp};

const PATH: &str = "/account/export";

fn open(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    browser.get("/account");
    browser
}

/// A picture that does not fit into one part of the answer.
fn large_picture() -> Vec<u8> {
    let noise =
        (0..1_000_001_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
    PNG.iter().copied().chain(noise).collect()
}

#[test]
fn account_page_answers_with_the_file_that_the_operator_gets() {
    let app = TestApp::with("[users]\ndefault_tags = []").serve();
    app.instance.write("large.png", large_picture());
    app.nox("user set ada --email ada@b.example --verified true");
    app.nox("user set ada --bio Hello --links Home=https://ada.example");
    app.nox("user set ada --thumbnail large.png --banner large.png --tags sys:moderator");
    app.nox("invite add --email ADA@b.example --tag can_fly --note secret-note");
    let mut browser = open(&app);
    let answer = browser.submit(PATH, &[("current_password", PASSWORD)]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-disposition", "attachment; filename=\"ada.json\""),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    app.nox("user export ada .");
    let file = std::fs::read_to_string(app.instance.path("ada.json")).unwrap();
    assert!(!file.contains("secret-note") && !file.contains("argon2"));
    let [mut page, mut file]: [Value; 2] =
        [&*answer.text, &*file].map(|text| serde_json::from_str(text).unwrap());
    for (document, by) in [(&mut page, "user"), (&mut file, "operator")] {
        assert!(document["exported_at"].take().is_i64());
        let lines = document["audit"]["content"].as_array_mut().unwrap();
        let last = lines.pop().unwrap();
        assert_eq!((&last["event"], &last["by"]), (&json!("account.exported"), &json!(by)));
        if by == "operator" {
            assert_eq!(lines.pop().unwrap()["by"], "user");
        }
        document["sessions"]["content"][0]["last_seen_at"].take();
    }
    assert_eq!(page, file);
    let invitation = &page["invitations"]["content"][0];
    assert_eq!(invitation["email"], "ADA@b.example");
    assert_eq!(invitation["tags"], json!(["can_fly"]));
    assert_eq!(page["pictures"]["content"].as_array().unwrap().len(), 2);
}

#[test]
fn export_speaks_the_language_of_its_reader() {
    let app = TestApp::new();
    let mut browser = open(&app);
    let about = |browser: &mut Browser| {
        let answer = browser.submit(PATH, &[("current_password", PASSWORD)]);
        answer.json()["devices"]["about"].as_str().unwrap().to_owned()
    };
    browser.get("/account?lang=de");
    assert!(about(&mut browser).starts_with("Wann sich jeder Browser"));
    app.nox("user set ada --language fr");
    app.nox("user export ada .");
    let file = std::fs::read_to_string(app.instance.path("ada.json")).unwrap();
    assert!(file.contains("La dernière connexion au compte"));
    // The choice in this browser comes first.
    browser.get("/account");
    assert!(about(&mut browser).starts_with("Wann sich jeder Browser"));
}

#[test]
fn export_takes_the_password_and_counts_wrong_ones() {
    let app = TestApp::builder().totp().serve();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/login/code");
    browser.get("/login/code");
    let code = [("identifier", "ada"), ("code", &*app.ada.recovery_codes[0])];
    browser.submit("/login/code", &code).leads("/account");
    browser.get("/account");
    for password in ["wrong horse", "", "wrong horse", "wrong horse", "wrong horse"] {
        let answer = browser.submit(PATH, &[("current_password", password)]);
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(answer.text.contains("The current password is wrong."), "{}", answer.text);
        assert!(!answer.text.contains("exported_at"));
    }
    let answer = browser.submit(PATH, &[("current_password", PASSWORD)]);
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert!(app.instance.events("ada").iter().all(|line| line["event"] != "account.exported"));
    app.instance.reset_limits();
    browser.get("/account");
    // The session has had a code.
    assert_eq!(browser.submit(PATH, &[("current_password", PASSWORD)]).status, 200);
}

#[test]
fn export_needs_a_form_of_a_session() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.get("/login");
    let answer = browser.submit(PATH, &[("current_password", PASSWORD)]);
    answer.leads("/login?because=session&return_to=/account");
    let mut browser = open(&app);
    let answer = browser.submit_with(PATH, "forged", &[], &[("current_password", PASSWORD)]);
    assert_eq!(answer.status, 403, "{}", answer.text);
    browser.get(PATH).leads("/account");
}
