//! What a browser does for a page of another origin (Fetch standard, CORS protocol).

use serde_json::Value;

use super::send;
use crate::common::{Answer, Client, Server};

/// Of the server's site, as a cookie with `SameSite=Lax` needs it.
const ORIGIN: &str = "https://front.nox.example";

/// With a jar for cookies where the page says `credentials: include`.
pub struct Browser {
    client: Client,
    jar: Option<Vec<String>>,
}

impl Browser {
    pub fn with_credentials(server: &Server) -> Self {
        Self { client: server.client(), jar: Some(Vec::new()) }
    }

    pub fn without_credentials(server: &Server) -> Self {
        Self { client: server.client(), jar: None }
    }

    /// Sends what the page asks for, after a preflight where it needs one, and hands over what the page may read.
    #[track_caller]
    pub fn fetch(&mut self, what: (&str, &str), headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let content = body.map(|_| "content-type");
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).chain(content).collect();
        if !names.is_empty() {
            self.preflight(what, &names.join(","));
        }
        let cookies = self.jar.as_ref().map(|jar| jar.join("; ")).filter(|cookies| !cookies.is_empty());
        let mut headers = [headers, &[("Origin", ORIGIN)]].concat();
        headers.extend(cookies.as_deref().map(|cookies| ("Cookie", cookies)));
        let answer = send(&self.client, what, &headers, body);
        self.assert_readable(&answer);
        self.keep(&answer);
        answer
    }

    #[track_caller]
    fn preflight(&self, (method, path): (&str, &str), names: &str) {
        let asks =
            [("Origin", ORIGIN), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", names)];
        let answer = send(&self.client, ("OPTIONS", path), &asks, None);
        assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text);
        self.assert_readable(&answer);
        let allowed = |header| answer.header(header).unwrap().to_ascii_lowercase().replace(' ', "");
        let (methods, headers) = (allowed("access-control-allow-methods"), allowed("access-control-allow-headers"));
        assert!(methods.split(',').any(|allowed| allowed.eq_ignore_ascii_case(method)), "{method}: {methods}");
        for name in names.split(',') {
            assert!(headers.split(',').any(|allowed| allowed.eq_ignore_ascii_case(name)), "{name}: {headers}");
        }
    }

    /// Checks that the page is shown the answer: to it, anything else is a network error.
    #[track_caller]
    fn assert_readable(&self, answer: &Answer) {
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{:?}", answer.headers);
        let credentials = answer.header("access-control-allow-credentials");
        assert!(self.jar.is_none() || credentials == Some("true"), "{:?}", answer.headers);
    }

    fn keep(&mut self, answer: &Answer) {
        let Some(jar) = &mut self.jar else { return };
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|kept| kept.split('=').next() != Some(name));
            if !value.is_empty() {
                jar.push(pair.into());
            }
        }
    }
}
