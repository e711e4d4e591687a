//! What a browser does for a page of another origin (Fetch standard, CORS protocol).

use super::ADDRESS;
use super::request::Request;
use crate::harness::{Answer, Client, Server};

pub struct Browser {
    client: Client,
    origin: &'static str,
    /// The cookies, where the page says `credentials: include`.
    jar: Option<Vec<String>>,
}

impl Browser {
    /// At a page of this origin, which sends no cookies.
    pub fn at(server: &Server, origin: &'static str) -> Self {
        Self { client: server.client(), origin, jar: None }
    }

    /// The same where the page says `credentials: include`.
    pub fn with_credentials(self) -> Self {
        Self { jar: Some(Vec::new()), ..self }
    }

    /// How many cookies it keeps.
    pub fn cookies(&self) -> usize {
        self.jar.as_ref().map_or(0, Vec::len)
    }

    /// Sends what the page asks for, and hands over what the page may read.
    #[track_caller]
    pub fn fetch(&mut self, request: Request) -> Answer {
        let what = format!("{} {}", request.method, request.path);
        self.try_fetch(request).unwrap_or_else(|why| panic!("{what} by {}: {why}", self.origin))
    }

    /// The same, where the answer may be kept from the page: to it, that is a network error.
    pub fn try_fetch(&mut self, request: Request) -> Result<Answer, String> {
        self.preflight(&request)?;
        let cookies =
            self.jar.as_ref().map(|jar| jar.join("; ")).filter(|cookies| !cookies.is_empty());
        let mut request = self.marked(request);
        request.headers.extend(cookies.map(|cookies| ("cookie", cookies)));
        let answer = request.send(&self.client);
        // A cookie is kept whatever the page may read.
        self.keep(&answer);
        self.check_readable(&answer)?;
        Ok(answer)
    }

    /// What browsers say of the page that sends a request.
    fn marked(&self, request: Request) -> Request {
        let site = if self.origin.ends_with(ADDRESS) { "same-site" } else { "cross-site" };
        request
            .with("origin", self.origin)
            .with("sec-fetch-site", site)
            .with("sec-fetch-mode", "cors")
    }

    /// Asks whether the page may send this, where no plain form could have sent it.
    fn preflight(&self, request: &Request) -> Result<(), String> {
        let names: Vec<_> = request
            .headers
            .iter()
            .filter(|header| !is_safe(header))
            .map(|header| header.0)
            .collect();
        let is_simple = ["GET", "HEAD", "POST"].contains(&request.method);
        if is_simple && names.is_empty() {
            return Ok(());
        }
        let mut asks = self.marked(Request::new("OPTIONS", request.path.as_str()));
        asks = asks.with("access-control-request-method", request.method);
        if !names.is_empty() {
            asks = asks.with("access-control-request-headers", names.join(","));
        }
        let answer = asks.send(&self.client);
        if !(200..300).contains(&answer.status) {
            return Err(format!("a preflight with {}", answer.status));
        }
        self.check_readable(&answer)?;
        let allows = |header: &str, name: &str| {
            let names = answer.header(header).unwrap_or_default();
            names.split(',').any(|allowed| allowed.trim().eq_ignore_ascii_case(name))
        };
        if !is_simple && !allows("access-control-allow-methods", request.method) {
            return Err(format!("{} is not allowed", request.method));
        }
        match names.iter().find(|name| !allows("access-control-allow-headers", name)) {
            Some(name) => Err(format!("{name} is not allowed")),
            None => Ok(()),
        }
    }

    fn check_readable(&self, answer: &Answer) -> Result<(), String> {
        let allowed = answer.header("access-control-allow-origin");
        let credentials = answer.header("access-control-allow-credentials");
        let readable = match allowed {
            Some("*") => self.jar.is_none(),
            origin => {
                origin == Some(self.origin) && (self.jar.is_none() || credentials == Some("true"))
            }
        };
        // No browser minds the pair, but for what it would let others do the contract forbids it.
        let is_wild = allowed == Some("*") && credentials.is_some();
        if readable && !is_wild {
            Ok(())
        } else {
            Err(format!("may be read by {allowed:?}, {credentials:?}"))
        }
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

/// Whether a form could have sent a header (Fetch standard, CORS-safelisted request-header).
fn is_safe((name, value): &(&'static str, String)) -> bool {
    let types = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    match *name {
        "accept" | "accept-language" => true,
        "content-type" => {
            !value.contains(',')
                && types.contains(&value.split(';').next().unwrap_or_default().trim())
        }
        _ => false,
    }
}
