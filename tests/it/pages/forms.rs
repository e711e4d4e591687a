//! The forms of the pages, as a browser without scripts sends them.

use crate::harness::{TestApp, oathtool};

#[test]
fn login_form_logs_in_and_logout_form_out() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada").leads("/account");
    let page = browser.get("/account");
    assert!(page.text.contains("ada@localhost:53032"), "{}", page.text);
    let session = browser.cookies.iter().find(|(name, _)| name == "_uid").unwrap().1.clone();
    browser.submit("/account/logout", &[]).leads("/login?because=out");
    assert_eq!(app.client().me(&session).status, 401);
    browser.get("/account").leads("/login");
}

#[test]
fn form_token_is_good_only_in_its_browser() {
    let app = TestApp::new();
    let mut browser = app.browser();
    let mut other = app.browser();
    other.get("/login");
    browser.get("/login");
    let fields = [("identifier", "ada"), ("password", "hunter22")];
    for token in ["", "x", &other.token()] {
        let refused = browser.submit_with("/login", token, &[], &fields);
        assert_eq!(refused.status, 403, "{token}");
        assert!(refused.text.contains("This page was too old to be sent."));
    }
    browser.get("/login");
    let token = browser.token();
    for origin in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        assert_eq!(
            browser.submit_with("/login", &token, &[origin], &fields).status,
            403,
            "{origin:?}"
        );
    }
    browser.submit_with("/login", &token, &[], &fields).leads("/account");
}

#[test]
fn account_forms_without_their_token_are_refused() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada");
    for path in [
        "logout",
        "profile",
        "delete",
        "email",
        "email/resend",
        "password",
        "sessions/end",
        "sessions/end-others",
        "totp/setup",
        "totp/enable",
        "totp/disable",
        "mail-codes/send",
        "mail-codes/enable",
        "mail-codes/disable",
        "recovery",
    ] {
        let refused =
            browser.submit_with(&format!("/account/{path}"), "x", &[], &[("display", "Mallory")]);
        assert_eq!(refused.status, 403, "{path}");
    }
    // The form with a file is refused as well.
    browser.get("/account");
    let page = browser.page.replace("name=\"token\" value=\"", "name=\"token\" value=\"x");
    browser.page = page;
    assert_eq!(browser.submit_file("/account/picture", ("file", b"no picture")).status, 403);
    assert_eq!(browser.get("/account").status, 200);
    assert!(app.nox("user show ada").contains("display       ada"));
}

#[test]
fn form_of_an_ended_session_redirects_to_the_login() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/account");
    app.nox("session revoke --user ada");
    let to = "/login?because=session&return_to=/account";
    browser.submit("/account/profile", &[("display", "Ada")]).leads(to);
    assert!(browser.get(to).text.contains("Your session has ended."));
}

#[test]
fn code_step_belongs_to_its_own_login() {
    let app = TestApp::builder().user("bob").serve();
    let mut browser = app.browser();
    let secrets = ["ada", "bob"].map(|name| app.instance.enroll(name));
    browser.log_in("ada").leads("/login/code");
    assert!(browser.get("/login/code").text.contains("value=\"ada\""));
    assert!(!browser.page.contains("hunter22"), "the password is in no page");
    // Another tab starts a login of another user.
    let first = browser.token();
    browser.log_in("bob").leads("/login/code");
    let code = oathtool(&secrets[0], 0);
    let late =
        browser.submit_with("/login/code", &first, &[], &[("identifier", "ada"), ("code", &code)]);
    late.leads("/login?because=other");
    assert!(browser.get("/login?because=other").text.contains("Another login has begun"));
    browser.log_in("ada");
    browser.get("/login/code");
    let wrong = browser
        .submit("/login/code", &[("identifier", "ada"), ("code", &oathtool(&secrets[1], 9))]);
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("The server’s clock shows"), "{}", wrong.text);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    browser.submit("/login/code", &[("identifier", "ada"), ("code", &spaced)]).leads("/account");
    assert_eq!(browser.get("/account").status, 200);
}

