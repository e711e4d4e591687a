//! What the forms of the pages take, as a browser sends them, without a script.

use crate::harness::{Browser, Instance, oathtool};

#[test]
fn a_form_logs_in_and_out() {
    let (_instance, server, mut browser) = Instance::with_browser("");
    browser.log_in("ada").leads("/account");
    let page = browser.get("/account");
    assert!(page.text.contains("ada@localhost:53032"), "{}", page.text);
    let session = browser.cookies.iter().find(|(name, _)| name == "_uid").unwrap().1.clone();
    browser.submit("/account/logout", &[]).leads("/login");
    assert_eq!(server.client().me(&session).status, 401);
    browser.get("/account").leads("/login");
}

#[test]
fn a_form_is_good_only_in_the_browser_that_was_shown_it() {
    let (_instance, server, mut browser) = Instance::with_browser("");
    let mut other = Browser::new(&server);
    other.get("/login");
    browser.get("/login");
    let fields = [("identifier", "ada"), ("password", "hunter22")];
    for token in ["", "x", &other.token()] {
        let refused = browser.submit_with("/login", token, &[], &fields);
        assert_eq!(refused.status, 403, "{token}");
        assert!(refused.text.contains("This page was too old to be sent."));
    }
    // A browser without its cookie holds no form of ours either.
    let token = browser.token();
    browser.cookies.clear();
    assert_eq!(browser.submit_with("/login", &token, &[], &fields).status, 403);
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
fn no_form_of_the_account_is_taken_without_its_token() {
    let (instance, _server, mut browser) = Instance::with_browser("");
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
    // Nor is the one with a file, and without a session it is not even read.
    browser.get("/account");
    let page = browser.page.replace("name=\"token\" value=\"", "name=\"token\" value=\"x");
    browser.page = page;
    assert_eq!(browser.submit_file("/account/picture", ("file", b"no picture")).status, 403);
    assert_eq!(browser.get("/account").status, 200);
    assert!(instance.ok(&["user", "show", "ada"], "").contains("display       ada"));
}

#[test]
fn a_form_of_a_session_that_has_ended_leads_to_the_login() {
    let (instance, _server, mut browser) = Instance::with_browser("");
    browser.log_in("ada");
    browser.get("/account");
    instance.ok(&["session", "revoke", "--user", "ada"], "");
    let to = "/login?because=session&return_to=/account";
    browser.submit("/account/profile", &[("display", "Ada")]).leads(to);
    assert!(browser.get(to).text.contains("Your session has ended."));
}

#[test]
fn the_code_step_takes_the_code_of_the_login_that_it_belongs_to() {
    let (instance, _server, mut browser) = Instance::with_browser("");
    instance.add_user("bob", "hunter22");
    let secrets = ["ada", "bob"].map(|name| instance.enroll(name));
    browser.log_in("ada").leads("/login/code");
    assert!(browser.get("/login/code").text.contains("value=\"ada\""));
    assert!(!browser.page.contains("hunter22"), "the password is in no page");
    // Another tab begins to log somebody else in.
    let first = browser.token();
    browser.log_in("bob").leads("/login/code");
    let code = oathtool(&secrets[0], 0);
    let late =
        browser.submit_with("/login/code", &first, &[], &[("identifier", "ada"), ("code", &code)]);
    late.leads("/login?because=time");
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
fn a_login_leads_back_to_where_its_reader_came_from() {
    let (_instance, server, _) =
        Instance::with_browser("[server]\nallowed_origins = ['https://front.example']");
    for (return_to, to) in [
        ("/account?x=y", "/account?x=y"),
        ("http://localhost:53032/a", "/a"),
        ("https://front.example/a?b", "/login?return_to=https%3A%2F%2Ffront.example%2Fa%3Fb"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("javascript:alert(1)", "/account"),
    ] {
        let mut browser = Browser::new(&server);
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
fn a_front_that_is_not_configured_is_named_with_what_to_do() {
    let settings = "[server]\nallowed_origins = ['https://front.example']\nnumeric_origins = ['https://old.example']";
    let (_instance, server, mut browser) = Instance::with_browser(settings);
    let english = "does not lead on to https://new.example:8443. Its operator can allow that with server.allowed_origins.";
    let path = "/login?return_to=https://new.example:8443/a%3Ftoken=x";
    let page = browser.get(path).text;
    assert!(page.contains("class=\"note\"") && page.contains(english), "{page}");
    let french = browser.get(&format!("{path}&lang=fr")).text;
    assert!(french.contains("ne mène pas à https://new.example:8443."), "{french}");
    // It stays where the password is wrong, and the login leads to the account.
    browser.get(&format!("{path}&lang=en"));
    let fields = |password| {
        [("identifier", "ada"), ("password", password), ("return_to", "https://new.example:8443/a")]
    };
    let refused = browser.submit("/login", &fields("wrong horse"));
    assert!(refused.status == 400 && refused.text.contains(english), "{}", refused.text);
    browser.submit("/login", &fields("hunter22")).leads("/account");
    let here = format!("http://{}/account", server.address);
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
        let page = Browser::new(&server).get(&format!("/login?{query}")).text;
        assert!(!page.contains("class=\"note\""), "{known}: {page}");
    }
}

#[test]
fn what_the_url_says_is_never_markup() {
    let (_instance, server, _) = Instance::with_browser("");
    for path in [
        "/login?return_to=%22%3E%3Cscript%3E",
        "/email/confirmation?token=%22%3E%3Cscript%3E",
        "/%3Cscript%3E",
        "//evil.example/x",
    ] {
        let page = Browser::new(&server).get(path).text;
        assert!(!page.contains("href=\"//"), "{page}");
        assert!(!page.contains("\"><script>") && !page.contains("<script>"), "{page}");
    }
}

#[test]
fn what_was_typed_stays_where_it_is_refused_but_for_passwords() {
    let (_instance, _server, mut browser) = Instance::with_browser("");
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
    // Nor does a code stand for it, where there is no factor.
    let refused =
        browser.submit("/account/email", &[("email", "ada@new.example"), ("code", "123456")]);
    assert!(refused.text.contains("The current password is wrong."), "{}", refused.text);
    assert_eq!(refused.text.matches("<details open>").count(), 1);
}

#[test]
fn the_address_of_a_form_leads_back_to_its_page() {
    let (_instance, _server, mut browser) = Instance::with_browser("");
    browser.get("/login/send").leads("/login/code");
    browser.get("/login/code").leads("/login");
    browser.log_in("ada");
    for path in ["profile", "delete", "totp/enable", "sessions/end", "recovery"] {
        browser.get(&format!("/account/{path}")).leads("/account");
    }
}
