//! Whole requests to a server in this process. None is answered 500, and no redirect leads to
//! another origin.

#![no_main]

use std::io;
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use nox::http::{Listener, Theme, serve};
use ureq::Agent;
use ureq::http::{HeaderValue, Request};
use url::Url;
use url::form_urlencoded::byte_serialize;

const SETTINGS: &str = "[server]\nlisten = '127.0.0.1:0'\npublic_url = 'https://nox.example'\n\
    allowed_origins = ['https://a.example']\n[users]\nregistration = 'open'\n";
const ORIGINS: [&str; 2] = ["https://nox.example", "https://a.example"];
const BROWSER: &str = "AAAAAAAAAAAAAAAAAAAAAA";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const FILE: &str = "multipart/form-data; boundary=x";
const TARGETS: [(&str, &str, &str); 24] = [
    ("GET", "/", FORM),
    ("GET", "/login", FORM),
    ("GET", "/account", FORM),
    ("GET", "/email/confirmation", FORM),
    ("GET", "/.well-known/webfinger", FORM),
    ("GET", "/api/users", FORM),
    ("GET", "/api/v2/users", FORM),
    ("GET", "/api/users/@me/sessions", FORM),
    ("POST", "/login", FORM),
    ("POST", "/login/code", FORM),
    ("POST", "/account/profile", FORM),
    ("POST", "/account/picture", FILE),
    ("POST", "/account/email", FORM),
    ("POST", "/account/sessions/end", FORM),
    ("POST", "/account/totp/enable", FORM),
    ("POST", "/email/confirmation", FORM),
    ("POST", "/api/auth/login", JSON),
    ("POST", "/api/auth/register", JSON),
    ("POST", "/api/auth/totp/enable", JSON),
    ("POST", "/api/auth/email/enable", JSON),
    ("POST", "/api/users/@me", JSON),
    ("POST", "/api/users/@me/thumbnail", JSON),
    ("POST", "/api/relays/checkbearer", JSON),
    ("POST", "/api/v2/users/@me", JSON),
];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    target: u8,
    /// Follows the path.
    segment: Option<&'a str>,
    return_to: &'a str,
    query: &'a str,
    forwarded: &'a [u8],
    language: &'a [u8],
    authorization: &'a [u8],
    cookie: &'a [u8],
    is_logged_in: bool,
    body: &'a [u8],
}

struct Server {
    agent: Agent,
    url: String,
    /// The session cookie of a user.
    session: String,
    /// The CSRF token of the forms.
    token: String,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let app = Arc::new(nox_fuzz::app(SETTINGS));
    let token = app.form_token(BROWSER);
    let theme = Theme::new(&app.config).unwrap();
    let listener = Listener::bind(&app.config.server.listen).unwrap();
    let url = listener.to_string();
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        serve::<io::Error>(&app, theme, listener, || ready.send(()).map_err(io::Error::other))
    });
    is_ready.recv().unwrap();

    let agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false);
    let agent: Agent = agent.build().into();
    let account = r#"{"username": "ada", "password": "correct horse"}"#;
    let register = agent
        .post(format!("{url}/api/auth/register"))
        .header("content-type", JSON)
        .send(account)
        .unwrap();
    let session =
        register.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    Server { agent, url, session, token }
});

impl Input<'_> {
    fn send(&self, server: &Server) {
        let (method, path, media_type) = TARGETS[usize::from(self.target) % TARGETS.len()];
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let segment =
            self.segment.map(|segment| format!("/{}", encode(segment))).unwrap_or_default();
        let query = encode(self.query).replace("%3D", "=").replace("%26", "&");
        let url =
            format!("{}{path}{segment}?return_to={}&{query}", server.url, encode(self.return_to));
        let session = if self.is_logged_in { &server.session } else { "" };
        let own = format!("; {session}; __Host-nox_browser={BROWSER}");
        let cookie = [self.cookie, own.as_bytes()].concat();
        let headers = [
            ("origin", ORIGINS[0].as_bytes()),
            ("content-type", media_type.as_bytes()),
            ("x-forwarded-for", self.forwarded),
            ("accept-language", self.language),
            ("authorization", self.authorization),
            ("cookie", &cookie),
        ];
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            // Empty and invalid values are not sent.
            if let Some(value) =
                HeaderValue::from_bytes(value).ok().filter(|value| !value.is_empty())
            {
                request = request.header(name, value);
            }
        }
        let start = match media_type {
            _ if method == "GET" => String::new(),
            FORM => format!("token={}&", server.token),
            FILE => format!(
                "--x\r\nContent-Disposition: form-data; name=token\r\n\r\n{}\r\n--x\r\n",
                server.token
            ),
            _ => String::new(),
        };
        let body =
            if method == "GET" { Vec::new() } else { [start.as_bytes(), self.body].concat() };
        let mut answer = match server.agent.run(request.body(&body[..]).unwrap()) {
            // This client refuses to send some requests.
            Err(ureq::Error::Protocol(_)) => return,
            answer => answer.unwrap(),
        };
        answer.body_mut().read_to_vec().unwrap();
        assert!(answer.status() != 500, "{self:?}");
        if let Some(location) = answer.headers().get("location") {
            let page = Url::parse(ORIGINS[0]).unwrap().join(path).unwrap();
            let reached = page.join(location.to_str().unwrap()).unwrap();
            assert!(
                ORIGINS.contains(&&*reached.origin().ascii_serialization()),
                "{self:?} leads to {reached}"
            );
        }
    }
}

fuzz_target!(|input: Input| input.send(&SERVER));
