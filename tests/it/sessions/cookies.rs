//! Cookies that come twice: of one name, from other settings, of other instances on the same host.

use crate::harness::{Answer, Browser, Client, JSON, LOGIN, ME, PASSWORD, TestApp};

/// The cookies of a browser, told apart by name and domain, the oldest first, as browsers send
/// them.
#[derive(Default)]
struct Jar(Vec<Kept>);

#[derive(Clone)]
struct Kept {
    name: String,
    domain: Option<String>,
    value: String,
}

impl Jar {
    fn header(&self) -> String {
        let pairs: Vec<_> =
            self.0.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let mut parts = set.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let domain = parts.find_map(|part| part.strip_prefix("Domain=")).map(Into::into);
            let new = Kept { name: name.into(), domain, value: value.into() };
            let same = |kept: &Kept| kept.name == new.name && kept.domain == new.domain;
            // A cookie that is replaced keeps its age (RFC 6265, 5.3).
            match self.0.iter().position(same) {
                Some(at) if value.is_empty() => drop(self.0.remove(at)),
                Some(at) => self.0[at] = new,
                None if value.is_empty() => (),
                None => self.0.push(new),
            }
        }
    }

    fn send(&mut self, client: &Client, method: &str, path: &str, body: &str) -> Answer {
        let cookies = self.header();
        let form = "application/x-www-form-urlencoded";
        let headers = [("Cookie", cookies.as_str()), ("Origin", "null"), ("Content-Type", form)];
        let answer = client.send(method, path, &headers, body.as_bytes());
        self.keep(&answer);
        answer
    }

    fn submit(&mut self, client: &Client, page: &str, path: &str, fields: &str) -> Answer {
        let page = self.send(client, "GET", page, "");
        let token = page.text.split_once("name=\"token\" value=\"").expect("a form").1;
        let body = format!("token={}&{fields}", token.split('"').next().unwrap());
        self.send(client, "POST", path, &body)
    }

    fn log_in(&mut self, client: &Client) -> Answer {
        let fields = format!("identifier=ada&password={PASSWORD}");
        self.submit(client, "/login", "/login", &fields)
    }

    fn log_out(&mut self, client: &Client) {
        self.submit(client, "/account", "/account/logout", "").leads("/login?because=out");
    }

    fn log_in_by_api(&mut self, client: &Client) -> Answer {
        let cookies = self.header();
        let body = format!("{{\"identifier\":\"ada\",\"password\":\"{PASSWORD}\"}}");
        let answer = client.send("POST", LOGIN, &[("Cookie", &cookies), JSON], body.as_bytes());
        self.keep(&answer);
        answer
    }

    fn is_in(&mut self, client: &Client) -> bool {
        self.send(client, "GET", "/account", "").status == 200
    }
}

const URLS: [&str; 4] = [
    "http://nox.example.org",
    "http://nox.example.org:8080",
    "https://nox.example.org",
    "https://nox.example.org:8443",
];
const DOMAINS: [&str; 3] =
    ["", "[cookie]\ndomain = 'nox.example.org'", "[cookie]\ndomain = 'example.org'"];

fn settings(url: &str, domain: &str) -> String {
    format!("[server]\npublic_url = '{url}'\n{domain}\n")
}

#[test]
fn no_change_of_the_cookie_settings_keeps_anybody_out() {
    for url in URLS {
        for (before, after) in [(0, 1), (0, 2), (1, 0), (2, 0), (1, 2), (2, 1)] {
            let what = format!("{url}, {:?} to {:?}", DOMAINS[before], DOMAINS[after]);
            let app = TestApp::with(&settings(url, DOMAINS[before])).serve();
            let mut jar = Jar::default();
            jar.log_in(&app.client()).leads("/account");
            assert!(jar.is_in(&app.client()), "{what}");
            app.instance.configure(&settings(url, DOMAINS[after]));
            let app = app.restart();
            // The session goes on, unless the cookie has another name now.
            if jar.is_in(&app.client()) {
                jar.log_out(&app.client());
            } else {
                app.nox("session revoke --user ada");
            }
            assert!(!jar.is_in(&app.client()), "{what}");
            jar.log_in(&app.client()).leads("/account");
            assert!(jar.is_in(&app.client()), "{what}");
            let forms = jar.0.iter().filter(|cookie| cookie.name.ends_with("_uid")).count();
            assert_eq!(forms, 1, "{what}: the other forms are gone");
            jar.log_out(&app.client());
            assert!(!jar.header().contains("_uid=") && !jar.header().contains("nox_session"));
        }
    }
}

