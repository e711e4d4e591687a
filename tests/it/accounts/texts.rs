//! Texts of the world: every input that is compared takes a text in each of its forms.

use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use crate::harness::{INVALID_FIELD, JSON, LOGIN, ME, TestApp, User};

/// A letter, composed and decomposed.
const FORMS: [&str; 2] = ["pass w\u{fc}rd", "pass wu\u{308}rd"];

#[test]
fn password_is_one_in_both_forms_wherever_it_is_set_and_checked() {
    let app = TestApp::with("[users]\nregistration = 'open'").session().serve();
    let in_both_forms = |name: &str| {
        for typed in FORMS {
            assert_eq!(app.client().log_in(name, typed).status, 200, "{typed:?}");
            let mut browser = app.browser();
            browser.get("/login");
            let fields = [("identifier", name), ("password", typed)];
            browser.submit("/login", &fields).leads("/account");
        }
    };
    for [set, current] in [[FORMS[0], FORMS[1]], [FORMS[1], FORMS[0]]] {
        app.instance.set_password("ada", set);
        in_both_forms("ada");
        let ada = User::new(app.client(), app.client().log_in("ada", current).token());
        ada.post(ME, &json!({ "password": set, "current_password": current })).data();
        in_both_forms("ada");
        let mut browser = app.browser();
        browser.get("/login");
        browser.submit("/login", &[("identifier", "ada"), ("password", set)]).leads("/account");
        browser.get("/account");
        let fields = [("new_password", set), ("current_password", current)];
        assert_eq!(browser.submit("/account/password", &fields).status, 303);
        in_both_forms("ada");
        let eve = json!({ "username": "eve", "password": set });
        let token = app.client().post("/api/auth/register", &eve).token();
        in_both_forms("eve");
        let eve = User::new(app.client(), token);
        let body = json!({ "current_password": current }).to_string();
        eve.send("DELETE", ME, &[JSON], body.as_bytes()).data();
        app.instance.reset_limits();
    }
}

#[test]
fn accents_of_their_own_do_not_lengthen_a_new_password() {
    let app = TestApp::logged_in();
    let set =
        |new: &str| app.ada.post(ME, &json!({ "password": new, "current_password": "hunter22" }));
    set(&"u\u{308}".repeat(7)).refused(INVALID_FIELD, ME);
    set(&"u\u{308}".repeat(65)).refused(INVALID_FIELD, ME);
    set(&"u\u{308}o\u{308}".repeat(32)).data();
}

#[test]
fn user_is_found_by_every_form_of_a_name_and_an_address() {
    let app = TestApp::builder().serve();
    let email = [
        "user",
        "set",
        "ada",
        "--verified",
        "true",
        "--email",
        " Mu\u{308}ller@B\u{fc}cher.example",
    ];
    app.instance.ok(&email, "");
    assert_eq!(app.instance.user("ada")["email"], "M\u{fc}ller@B\u{fc}cher.example");
    let forms = [
        "\u{a0}ADA\u{200b}\r\n",
        "\u{ff21}da",
        "ada\u{ff20}localhost:53032",
        "M\u{dc}LLER@b\u{fc}cher.example",
        "mu\u{308}ller@xn--bcher-kva.example",
        "mailto:m%C3%BCller@B\u{dc}CHER.example.",
        "m\u{fc}\u{200b}ller\u{ff20}b\u{fc}cher\u{3002}example",
    ];
    for form in forms {
        assert_eq!(app.client().log_in(form, "hunter22").status, 200, "{form:?}");
        assert!(app.instance.ok(&["user", "show", form, "--json"], "").contains("ada"), "{form:?}");
        let query: String = byte_serialize(form.as_bytes()).collect();
        if !form.contains(['@', '\u{ff20}']) {
            assert_eq!(
                app.client().get(&format!("/api/users/{query}").replace('+', "%20"), &[]).status,
                200,
                "{form:?}"
            );
        }
    }
    for taken in ["m\u{dc}ller@B\u{dc}CHER.example", "mailto:Mu\u{308}ller@xn--bcher-kva.example"] {
        let refused = app.instance.run(&["user", "add", "eve", "--email", taken, "--generate"], "");
        assert_eq!(refused.status, 4, "{taken}");
    }
}

#[test]
fn search_finds_names_in_every_form() {
    let app = TestApp::logged_in();
    app.ada.post(ME, &json!({ "display": "U\u{308}nal Stra\u{df}e\u{202e}" })).data();
    assert_eq!(app.ada.me()["display"], "\u{dc}nal Stra\u{df}e");
    for text in
        ["\u{fc}nal", "\u{dc}NAL", "u\u{308}n", "STRASSE", " stra\u{df}e\u{200b}", "\u{ff33}tra"]
    {
        let query: String = byte_serialize(text.as_bytes()).collect();
        for path in [format!("/api/users?q={query}"), format!("/api/users?id=1&q={query}")] {
            assert_eq!(app.client().get(&path, &[]).data()["total"], json!(1), "{text:?}");
        }
        let listed = app.instance.ok(&["user", "list", "--json", "--search", text], "");
        assert_eq!(listed.lines().count(), 1, "{text:?}");
    }
    let listed = app.instance.ok(&["user", "list", "--json", "--search", "unal"], "");
    assert_eq!(listed, "");
}

#[test]
fn code_is_taken_as_people_copy_it_in_api_and_pages() {
    let mut app = TestApp::builder().totp().serve();
    let codes = app.ada.recovery_codes.clone();
    let dashed = |index: usize, dash: &str| codes[index].replace('-', dash);
    for text in [
        dashed(0, "\u{2013}").to_lowercase(),
        format!(" {}.\n", dashed(1, "\u{a0}")),
        dashed(2, "\u{2212}"),
        dashed(3, "\u{200b}"),
    ] {
        assert_eq!(app.try_code(&text).status, 200, "{text:?}");
    }
    let typed = dashed(4, ".").to_lowercase();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/login/code");
    let sent = browser.submit("/login/code", &[("identifier", "ada"), ("code", &typed)]);
    sent.leads("/account");
    let issued = app.instance.issue_code("ada");
    let arabic: String = issued
        .bytes()
        .map(|digit| char::from_u32(0x660 + u32::from(digit - b'0')).unwrap())
        .collect();
    app.ada.recovery_codes.clear();
    assert_eq!(app.try_code(&format!("{} {}", &arabic[..6], &arabic[6..])).status, 200);
    let body = json!({ "identifier": "ada", "password": "hunter22", "twofa_token": "12 345" });
    let refused: Value = app.client().post(LOGIN, &body).json();
    assert_eq!(refused["error"]["code"], 5);
}