#[test]
fn login_redirects_to_the_page_it_came_from() {
    let app = TestApp::with("[server]\nallowed_origins = ['https://front.example']").serve();
    let _browser = app.browser();
    for (return_to, to) in [
        ("/account?x=y", "/account?x=y"),
        ("http://localhost:53032/a", "/a"),
        ("https://front.example/a?b", "/login?return_to=https%3A%2F%2Ffront.example%2Fa%3Fb"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("javascript:alert(1)", "/account"),
    ] {
        let mut browser = app.browser();
        browser.get("/login");
        let fields = [("identifier", "ada"), ("password", "hunter22"), ("return_to", return_to)];
        let answer = browser.submit("/login", &fields);
        answer.leads(to);
        if to.contains("front") {
            let page = browser.get(to);
            assert!(
                page.text.contains("content=\"0;url=https://front.example/a?b\""),
                "{}",
                page.text
            );
        }
    }
}

#[test]
fn unconfigured_front_is_named_on_the_page_with_the_setting() {
    let settings = "[server]\nallowed_origins = ['https://front.example']\n\
                    numeric_origins = ['https://old.example']";
    let app = TestApp::with(settings).serve();
    let mut browser = app.browser();
    let english = "does not lead on to https://new.example:8443. \
                   Its operator can allow that with server.allowed_origins.";
    let path = "/login?return_to=https://new.example:8443/a%3Ftoken=x";
    let page = browser.get(path).text;
    assert!(page.contains("class=\"note\"") && page.contains(english), "{page}");
    let french = browser.get(&format!("{path}&lang=fr")).text;
    assert!(french.contains("ne mène pas à https://new.example:8443."), "{french}");
    // The note stays after a wrong password, and a right one leads to the account page.
    browser.get(&format!("{path}&lang=en"));
    let fields = |password| {
        [("identifier", "ada"), ("password", password), ("return_to", "https://new.example:8443/a")]
    };
    let refused = browser.submit("/login", &fields("wrong horse"));
    assert!(refused.status == 400 && refused.text.contains(english), "{}", refused.text);
    browser.submit("/login", &fields("hunter22")).leads("/account");
    let here = format!("http://{}/account", app.server.address);
    for known in [
        "",
        "/account",
        "http://localhost:53032/account",
        &here,
        "https://front.example/a",
        "https://old.example",
        "//evil.example",
        "javascript:alert(1)",
        "https://front.example@evil.example",
        "https://x:y@evil.example/",
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", known)
            .finish();
        let page = app.browser().get(&format!("/login?{query}")).text;
        assert!(!page.contains("class=\"note\""), "{known}: {page}");
    }
}

#[test]
fn url_parameters_are_escaped() {
    let app = TestApp::new();
    let _browser = app.browser();
    for path in [
        "/login?return_to=%22%3E%3Cscript%3E",
        "/email/confirmation?token=%22%3E%3Cscript%3E",
        "/%3Cscript%3E",
        "//evil.example/x",
    ] {
        let page = app.browser().get(path).text;
        assert!(!page.contains("href=\"//"), "{page}");
        assert!(!page.contains("\"><script>") && !page.contains("<script>"), "{page}");
    }
}

#[test]
fn refused_form_keeps_what_was_typed_except_passwords() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/account");
    let long = "x".repeat(51);
    let refused =
        browser.submit("/account/profile", &[("display", &long), ("bio", "Analytical <Engine>")]);
    assert_eq!(refused.status, 400);
    assert!(
        refused.text.contains("The display name must be 1 to 50 characters long."),
        "{}",
        refused.text
    );
    assert!(
        browser.value("display") == Some(long)
            && refused.text.contains("Analytical &#60;Engine&#62;</textarea>")
    );
    let typed = [("email", "ada@new.example"), ("current_password", "wrong horse")];
    let refused = browser.submit("/account/email", &typed);
    assert!(
        refused.text.contains("The current password is wrong.")
            && refused.text.contains("value=\"ada@new.example\"")
    );
    assert!(!refused.text.contains("wrong horse"), "{}", refused.text);
    // A code does not replace the password of an account without a factor.
    let refused =
        browser.submit("/account/email", &[("email", "ada@new.example"), ("code", "123456")]);
    assert!(refused.text.contains("The current password is wrong."), "{}", refused.text);
    assert_eq!(refused.text.matches("<details open>").count(), 1);
}

#[test]
fn get_of_a_forms_address_redirects_to_its_page() {
    let app = TestApp::new();
    let mut browser = app.browser();
    browser.get("/login/send").leads("/login/code");
    browser.get("/login/code").leads("/login");
    browser.log_in("ada");
    for path in ["profile", "delete", "totp/enable", "sessions/end", "recovery"] {
        browser.get(&format!("/account/{path}")).leads("/account");
    }
}