#[test]
fn login_by_the_api_clears_other_forms_of_the_cookie() {
    let app = TestApp::with(&settings(URLS[0], DOMAINS[0])).serve();
    let mut jar = Jar::default();
    let old = jar.log_in_by_api(&app.client()).token();
    app.nox("session revoke --user ada");
    app.instance.configure(&settings(URLS[0], DOMAINS[1]));
    let app = app.restart();
    let new = jar.log_in_by_api(&app.client()).token();
    assert_eq!(jar.header(), format!("_uid={new}"));
    let both = format!("_uid={old}; _uid={new}");
    let client = app.client();
    assert_eq!(client.get(ME, &[("Cookie", &both)]).status, 200);
    let headers = [("Cookie", both.as_str()), ("Origin", URLS[0])];
    jar.keep(&client.send("POST", "/api/auth/logout", &headers, b""));
    assert_eq!(jar.header(), "");
    assert_eq!(client.get(ME, &[("Cookie", &both)]).status, 401);
}

#[test]
fn cookie_of_another_instance_for_the_whole_domain_is_left_alone() {
    let app = TestApp::with(&settings("http://test.example.org", "")).serve();
    let mut jar = Jar::default();
    let foreign = Kept {
        name: "_uid".into(),
        domain: Some("example.org".into()),
        value: "of.another.instance".into(),
    };
    jar.0.push(foreign);
    jar.log_in(&app.client()).leads("/account");
    assert!(jar.is_in(&app.client()));
    jar.log_out(&app.client());
    assert!(!jar.is_in(&app.client()));
    assert!(jar.header().contains("_uid=of.another.instance"), "{}", jar.header());
}

#[test]
fn two_instances_on_one_host_keep_their_sessions_and_their_browsers_apart() {
    let apps = ["http://127.0.0.1:39001", "http://127.0.0.1:39002"]
        .map(|url| TestApp::with(&settings(url, "")).serve());
    let [one, two] = apps.each_ref().map(TestApp::client);
    let mut jar = Jar::default();
    jar.log_in(&one).leads("/account");
    jar.log_in(&two).leads("/account");
    assert!(jar.is_in(&one) && jar.is_in(&two));
    assert!(jar.0.iter().filter(|cookie| cookie.name == "_uid").count() == 1);
    jar.log_out(&one);
    assert!(!jar.is_in(&one) && jar.is_in(&two));
    jar.log_in(&one).leads("/account");
    assert!(jar.is_in(&one) && jar.is_in(&two));
    // A choice of the language is one instance's, too.
    jar.send(&one, "GET", "/account?lang=fr", "");
    let language = |jar: &mut Jar, client| {
        let page = jar.send(client, "GET", "/account", "").text;
        page.split_once("<html lang=\"").unwrap().1[..2].to_owned()
    };
    assert_eq!((language(&mut jar, &one), language(&mut jar, &two)), ("fr".into(), "en".into()));
}

/// Checks that `good` counts beside bad values of its name, wherever they stand.
fn counts_beside(good: &str, bad: &[&str], is_good: impl Fn(&str) -> bool) {
    let (name, _) = good.split_once('=').unwrap();
    assert!(is_good(good), "{name} alone");
    for value in bad {
        assert!(!is_good(&format!("{name}={value}")), "{name}={value}");
        for cookies in [format!("{name}={value}; {good}"), format!("{good}; {name}={value}")] {
            assert!(is_good(&cookies), "{cookies}");
        }
    }
    let all: Vec<_> = bad.iter().map(|value| format!("{name}={value}")).collect();
    assert!(is_good(&format!("{}; {good}", all.join("; "))), "{name} after all");
}

