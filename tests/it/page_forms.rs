//! What the forms of the pages take, as a browser sends them, without a script.

use crate::common::{Answer, Client, Instance, Server, oathtool};

/// A browser: it keeps cookies, and fills in the forms of the page that it was shown last.
struct Browser {
    client: Client,
    cookies: Vec<(String, String)>,
    page: String,
}

impl Browser {
    fn new(server: &Server) -> Self {
        Self { client: server.client(), cookies: Vec::new(), page: String::new() }
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let answer =
            self.client.send(method, path, &[headers, &[("Cookie", cookies.as_str())]].concat(), body.as_bytes());
        for header in answer.headers.get_all("set-cookie") {
            let (name, value) = header.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        self.page.clone_from(&answer.text);
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// The token that the page's forms carry.
    fn token(&self) -> String {
        let rest = self.page.split_once("name=\"token\" value=\"").expect("a form").1;
        rest.split('"').next().unwrap().into()
    }

    /// Submits a form of the page that is shown.
    fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        self.submit_with(path, &token, &[], fields)
    }

    fn submit_with(&mut self, path: &str, token: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("token", token)], fields].concat();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        // Our pages send no referrer, and so browsers send this with their forms.
        let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "null")];
        let headers = if headers.is_empty() { form.to_vec() } else { [&form[..1], headers].concat() };
        self.send("POST", path, &headers, &body)
    }

    fn log_in(&mut self, name: &str) -> Answer {
        self.get("/login");
        self.submit("/login", &[("identifier", name), ("password", "hunter22")])
    }
}

#[track_caller]
fn leads(answer: &Answer, to: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, Some(to)), "{}", answer.text);
}

fn serve(settings: &str) -> (Instance, Server, Browser) {
    let instance = Instance::with(settings);
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let browser = Browser::new(&server);
    (instance, server, browser)
}

#[test]
fn a_form_logs_in_and_out() {
    let (_instance, server, mut browser) = serve("");
    leads(&browser.log_in("ada"), "/account");
    let page = browser.get("/account");
    assert!(page.text.contains("ada@localhost:53032"), "{}", page.text);
    let session = browser.cookies.iter().find(|(name, _)| name == "_uid").unwrap().1.clone();
    leads(&browser.submit("/account/logout", &[]), "/login");
    assert_eq!(server.client().me(&session).status, 401);
    leads(&browser.get("/account"), "/login");
}

#[test]
fn a_form_is_good_only_in_the_browser_that_was_shown_it() {
    let (_instance, server, mut browser) = serve("");
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
        assert_eq!(browser.submit_with("/login", &token, &[origin], &fields).status, 403, "{origin:?}");
    }
    leads(&browser.submit_with("/login", &token, &[], &fields), "/account");
}

#[test]
fn no_form_of_the_account_is_taken_without_its_token() {
    let (instance, _server, mut browser) = serve("");
    browser.log_in("ada");
    for path in [
        "logout",
        "profile",
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
        let refused = browser.submit_with(&format!("/account/{path}"), "x", &[], &[("display", "Mallory")]);
        assert_eq!(refused.status, 403, "{path}");
    }
    assert_eq!(browser.get("/account").status, 200);
    assert!(instance.ok(&["user", "show", "ada"], "").contains("display       ada"));
}

#[test]
fn a_form_of_a_session_that_has_ended_leads_to_the_login() {
    let (instance, _server, mut browser) = serve("");
    browser.log_in("ada");
    browser.get("/account");
    instance.ok(&["session", "revoke", "--user", "ada"], "");
    let to = "/login?because=session&return_to=/account";
    leads(&browser.submit("/account/profile", &[("display", "Ada")]), to);
    assert!(browser.get(to).text.contains("Your session has ended."));
}

#[test]
fn the_code_step_takes_the_code_of_the_login_that_it_belongs_to() {
    let (instance, _server, mut browser) = serve("");
    instance.add_user("bob", "hunter22");
    let secrets = ["ada", "bob"].map(|name| instance.enroll(name));
    leads(&browser.log_in("ada"), "/login/code");
    assert!(browser.get("/login/code").text.contains("value=\"ada\""));
    assert!(!browser.page.contains("hunter22"), "the password is in no page");
    // Another tab begins to log somebody else in.
    let first = browser.token();
    leads(&browser.log_in("bob"), "/login/code");
    let code = oathtool(&secrets[0], 0);
    let late = browser.submit_with("/login/code", &first, &[], &[("identifier", "ada"), ("code", &code)]);
    leads(&late, "/login?because=time");
    browser.log_in("ada");
    browser.get("/login/code");
    let wrong = browser.submit("/login/code", &[("identifier", "ada"), ("code", &oathtool(&secrets[1], 9))]);
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("The server’s clock shows"), "{}", wrong.text);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    leads(&browser.submit("/login/code", &[("identifier", "ada"), ("code", &spaced)]), "/account");
    assert_eq!(browser.get("/account").status, 200);
}

#[test]
fn a_login_leads_back_to_where_its_reader_came_from() {
    let (_instance, server, _) = serve("[server]\nallowed_origins = ['https://front.example']");
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
        leads(&answer, to);
        if to.contains("front") {
            let page = browser.get(to);
            assert!(page.text.contains("content=\"0;url=https://front.example/a?b\""), "{}", page.text);
        }
    }
}

#[test]
fn what_the_url_says_is_never_markup() {
    let (_instance, server, _) = serve("");
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
    let (_instance, _server, mut browser) = serve("");
    browser.log_in("ada");
    browser.get("/account");
    let refused = browser.submit("/account/profile", &[("display", "x"), ("bio", "Analytical <Engine>")]);
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("The display name must be 3 to 32 characters long"), "{}", refused.text);
    assert!(refused.text.contains("value=\"x\"") && refused.text.contains("Analytical &#60;Engine&#62;</textarea>"));
    let typed = [("email", "ada@new.example"), ("current_password", "wrong horse")];
    let refused = browser.submit("/account/email", &typed);
    assert!(
        refused.text.contains("The current password is wrong.") && refused.text.contains("value=\"ada@new.example\"")
    );
    assert!(!refused.text.contains("wrong horse"), "{}", refused.text);
    // Nor does a code stand for it, where there is no factor.
    let refused = browser.submit("/account/email", &[("email", "ada@new.example"), ("code", "123456")]);
    assert!(refused.text.contains("The current password is wrong."), "{}", refused.text);
    assert_eq!(refused.text.matches("<details open>").count(), 1);
}

#[test]
fn the_address_of_a_form_leads_back_to_its_page() {
    let (_instance, _server, mut browser) = serve("");
    leads(&browser.get("/login/send"), "/login/code");
    leads(&browser.get("/login/code"), "/login");
    browser.log_in("ada");
    for path in ["profile", "totp/enable", "sessions/end", "recovery"] {
        leads(&browser.get(&format!("/account/{path}")), "/account");
    }
}