/// A cookie of the pages, as a browser sends it.
fn pair(browser: &Browser, name: &str) -> String {
    let find = |(known, _): &&(String, String)| *known == format!("{name}_53032");
    let (name, value) = browser.cookies.iter().find(find).expect(name);
    format!("{name}={value}")
}

#[test]
fn challenge_that_is_over_does_not_stand_before_a_good_one() {
    let app = TestApp::builder().enrolled().serve();
    std::fs::write(app.instance.path("password"), PASSWORD).unwrap();
    let wait = |name| {
        let mut browser = app.browser();
        browser.log_in(name).leads("/login/code");
        pair(&browser, "nox_login")
    };
    let good = wait("ada");
    let [gone, outdated, suspended] = ["gone", "eve", "bob"].map(|name| {
        app.nox(&format!("user add {name} --password-file password"));
        app.nox(&format!("totp enroll {name} --no-confirm"));
        wait(name).split_once('=').unwrap().1.to_owned()
    });
    app.nox("user remove gone --yes");
    app.nox("user passwd eve --generate");
    app.nox("user disable bob");
    counts_beside(&good, &[&gone, &outdated, &suspended], |cookies| {
        let page = app.client().get("/login/code", &[("Cookie", cookies)]);
        page.text.contains("value=\"ada\"")
    });
}

#[test]
fn of_several_cookies_of_one_name_the_first_good_one_counts() {
    let app = TestApp::builder().enrolled().user("bob").serve();
    let client = app.client();
    // Every cookie that the pages set is in this test.
    let mut browser = app.browser();
    browser.log_in("bob").leads("/account");
    browser.get("/account?lang=fr");
    let mut waiting = app.browser();
    waiting.log_in("ada").leads("/login/code");
    let mut names: Vec<_> =
        [&browser.cookies, &waiting.cookies].into_iter().flatten().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let tested = ["nox_browser", "nox_language", "nox_login", "nox_session"];
    assert_eq!(
        names,
        ["_uid".into()]
            .iter()
            .chain(&tested.map(|name| format!("{name}_53032")))
            .collect::<Vec<_>>()
    );

    let session = browser.cookies.iter().find(|(name, _)| name == "_uid").unwrap().1.clone();
    let other = app.log_in("bob");
    other.post_nothing("/api/auth/logout").data();
    let garbage = ["", "x", "a.b.c", other.token.as_str()];
    let is_in = |cookies: &str| client.get(ME, &[("Cookie", cookies)]).status == 200;
    counts_beside(&format!("_uid={session}"), &garbage, is_in);
    counts_beside(&pair(&browser, "nox_session"), &garbage, is_in);
    counts_beside(&pair(&browser, "nox_language"), &["", "x", "es"], |cookies| {
        client.get("/login", &[("Cookie", cookies)]).text.contains("<html lang=\"fr\"")
    });
    let code = |cookies: &str| client.get("/login/code", &[("Cookie", cookies)]);
    counts_beside(&pair(&waiting, "nox_login"), &["", "x", "AAAA"], |cookies| {
        code(cookies).text.contains("value=\"ada\"")
    });
    // The browser's own cookie: a form that was made for it is taken.
    waiting.get("/login");
    let fields = format!("token={}&identifier=ada&password=wrong+horse", waiting.token());
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let good = pair(&waiting, "nox_browser");
    let planted = "A".repeat(22);
    counts_beside(&good, &["", "x", &"!".repeat(22), &planted], |cookies| {
        app.instance.reset_limits();
        let headers = [form, ("Origin", "null"), ("Cookie", cookies)];
        client.send("POST", "/login", &headers, fields.as_bytes()).status == 400
    });
}

#[test]
fn number_of_cookies_that_are_tried_is_bounded() {
    let app = TestApp::logged_in();
    let is_in = |bad: usize| {
        let cookies = format!("{}_uid={}", "_uid=x; ".repeat(bad), app.ada.token);
        app.client().get(ME, &[("Cookie", &cookies)]).status == 200
    };
    assert!(is_in(179) && !is_in(180));
}
